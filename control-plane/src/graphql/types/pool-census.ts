import { field, numberField } from "../../json.ts"
import { builder } from "../builder.ts"

/** As the data plane counted. */
export interface CensusShape {
  readonly known: number
  readonly unusable: number
  readonly outside: number
  readonly notOffered: number
  readonly resting: number
  readonly modelOff: number
  readonly probing: number
  readonly candidates: number
  readonly busy: number | undefined
  readonly tried: number
  readonly modelLimit: number | undefined
  readonly keyLimit: number | undefined
}

export function readCensus(json: unknown): CensusShape | undefined {
  const count = (name: keyof CensusShape): number => numberField(json, name) ?? 0
  if (numberField(json, "known") === undefined) return undefined
  return {
    known: count("known"),
    unusable: count("unusable"),
    outside: count("outside"),
    notOffered: count("notOffered"),
    resting: count("resting"),
    modelOff: count("modelOff"),
    probing: count("probing"),
    candidates: count("candidates"),
    busy: numberField(json, "busy"),
    tried: count("tried"),
    modelLimit: numberField(json, "modelLimit"),
    keyLimit: numberField(json, "keyLimit"),
  }
}

export const PoolCensus = builder.objectRef<CensusShape>("PoolCensus").implement({
  description:
    "The accounts at a moment: known is the sum of unusable, outside, notOffered, resting, modelOff, probing and candidates. Why not all of those candidates could be taken is said by busy, tried, modelLimit and keyLimit.",
  fields: (t) => ({
    known: t.exposeInt("known", { description: "All accounts." }),
    unusable: t.exposeInt("unusable", { description: "Disabled, or in a state that needs a hand." }),
    outside: t.exposeInt("outside", { description: "Not among those that a routing rule wants." }),
    notOffered: t.exposeInt("notOffered", { description: "Their catalogue does not have the model." }),
    resting: t.exposeInt("resting", { description: "As a whole, or for the model's quota." }),
    modelOff: t.exposeInt("modelOff", { description: "The model alone rests on them, or was taken from them." }),
    probing: t.exposeInt("probing", {
      description: "They had rested, and one request tried them first: the others waited for what it learnt.",
    }),
    candidates: t.exposeInt("candidates", { description: "Could serve, those that are busy or tried included." }),
    busy: t.exposeInt("busy", {
      nullable: true,
      description: "Candidates with as many requests running as they may have; null: an older version told it.",
    }),
    tried: t.exposeInt("tried", { description: "Candidates on which this request had failed before." }),
    modelLimit: t.exposeInt("modelLimit", {
      nullable: true,
      description: "The model had as many requests running over all accounts as it may: so many; null: it had room.",
    }),
    keyLimit: t.exposeInt("keyLimit", {
      nullable: true,
      description: "The key had as many requests running as it may: so many; null: it had room.",
    }),
  }),
})

export interface RefusalShape {
  readonly waitedMs: number | undefined
  readonly renewalMs: number | undefined
  readonly census: CensusShape
}

/** The refusal of a request's row; undefined where there was none. */
export function readRefusal(json: unknown): RefusalShape | undefined {
  const census = readCensus(field(json, "census"))
  if (census === undefined) return undefined
  return { waitedMs: numberField(json, "waitedMs"), renewalMs: numberField(json, "renewalMs"), census }
}

export const PoolRefusal = builder.objectRef<RefusalShape>("PoolRefusal").implement({
  description: "The pool had no account to give, or the client left while it waited for one.",
  fields: (t) => ({
    waitedMs: t.exposeFloat("waitedMs", {
      nullable: true,
      description: "For a slot, in vain; null: it was refused at once.",
    }),
    renewalMs: t.exposeFloat("renewalMs", {
      nullable: true,
      description: "For a renewed access token, in vain; null: none was waited for.",
    }),
    census: t.expose("census", { type: PoolCensus, description: "Of the accounts at that moment." }),
  }),
})
