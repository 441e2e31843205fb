import type { TrafficSample as TrafficSampleShape } from "../../traffic.ts"
import { builder } from "../builder.ts"

export const TrafficSample = builder.objectRef<TrafficSampleShape>("TrafficSample").implement({
  description: "What all data planes reported for one second.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "The second that it is about." }),
    requests: t.exposeInt("requests", { description: "Requests that ended in it." }),
    failures: t.exposeInt("failures", {
      description: "Of the requests, those that failed or were truncated; a client that left is none of them.",
    }),
    inputTokens: t.expose("inputTokens", {
      type: "BigInt",
      description: "Of requests that ended in it, cached ones too.",
    }),
    cachedInputTokens: t.expose("cachedInputTokens", {
      type: "BigInt",
      description: "Of the input tokens those that the upstream had in its prompt cache.",
    }),
    outputTokens: t.expose("outputTokens", {
      type: "BigInt",
      description: "Of requests that ended in it, thinking too.",
    }),
    inFlight: t.exposeInt("inFlight", { description: "Requests that are being served." }),
  }),
})
