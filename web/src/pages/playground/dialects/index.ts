import type { PlaygroundDialect, Speaker } from "../talk.ts"
import { chat } from "./chat.ts"
import { gemini } from "./gemini.ts"
import { messages } from "./messages.ts"
import { responses } from "./responses.ts"

export const speakers: Readonly<Record<PlaygroundDialect, Speaker>> = { chat, responses, messages, gemini }
