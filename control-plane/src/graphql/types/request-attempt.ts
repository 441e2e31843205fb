import { field, items, numberField, textField } from "../../json.ts"
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
  readonly failureScope: string | undefined
  readonly waitedMs: number | undefined
  readonly firstPartMs: number | undefined
  readonly census: CensusShape | undefined
}

/** As the data plane counted; the numbers but `known` add up to it. */
export interface CensusShape {
  readonly known: number
  readonly unusable: number
  readonly notOffered: number
  readonly resting: number
  readonly modelOff: number
  readonly candidates: number
}

function readCensus(json: unknown): CensusShape | undefined {
  const count = (name: keyof CensusShape): number => numberField(json, name) ?? 0
  if (numberField(json, "known") === undefined) return undefined
  return {
    known: count("known"),
    unusable: count("unusable"),
    notOffered: count("notOffered"),
    resting: count("resting"),
    modelOff: count("modelOff"),
    candidates: count("candidates"),
  }
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
    failureScope: textField(attempt, "failureScope"),
    waitedMs: numberField(attempt, "waitedMs"),
    firstPartMs: numberField(attempt, "firstPartMs"),
    census: readCensus(field(attempt, "census")),
  }))
}

const PoolCensus = builder.objectRef<CensusShape>("PoolCensus").implement({
  description: "Each account stands in one of the numbers but known, which is their sum.",
  fields: (t) => ({
    known: t.exposeInt("known"),
    unusable: t.exposeInt("unusable", { description: "Disabled, or in a state that needs a hand." }),
    notOffered: t.exposeInt("notOffered", { description: "Their catalogue does not have the model." }),
    resting: t.exposeInt("resting", { description: "As a whole, or for the model's quota." }),
    modelOff: t.exposeInt("modelOff", { description: "The model alone rests on them, or was taken from them." }),
    candidates: t.exposeInt("candidates", { description: "Could serve, those that are busy included." }),
  }),
})

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
    failureScope: t.exposeString("failureScope", {
      nullable: true,
      description:
        "What the failure is about: request, account, account-model, account-bucket, model, egress or configuration.",
    }),
    waitedMs: t.exposeFloat("waitedMs", {
      nullable: true,
      description: "For a slot of an account, before this attempt; null: none was waited for.",
    }),
    firstPartMs: t.exposeFloat("firstPartMs", { nullable: true, description: "The first part of an answer." }),
    census: t.expose("census", {
      type: PoolCensus,
      nullable: true,
      description: "Of the accounts when this one was chosen; null on a repeat.",
    }),
  }),
})
