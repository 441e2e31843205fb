/** The APIs that a client can speak to the gateway. Which paths belong to which: `data-plane/src/server/routes.ts`. */
export const CLIENT_DIALECTS = [
  "openai-chat",
  "openai-responses",
  "openai-completions",
  "openai-images",
  "anthropic-messages",
  "gemini",
] as const

export type ClientDialectName = (typeof CLIENT_DIALECTS)[number]

export function isClientDialect(name: string): name is ClientDialectName {
  return CLIENT_DIALECTS.some((known) => known === name)
}
