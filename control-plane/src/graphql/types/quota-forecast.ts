import type { Exhaustion, QuotaEstimate as Estimate, QuotaForecast as Forecast } from "../../quota/forecast/forecast.ts"
import { CONFIDENCE } from "../../quota/forecast/rate.ts"
import { builder } from "../builder.ts"
import { QuotaBucket, QuotaWindow } from "./quota-enums.ts"

const date = (at: number | undefined): Date | undefined => (at === undefined ? undefined : new Date(at))

const QuotaOutlook = builder.enumType("QuotaOutlook", {
  description: "What comes of a quota if its accounts go on as lately.",
  values: {
    EXHAUSTED: { description: "It is used up now." },
    EXHAUSTS: { description: "It is likely used up before the accounts are renewed." },
    NOT_BEFORE_RESET: { description: "What is left likely lasts until the accounts are renewed." },
    UNKNOWN: { description: "Nobody can say; see the reason." },
  } as const,
})

const QuotaUnknownReason = builder.enumType("QuotaUnknownReason", {
  description: "Why a quota has no outlook.",
  values: {
    NO_ACCOUNTS: { description: "No account may serve that has this quota." },
    NOT_READ: { description: "Of no account is it known what is left." },
    TOO_FEW_READINGS: { description: "It was read too few times lately to see how fast it is used." },
    NO_TRAFFIC: { description: "Nothing of it was used lately." },
  } as const,
})

const QuotaBurn = builder.objectRef<NonNullable<Forecast["burn"]>>("QuotaBurn").implement({
  description: "How fast a quota was used lately: accounts' full windows an hour, so 0.5 is half of one account.",
  fields: (t) => ({
    perHour: t.exposeFloat("perHour", { description: "The likeliest, in accounts' full windows an hour." }),
    low: t.exposeFloat("low", { description: "The next hours use at least so much, with the forecast's confidence." }),
    high: t.exposeFloat("high", { description: "And at most so much." }),
    since: t.field({
      type: "DateTime",
      description: "Where the time begins that this was seen in.",
      resolve: ({ since }) => new Date(since),
    }),
  }),
})

const QuotaExhaustion = builder.objectRef<Exhaustion>("QuotaExhaustion").implement({
  description: "When a quota is used up; null: not before the accounts are renewed.",
  fields: (t) => ({
    earliest: t.field({
      type: "DateTime",
      nullable: true,
      description: "Hardly before this.",
      resolve: ({ earliest }) => date(earliest),
    }),
    likely: t.field({
      type: "DateTime",
      nullable: true,
      description: "About then.",
      resolve: ({ likely }) => date(likely),
    }),
    latest: t.field({
      type: "DateTime",
      nullable: true,
      description: "Hardly after this.",
      resolve: ({ latest }) => date(latest),
    }),
  }),
})

const QuotaEstimate = builder.objectRef<Estimate>("QuotaEstimate").implement({
  description:
    "What was taken off readings for our own requests since: their tokens, at what tokens have cost before. The next readings replace it.",
  fields: (t) => ({
    used: t.exposeFloat("used", { description: "So much was taken off, in accounts' full windows." }),
    usedTokens: t.field({
      type: "BigInt",
      description: "Of so many tokens, without what the upstream had cached.",
      resolve: ({ tokens }) => BigInt(Math.trunc(tokens)),
    }),
    perMillionTokens: t.float({
      description: "What a million tokens cost, in an account's full windows: the median over falls of readings.",
      resolve: ({ tokenCost }) => tokenCost * 1e6,
    }),
    falls: t.exposeInt("falls", {
      description: "Of so many falls of readings over all accounts; never fewer than six.",
    }),
  }),
})

export const QuotaForecast = builder.objectRef<Forecast>("QuotaForecast").implement({
  description: "When one quota is used up, over the pool or of one account.",
  fields: (t) => ({
    bucket: t.expose("bucket", { type: QuotaBucket, description: "The models that share it." }),
    window: t.expose("window", { type: QuotaWindow, description: "The time that it is for." }),
    remaining: t.exposeFloat("remaining", {
      description:
        "What is left over the known accounts that may serve, each at most 1: as last read, less what our own requests are estimated to have used since.",
    }),
    read: t.exposeFloat("read", { description: "The same as it was last read, with nothing taken off." }),
    estimate: t.field({
      type: QuotaEstimate,
      nullable: true,
      description: "How `remaining` differs from `read`; null: not at all, so that it is a reading.",
      resolve: ({ estimate }) => estimate,
    }),
    usable: t.exposeFloat("usable", {
      description: "The part of it that may be used now: above reserves, and of no account that rests.",
    }),
    accountsKnown: t.exposeInt("accountsKnown", {
      description: "Accounts that may serve and of which it is known what is left.",
    }),
    accountsUnknown: t.exposeInt("accountsUnknown", {
      description:
        "Accounts that may serve and of which nobody knows what is left: never read, read before their window ended, or always full although used.",
    }),
    accountsResting: t.exposeInt("accountsResting", {
      description: "Known accounts that the upstream refuses until a told time.",
    }),
    oldestReadAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "The oldest reading that counts.",
      resolve: ({ oldestReadAt }) => date(oldestReadAt),
    }),
    nextResetAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When the first of the known accounts is renewed.",
      resolve: ({ nextResetAt }) => date(nextResetAt),
    }),
    lastResetAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When all of the known accounts have been renewed: a forecast looks no farther.",
      resolve: ({ lastResetAt }) => date(lastResetAt),
    }),
    burn: t.field({
      type: QuotaBurn,
      nullable: true,
      description: "Null: it was read too few times lately.",
      resolve: ({ burn }) => burn,
    }),
    outlook: t.field({ type: QuotaOutlook, description: "What comes of it.", resolve: ({ outlook }) => outlook }),
    reason: t.field({
      type: QuotaUnknownReason,
      nullable: true,
      description: "Why the outlook is UNKNOWN; else null.",
      resolve: ({ reason }) => reason,
    }),
    exhaustsAt: t.field({
      type: QuotaExhaustion,
      nullable: true,
      description: "Null: it is used up already, or nobody can say.",
      resolve: ({ exhaustsAt }) => exhaustsAt,
    }),
    confidence: t.float({
      description:
        "How often what comes lies between earliest and latest, and between low and high, if all goes on as lately.",
      resolve: () => CONFIDENCE,
    }),
  }),
})
