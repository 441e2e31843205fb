import { items, numberField, textField } from "../../json.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"

export interface AttemptShape {
  readonly accountId: string | undefined
  readonly reason: string
  readonly startedMs: number
  readonly firstByteMs: number | undefined
  readonly endedMs: number
  readonly upstreamStatus: number | undefined
  readonly failureClass: string | undefined
}

/** The attempts of a request's row, as its data plane reported them. */
export function readAttempts(json: unknown): AttemptShape[] {
  return items(json).map((attempt) => ({
    accountId: textField(attempt, "accountId"),
    reason: textField(attempt, "reason") ?? "",
    startedMs: numberField(attempt, "startedMs") ?? 0,
    firstByteMs: numberField(attempt, "firstByteMs"),
    endedMs: numberField(attempt, "endedMs") ?? 0,
    upstreamStatus: numberField(attempt, "upstreamStatus"),
    failureClass: textField(attempt, "failureClass"),
  }))
}

export const RequestAttempt = builder.objectRef<AttemptShape>("RequestAttempt").implement({
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      resolve: ({ accountId }, _args, context) => (accountId === undefined ? null : context.loadAccount(accountId)),
    }),
    reason: t.exposeString("reason"),
    startedMs: t.exposeFloat("startedMs"),
    firstByteMs: t.exposeFloat("firstByteMs", { nullable: true }),
    endedMs: t.exposeFloat("endedMs"),
    upstreamStatus: t.exposeInt("upstreamStatus", { nullable: true }),
    failureClass: t.exposeString("failureClass", { nullable: true }),
  }),
})
