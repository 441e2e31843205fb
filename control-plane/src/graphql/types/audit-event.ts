import * as enums from "#generated/sqlite/enums.ts"
import type { AuditEventModel } from "#generated/sqlite/models.ts"
import { AUDIT_OBJECT_KINDS, type AuditObjectKind } from "../../audit/object.ts"
import { field } from "../../json.ts"
import { builder } from "../builder.ts"
import type { Connection } from "../connection.ts"
import { describedValues } from "./described-values.ts"
import { AdminScope } from "./enums.ts"
import { CONNECTION, PageInfo } from "./page-info.ts"

const AuditActorKind = builder.enumType("AuditActorKind", {
  description: "What somebody is who did something.",
  values: {
    ADMINISTRATOR: { description: "A person who is signed in to the panel." },
    ADMIN_TOKEN: { description: "A program with an admin token." },
    COMMAND_LINE: { description: "Somebody on the machine, with the command line." },
    SYSTEM: { description: "The gateway itself: a job, a start, what a data plane reported." },
    NOBODY: { description: "Who did not say who it is, or could not prove it." },
  } as const satisfies Record<enums.AuditActorKind, object>,
})

export const AuditOutcome = builder.enumType("AuditOutcome", {
  description: "What came of it.",
  values: {
    DONE: { description: "It is done; it and this event were written together." },
    REFUSED: { description: "It was not done: it was not allowed, or the input could not be taken." },
    FAILED: { description: "It went wrong, by a fault of ours." },
  } as const satisfies Record<enums.AuditOutcome, object>,
})

const OBJECT_KINDS: Readonly<Record<AuditObjectKind, string>> = {
  ACCOUNT: "An account of the pool.",
  ADMINISTRATOR: "A person who may sign in.",
  ADMIN_TOKEN: "An admin token.",
  ALERT_RULE: "An alert rule.",
  API_KEY: "A client's key.",
  AUDIT: "The audit itself.",
  CONVERSATION: "Conversations, and the accounts they live on.",
  DATABASE: "The database as a whole: its backups and its keys.",
  NODE: "A data plane.",
  OAUTH_CLIENT: "The OAuth client for new sign-ins.",
  OAUTH_SIGN_IN: "A sign-in to an account.",
  OTHER: "What a newer version knows.",
  POOL: "The pool as a whole.",
  REQUEST: "A request of a client, whose captured bodies were read or sent again.",
  ROUTING: "Aliases, rules and fallbacks.",
  SESSION: "A signed-in browser.",
  SETTINGS: "The settings.",
  WEBHOOK: "A webhook.",
}

const AuditObjectKindType = builder.enumType("AuditObjectKind", {
  description: "What something was done to.",
  values: describedValues(OBJECT_KINDS),
})

const AuditActor = builder.objectRef<AuditEventModel>("AuditActor").implement({
  description: "Who did something, as it was then.",
  fields: (t) => ({
    kind: t.expose("actorKind", {
      type: AuditActorKind,
      description: "Person, program, command line, the gateway itself, or nobody known.",
    }),
    id: t.exposeID("actorId", {
      nullable: true,
      description: "Of the administrator or the admin token; `environment` is ADMIN_TOKEN's.",
    }),
    name: t.exposeString("actorName", { nullable: true, description: "As it was then; null: it has none." }),
    scope: t.field({
      type: AdminScope,
      nullable: true,
      description: "What the actor might do then; null: no such thing, as of nobody and the gateway itself.",
      resolve: ({ actorRole }) => Object.values(enums.AdminScope).find((scope) => scope === actorRole) ?? null,
    }),
    address: t.exposeString("address", { nullable: true, description: "Where the request came from." }),
  }),
})

