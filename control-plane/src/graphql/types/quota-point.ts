import type { QuotaPoolPointModel } from "#generated/sqlite/models.ts"
import { builder } from "../builder.ts"
import { knownSource, QuotaSource } from "./quota-enums.ts"

export const QuotaPoint = builder.prismaObject("QuotaPoint", {
  description: "What was read of one quota of an account at some time.",
  fields: (t) => ({
    at: t.expose("readAt", { type: "DateTime", description: "When it was read." }),
    remaining: t.exposeFloat("remainingFraction", { description: "From 0 to 1." }),
    resetAt: t.expose("resetsAt", {
      type: "DateTime",
      nullable: true,
      description: "When the window ended, as told then.",
    }),
    source: t.field({
      type: QuotaSource,
      nullable: true,
      description: "Where it was read; null: where another version reads.",
      resolve: ({ source }) => knownSource(source),
    }),
    usedTokens: t.expose("usedTokens", {
      type: "BigInt",
      nullable: true,
      description:
        "Tokens that our own requests used since the point before, without those that the upstream had cached; null: nobody counted.",
    }),
  }),
})

export const QuotaPoolPoint = builder.objectRef<QuotaPoolPointModel>("QuotaPoolPoint").implement({
  description: "What was left of one quota over the whole pool at some time.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "When it was added up." }),
    remaining: t.exposeFloat("remaining", { description: "The sum over the known accounts, each at most 1." }),
    accountsKnown: t.exposeInt("accountsKnown", { description: "Accounts of which it was known what is left." }),
    accountsUnknown: t.exposeInt("accountsUnknown", { description: "Accounts of which it was not." }),
  }),
})
