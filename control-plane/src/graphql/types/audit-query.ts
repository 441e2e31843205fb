import { readAuditEvents } from "../audit-pages.ts"
import {
  verifyAuditChain,
  type AuditFault as Fault,
  type AuditVerification as Verification,
} from "../../audit/verify.ts"
import { builder } from "../builder.ts"
import { takesUpTo } from "../limits.ts"
import { AuditEventConnection, AuditOutcome } from "./audit-event.ts"
import { pageArguments } from "./page-info.ts"

const AuditFilter = builder.inputType("AuditFilter", {
  description: "All that is given has to fit.",
  fields: (t) => ({
    actorName: t.string({ description: "The actor's name, as events show it." }),
    actorId: t.id({ description: "Of the administrator or the admin token." }),
    action: t.string({ description: "As events show it, for example updateSettings." }),
    objectId: t.id({ description: "The id of what it was done to." }),
    outcome: t.field({ type: AuditOutcome, description: "What came of it." }),
    sequence: t.field({ type: "BigInt", description: "The one with this place in the chain." }),
    since: t.field({ type: "DateTime", description: "Not before." }),
    until: t.field({ type: "DateTime", description: "Before." }),
  }),
})

const AuditFaultKind = builder.enumType("AuditFaultKind", {
  description: "What is wrong with the chain.",
  values: {
    CHANGED: { description: "An event is not as it was written." },
    MISSING: { description: "Events are not there." },
    OUT_OF_LINE: { description: "An event does not follow on the one before." },
    ENDS_CHANGED: { description: "What is kept of the first and the last event is not as it was written." },
  } as const satisfies Record<Fault["kind"], object>,
})

const AuditFault = builder.objectRef<Fault>("AuditFault").implement({
  description: "A place where the chain is not whole.",
  fields: (t) => ({
    kind: t.expose("kind", { type: AuditFaultKind, description: "What is wrong from the first to the last of them." }),
    from: t.expose("from", { type: "BigInt", description: "The first event's sequence." }),
    to: t.expose("to", { type: "BigInt", description: "The last event's." }),
  }),
})

const AuditVerification = builder.objectRef<Verification>("AuditVerification").implement({
  description: "What a look at the chain of events found.",
  fields: (t) => ({
    checked: t.exposeInt("checked", { description: "Events that this call looked at, 20,000 at most." }),
    faults: t.field({
      type: [AuditFault],
      description: "None: what was looked at is whole. The first 100 of a call.",
      resolve: ({ faults }) => [...faults],
    }),
    goOnAfter: t.expose("goOnAfter", {
      type: "BigInt",
      nullable: true,
      description: "For the argument `after` of the next call; null: this one saw the end.",
    }),
    newestSequence: t.field({
      type: "BigInt",
      description:
        "Of the newest event. Kept elsewhere with its hash, it tells whether an older copy was put back later.",
      resolve: ({ newest }) => newest.sequence,
    }),
    newestHash: t.string({
      description: "The newest event's hash, to keep elsewhere.",
      resolve: ({ newest }) => newest.hash,
    }),
    forgottenUntil: t.field({
      type: "BigInt",
      nullable: true,
      description: "The last event that was forgotten for its age; null: none was.",
      resolve: ({ forgotten }) => forgotten?.until,
    }),
  }),
})

/** Reading the audit, and proving that it is whole. */
export function addAuditQueries(): void {
  builder.queryFields((t) => ({
    auditEvents: t.field({
      type: AuditEventConnection,
      description: "Who did what to what, newest first.",
      authScopes: { scope: "ADMIN" },
      args: { ...pageArguments, filter: t.arg({ type: AuditFilter, description: "Left out: every event." }) },
      resolve: async (_root, page, { services }) => {
        // What was refused just now is told in the background.
        await services.audit.settled()
        return readAuditEvents(services.database, page)
      },
    }),
    verifyAuditChain: t.field({
      type: AuditVerification,
      description: "Whether audit events were changed, added or taken out past the gateway.",
      authScopes: { scope: "ADMIN" },
      extensions: takesUpTo(30_000),
      args: {
        after: t.arg({ type: "BigInt", description: "`goOnAfter` of the last call; left out: from the beginning." }),
      },
      resolve: (_root, { after }, { services }) =>
        verifyAuditChain({ database: services.database, chain: services.audit.chain, after: after ?? undefined }),
    }),
  }))
}
