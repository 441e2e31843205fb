/** Folding a stream of parts into the whole answer that a client without streaming gets: the same content, by the same code path. */
import type { Usage } from "#shared/usage.ts"
import { never } from "#shared/never.ts"
import { GatewayError } from "./error.ts"
import type { FinishReason } from "./finish-reason.ts"
import type { Grounding } from "./grounding.ts"
import type { Part } from "./part.ts"
import type { ChatResponse } from "./response.ts"
import type { StreamPart } from "./stream-part.ts"
import { readArguments } from "./tool-arguments.ts"

export interface Fold {
  part(part: StreamPart): void
  /**
   * The whole answer. Throws the stream's own `GatewayError` when it ended by one, and `upstream_interrupted` when it has no end:
   * a part of an answer is never given as a whole one.
   */
  response(): ChatResponse
}

export function createFold(): Fold {
  return new PartFold()
}

/** Throws as `Fold.response` does. */
export function fold(parts: Iterable<StreamPart>): ChatResponse {
  const state = createFold()
  for (const part of parts) state.part(part)
  return state.response()
}

class PartFold implements Fold {
  private readonly parts: Part[] = []
  /** Pieces of the open block; joined once, so that a long answer costs linear time. */
  private pieces: string[] = []
  private call: Extract<StreamPart, { type: "tool-input-start" }> | undefined
  private grounding: Grounding | undefined
  private usage: Usage = {}
  private finishReason: FinishReason | undefined
  private error: GatewayError | undefined

  part(part: StreamPart): void {
    switch (part.type) {
      case "response-start":
        return
      case "text-start":
      case "reasoning-start":
        this.pieces = []
        return
      case "tool-input-start":
        this.pieces = []
        this.call = part
        return
      case "tool-input-delta":
        this.pieces.push(part.json)
        return
      case "tool-input-end":
        return this.endCall(part.signature)
      case "text-delta":
      case "reasoning-delta":
        this.pieces.push(part.text)
        return
      case "text-end":
        this.parts.push({
          type: "text",
          text: this.pieces.join(""),
          ...(part.signature === undefined ? {} : { signature: part.signature }),
        })
        return
      case "reasoning-end":
        this.parts.push({
          type: "reasoning",
          text: this.pieces.join(""),
          ...(part.signature === undefined ? {} : { signature: part.signature }),
        })
        return
      case "media":
        this.parts.push({
          type: "media",
          mediaType: part.mediaType,
          data: part.data,
          ...(part.signature === undefined ? {} : { signature: part.signature }),
        })
        return
      case "grounding":
        this.grounding = part.grounding
        return
      case "usage":
        this.usage = part.usage
        return
      case "response-end":
        this.finishReason = part.finishReason
        return
      case "error":
        this.error = part.error
        return
      default:
        never(part)
    }
  }

  private endCall(signature: string | undefined): void {
    if (this.call === undefined) return
    const { id, name, upstreamId } = this.call
    this.parts.push({
      type: "tool-call",
      id,
      name,
      // Well-formed streams hold an object; whatever else came is not lost.
      arguments: readArguments(this.pieces.join("")),
      ...(signature === undefined ? {} : { signature }),
      ...(upstreamId === undefined ? {} : { upstreamId }),
    })
    this.call = undefined
  }

  response(): ChatResponse {
    if (this.error !== undefined) throw this.error
    if (this.finishReason === undefined) {
      throw new GatewayError("upstream_interrupted", "The upstream's answer stopped before its end.")
    }
    const { parts, grounding, finishReason, usage } = this
    return { parts, ...(grounding === undefined ? {} : { grounding }), finishReason, usage }
  }
}