const AuditObject = builder.objectRef<AuditEventModel & { readonly objectKind: string }>("AuditObject").implement({
  description: "What something was done to, as it was then: it may be gone by now.",
  fields: (t) => ({
    kind: t.field({
      type: AuditObjectKindType,
      description: "Which noun of the gateway it is.",
      resolve: ({ objectKind }) => AUDIT_OBJECT_KINDS.find((kind) => kind === objectKind) ?? "OTHER",
    }),
    id: t.exposeID("objectId", { nullable: true, description: "Null: there is only one of its kind." }),
    label: t.exposeString("objectLabel", {
      nullable: true,
      description: "What people called it then; null: it has no name.",
    }),
  }),
})

interface Change {
  readonly field: string
  readonly before: string | undefined
  readonly after: string | undefined
}

const AuditChange = builder.objectRef<Change>("AuditChange").implement({
  description: "One field that changed. Values are JSON; a secret is a fingerprint.",
  fields: (t) => ({
    field: t.exposeString("field", { description: "The field's name, as the object has it." }),
    before: t.exposeString("before", { nullable: true, description: "Null: it had none." }),
    after: t.exposeString("after", { nullable: true, description: "Null: it has none any more." }),
  }),
})

function changesOf({ before, after }: AuditEventModel): Change[] {
  const [was, is]: unknown[] = [JSON.parse(before ?? "{}"), JSON.parse(after ?? "{}")]
  const names = new Set(
    [was, is].flatMap((side) => (typeof side === "object" && side !== null ? Object.keys(side) : [])),
  )
  const text = (side: unknown, name: string): string | undefined => {
    const value = field(side, name)
    return value === undefined || value === null ? undefined : JSON.stringify(value)
  }
  return [...names].map((name) => ({ field: name, before: text(was, name), after: text(is, name) }))
}

export const AuditEvent = builder.objectRef<AuditEventModel>("AuditEvent").implement({
  description: "Who did what to what, when, and what came of it.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The event's own." }),
    sequence: t.expose("sequence", { type: "BigInt", description: "Its place in the chain: 1 and on, without gaps." }),
    at: t.expose("at", { type: "DateTime", description: "When it was done, or first refused." }),
    actor: t.field({ type: AuditActor, description: "Who did it, or tried to.", resolve: (row) => row }),
    requestId: t.exposeString("requestId", {
      nullable: true,
      description: "Of the GraphQL request, as its answer's x-request-id tells it: what was done in one has the same.",
    }),
    action: t.exposeString("action", {
      description: "The mutation's name; what the gateway does by itself is named alike.",
    }),
    object: t.field({
      type: AuditObject,
      nullable: true,
      description: "Null: it was done to nothing in particular.",
      resolve: (row) => (row.objectKind === null ? null : { ...row, objectKind: row.objectKind }),
    }),
    changes: t.field({
      type: [AuditChange],
      description: "What is another now; empty where nothing was done.",
      resolve: changesOf,
    }),
    outcome: t.expose("outcome", { type: AuditOutcome, description: "Done, refused or failed." }),
    code: t.exposeString("code", { nullable: true, description: "Why it was not done, for programs." }),
    count: t.exposeInt("count", {
      description: "So many times. More than one only of what was not done: the same refusal is counted for a minute.",
    }),
    previousHash: t.exposeString("previousHash", { description: "The hash of the event before; empty for the first." }),
    hash: t.exposeString("hash", { description: "An HMAC over all of it, under a key that only the gateway has." }),
  }),
})

const AuditEventEdge = builder.objectRef<Connection<AuditEventModel>["edges"][number]>("AuditEventEdge").implement({
  description: "An audit event and its place in the order.",
  fields: (t) => ({
    cursor: t.exposeString("cursor", { description: CONNECTION.cursor }),
    node: t.expose("node", { type: AuditEvent, description: CONNECTION.node }),
  }),
})

export const AuditEventConnection = builder.objectRef<Connection<AuditEventModel>>("AuditEventConnection").implement({
  description: "A page of audit events.",
  fields: (t) => ({
    edges: t.field({ type: [AuditEventEdge], description: CONNECTION.edges, resolve: ({ edges }) => [...edges] }),
    pageInfo: t.expose("pageInfo", { type: PageInfo, description: CONNECTION.pageInfo }),
  }),
})
