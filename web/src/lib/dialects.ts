import type { Dialect } from "#generated/web/graphql.ts"

/** By the names that the vendors' documents use, the same in every language. */
export const dialectLabels: Record<Dialect, string> = {
  OPENAI_CHAT: "Chat Completions",
  OPENAI_RESPONSES: "Responses",
  ANTHROPIC_MESSAGES: "Messages",
  GEMINI: "Gemini",
  OPENAI_COMPLETIONS: "Completions",
  OPENAI_IMAGES: "Images",
}

export const dialects = Object.keys(dialectLabels) as Dialect[] // the record's own keys
