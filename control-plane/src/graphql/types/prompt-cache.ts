import type { PromptCacheUse } from "#shared/link-protocol.ts"
import { builder } from "../builder.ts"

export const PromptCache = builder.objectRef<PromptCacheUse>("PromptCache").implement({
  description: "How much of the input the upstreams had in their prompt caches, over exchanges whose usage they told.",
  fields: (t) => ({
    windowSeconds: t.int({
      description: "Of exchanges that ended within this long until now, to the minute.",
      resolve: ({ windowMs }) => Math.round(windowMs / 1000),
    }),
    inputTokens: t.field({
      type: "BigInt",
      description: "All input tokens of those exchanges, cached ones too.",
      resolve: ({ inputTokens }) => BigInt(inputTokens),
    }),
    cachedInputTokens: t.field({
      type: "BigInt",
      description: "Part of inputTokens.",
      resolve: ({ cachedInputTokens }) => BigInt(cachedInputTokens),
    }),
    hitRate: t.float({
      nullable: true,
      description: "Cached input tokens of all input tokens, 0 to 1; null: there were none.",
      resolve: ({ inputTokens, cachedInputTokens }) =>
        inputTokens === 0 ? undefined : cachedInputTokens / inputTokens,
    }),
  }),
})
