import { builder } from "../builder.ts"

export const QuotaReading = builder.prismaObject("QuotaReading", {
  description: "What was last read of one quota of an account.",
  fields: (t) => ({
    bucket: t.exposeString("bucket", { description: "gemini, third_party or image: the models that share a quota." }),
    window: t.exposeString("window", {
      description: "5h or weekly, which both limit; nearest is the tighter of them, without a word which one it is.",
    }),
    remaining: t.exposeFloat("remainingFraction", { description: "From 0 to 1." }),
    resetAt: t.expose("resetsAt", {
      type: "DateTime",
      nullable: true,
      description: "When the window ends. A window that nobody has used yet ends one length after it was read.",
    }),
    source: t.exposeString("source", { description: "summary, or catalogue: the list of models." }),
    readAt: t.expose("readAt", { type: "DateTime", description: "How old the number is; a failed reading leaves it." }),
  }),
})
