import { builder } from "../builder.ts"
import { bucketOf, knownSource, QuotaBucket, QuotaSource, QuotaWindow, windowOf } from "./quota-enums.ts"

export const QuotaReading = builder.prismaObject("QuotaReading", {
  description: "What was last read of one quota of an account.",
  fields: (t) => ({
    bucket: t.field({ type: QuotaBucket, description: "The models that share it.", resolve: bucketOf }),
    window: t.field({ type: QuotaWindow, description: "The time that it is for.", resolve: windowOf }),
    remaining: t.exposeFloat("remainingFraction", { description: "From 0 to 1." }),
    resetAt: t.expose("resetsAt", {
      type: "DateTime",
      nullable: true,
      description: "When the window ends. A window that nobody has used yet ends one length after it was read.",
    }),
    source: t.field({
      type: QuotaSource,
      nullable: true,
      description: "Where it was read; null: where another version reads.",
      resolve: ({ source }) => knownSource(source),
    }),
    readAt: t.expose("readAt", { type: "DateTime", description: "How old the number is; a failed reading leaves it." }),
  }),
})
