/**
 * The list of dialects: which a client can speak to us, which we can speak to an upstream. A dialect folder knows one wire; none
 * imports another, and nothing here awaits, reads a clock or draws a random number.
 */
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { anthropicMessagesClient } from "./anthropic-messages/index.ts"
import type { ClientSide, DialectName, UpstreamSide } from "./dialect.ts"
import { geminiClient, geminiUpstream } from "./gemini/index.ts"
import { openaiChatWithInput } from "./chat-with-input.ts"
import { openaiCompletionsClient } from "./openai-completions/index.ts"
import { openaiImagesClient } from "./openai-images/index.ts"
import { openaiResponsesClient } from "./openai-responses/index.ts"

export type { ClientDialectName }
/** Dialects that upstreams can be spoken to in. */
export type UpstreamDialectName = Extract<DialectName, "gemini">

export const clientDialects: Readonly<Record<ClientDialectName, ClientSide>> = {
  "openai-chat": openaiChatWithInput,
  "openai-responses": openaiResponsesClient,
  "openai-completions": openaiCompletionsClient,
  "openai-images": openaiImagesClient,
  "anthropic-messages": anthropicMessagesClient,
  gemini: geminiClient,
}

export const upstreamDialects: Readonly<Record<UpstreamDialectName, UpstreamSide>> = {
  gemini: geminiUpstream,
}
