import { field, items, numberField, textField } from "../../json.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"
import { PoolCensus, readCensus, type CensusShape } from "./pool-census.ts"

export interface AttemptShape {
  readonly accountId: string | undefined
  readonly reason: string
  readonly standsInFor: string | undefined
  readonly askedMs: number | undefined
  readonly startedMs: number
  readonly firstByteMs: number | undefined
  readonly endedMs: number
  readonly upstreamStatus: number | undefined
  readonly failureClass: string | undefined
  readonly failureScope: string | undefined
  readonly waitedMs: number | undefined
  readonly renewalMs: number | undefined
  readonly connectMs: number | undefined
  readonly firstPartMs: number | undefined
  readonly census: CensusShape | undefined
}

/** The attempts of a request's row, as its data plane reported them. */
export function readAttempts(json: unknown): AttemptShape[] {
  return items(json).map((attempt) => ({
    accountId: textField(attempt, "accountId"),
    reason: textField(attempt, "reason") ?? "",
    standsInFor: textField(attempt, "standsInFor"),
    askedMs: numberField(attempt, "askedMs"),
    startedMs: numberField(attempt, "startedMs") ?? 0,
    firstByteMs: numberField(attempt, "firstByteMs"),
    endedMs: numberField(attempt, "endedMs") ?? 0,
    upstreamStatus: numberField(attempt, "upstreamStatus"),
    failureClass: textField(attempt, "failureClass"),
    failureScope: textField(attempt, "failureScope"),
    waitedMs: numberField(attempt, "waitedMs"),
    renewalMs: numberField(attempt, "renewalMs"),
    connectMs: numberField(attempt, "connectMs"),
    firstPartMs: numberField(attempt, "firstPartMs"),
    census: readCensus(field(attempt, "census")),
  }))
}

export const RequestAttempt = builder.objectRef<AttemptShape>("RequestAttempt").implement({
  description: "One call to an upstream. Moments are milliseconds since the request's head.",
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: "The account that it was made with; null: it is gone.",
      resolve: ({ accountId }, _args, context) => (accountId === undefined ? null : context.loadAccount(accountId)),
    }),
    reason: t.exposeString("reason", { description: "Why this account, in one short sentence." }),
    askedMs: t.exposeFloat("askedMs", {
      nullable: true,
      description: "When an account was asked for; null: the one before was tried again, or an older version told it.",
    }),
    standsInFor: t.field({
      type: Account,
      nullable: true,
      description:
        "Where the conversation lives, when that is another account; null: it lives on this one, or is none.",
      resolve: ({ standsInFor }, _args, context) =>
        standsInFor === undefined ? null : context.loadAccount(standsInFor),
    }),
    startedMs: t.exposeFloat("startedMs", { description: "When account and token were there and the call began." }),
    firstByteMs: t.exposeFloat("firstByteMs", { nullable: true, description: "When the answer's head came." }),
    endedMs: t.exposeFloat("endedMs", { description: "When it was over." }),
    upstreamStatus: t.exposeInt("upstreamStatus", {
      nullable: true,
      description: "The HTTP status of the upstream's answer; null: there was none.",
    }),
    failureClass: t.exposeString("failureClass", {
      nullable: true,
      description: "How it failed, as docs/reference/blame.md has it; null: it did not.",
    }),
    failureScope: t.exposeString("failureScope", {
      nullable: true,
      description:
        "What the failure is about: request, account, account-model, account-bucket, model, egress or configuration.",
    }),
    waitedMs: t.exposeFloat("waitedMs", {
      nullable: true,
      description: "For a slot of an account, before this attempt; null: none was waited for.",
    }),
    renewalMs: t.exposeFloat("renewalMs", {
      nullable: true,
      description: "For a renewed access token, before this attempt; null: none was waited for.",
    }),
    connectMs: t.exposeFloat("connectMs", {
      nullable: true,
      description:
        "Of the call, for a connection that had to be opened: name, proxy, TCP, TLS, HTTP/2; null: an open one was taken.",
    }),
    firstPartMs: t.exposeFloat("firstPartMs", {
      nullable: true,
      description: "When the first part of an answer came, content or not.",
    }),
    census: t.expose("census", {
      type: PoolCensus,
      nullable: true,
      description: "Of the accounts when one was asked for; null on a repeat.",
    }),
  }),
})
