/**
 * The Gemini `generateContent` wire, spoken to upstreams. Nothing here knows an address, an account or an envelope: those belong
 * to `upstreams/`. Everything is pure and synchronous.
 */
import type { UpstreamSide } from "../dialect.ts"
import { decodeStream } from "./decode-stream.ts"
import { encodeRequest } from "./encode-request.ts"

export const geminiUpstream: UpstreamSide = { encodeRequest, decodeStream }
