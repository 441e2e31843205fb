import type { TrafficSample as TrafficSampleShape } from "../../traffic.ts"
import { builder } from "../builder.ts"

export const TrafficSample = builder.objectRef<TrafficSampleShape>("TrafficSample").implement({
  description: "What all data planes reported for one second.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime" }),
    requests: t.exposeInt("requests"),
    failures: t.exposeInt("failures"),
    inputTokens: t.expose("inputTokens", { type: "BigInt" }),
    cachedInputTokens: t.expose("cachedInputTokens", {
      type: "BigInt",
      description: "Of the input tokens those that the upstream had in its prompt cache.",
    }),
    outputTokens: t.expose("outputTokens", { type: "BigInt" }),
    inFlight: t.exposeInt("inFlight"),
  }),
})
