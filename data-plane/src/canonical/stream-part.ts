/**
 * An answer as a sequence of parts. Every block has a life: `…-start`, any number of `…-delta`, `…-end`; blocks are numbered from 0,
 * opened once, closed once, one open at a time. Nothing follows `response-end` or `error`. `well-formed.ts` checks these laws.
 */
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "./error.ts"
import type { FinishReason } from "./finish-reason.ts"
import type { Grounding } from "./grounding.ts"

export type StreamPart =
  | { readonly type: "response-start"; readonly upstreamId?: string; readonly upstreamModel?: string }
  | { readonly type: "text-start"; readonly block: number }
  | { readonly type: "text-delta"; readonly block: number; readonly text: string }
  | { readonly type: "text-end"; readonly block: number; readonly signature?: string }
  | { readonly type: "reasoning-start"; readonly block: number }
  | { readonly type: "reasoning-delta"; readonly block: number; readonly text: string }
  | { readonly type: "reasoning-end"; readonly block: number; readonly signature?: string }
  /** `id` is the one that was minted for the client, `name` the client's own; `upstreamId` is what the upstream called it. */
  | {
      readonly type: "tool-input-start"
      readonly block: number
      readonly id: string
      readonly name: string
      readonly upstreamId?: string
    }
  /** All of a block's pieces joined are one JSON object. */
  | { readonly type: "tool-input-delta"; readonly block: number; readonly json: string }
  | { readonly type: "tool-input-end"; readonly block: number; readonly signature?: string }
  /** A whole block in one part: an image of an image model. */
  | {
      readonly type: "media"
      readonly block: number
      readonly mediaType: string
      readonly data: string
      readonly signature?: string
    }
  /** Where the answer's visible text comes from; once, between blocks or after them. */
  | { readonly type: "grounding"; readonly grounding: Grounding }
  /** Cumulative; the last one wins. */
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "response-end"; readonly finishReason: FinishReason }
  | { readonly type: "error"; readonly error: GatewayError }
