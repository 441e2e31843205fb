import { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import { toArguments } from "../../canonical/tool-arguments.ts"
import { restoreArguments } from "../../schema/restore.ts"
import type { DecodeContext, StreamDecoder } from "../dialect.ts"
import { bareJson } from "../json-answer.ts"
import { normaliseMediaType } from "../media-type.ts"
import { isObject, type WireObject } from "../read-wire.ts"
import { decodeError } from "./decode-error.ts"
import { finishMeaning } from "./finish-reason.ts"
import { createGroundingReader, type GroundingReader } from "./grounding.ts"
import { decodeUsage } from "./usage.ts"
import { UNCARRIED_PAYLOADS } from "./wire.ts"

type Block = "text" | "reasoning"

export function decodeStream(emit: (part: StreamPart) => void, context: DecodeContext): StreamDecoder {
  return new GeminiStreamDecoder(context.json === undefined ? emit : bareJson(emit, context.json), context)
}

/**
 * Gemini events to parts. Blocks are opened by the first text of their kind and closed when the kind changes or the stream ends;
 * a call comes whole and is a block of its own, under the client's name for the tool and an id minted for the client. The end is held back until the upstream closes, because usage may come in an event after the finish reason.
 */
class GeminiStreamDecoder implements StreamDecoder {
  private readonly emit: (part: StreamPart) => void
  private readonly context: DecodeContext
  private hasCalls = false
  private started = false
  private ended = false
  private open: Block | undefined
  private block = 0
  private signature: string | undefined
  private finishReason: FinishReason | undefined
  /** Only of a search: it keeps the text. */
  private readonly grounding: GroundingReader | undefined

  constructor(emit: (part: StreamPart) => void, context: DecodeContext) {
    this.emit = emit
    this.context = context
    this.grounding = context.isSearch === true ? createGroundingReader() : undefined
  }

  push(event: unknown): void {
    if (this.ended) return
    if (!isObject(event)) {
      this.ended = true
      throw new GatewayError("upstream_failed", "The upstream sent an event that is not an object.")
    }
    if (event["error"] !== undefined && event["error"] !== null) return this.fail(decodeError(event["error"]))
    this.start(event)
    this.usage(event["usageMetadata"])
    this.promptFeedback(event["promptFeedback"])
    const candidates = event["candidates"]
    if (Array.isArray(candidates)) this.candidate(candidates[0])
  }

  end(): void {
    if (this.ended) return
    if (this.finishReason === undefined) {
      return this.fail(new GatewayError("upstream_interrupted", "The upstream's answer stopped before its end."))
    }
    this.closeBlock()
    this.ended = true
    const grounding = this.grounding?.read()
    if (grounding !== undefined) this.emit({ type: "grounding", grounding })
    // A call is to be answered whatever the upstream says of the end; its own word stays beside.
    const unified = this.hasCalls ? "tool-calls" : this.finishReason.unified
    this.emit({ type: "response-end", finishReason: { ...this.finishReason, unified } })
  }

  private start(event: WireObject): void {
    if (this.started) return
    this.started = true
    const { responseId, modelVersion } = event
    this.emit({
      type: "response-start",
      ...(typeof responseId === "string" ? { upstreamId: responseId } : {}),
      ...(typeof modelVersion === "string" ? { upstreamModel: modelVersion } : {}),
    })
  }

  private usage(wire: unknown): void {
    if (wire === undefined) return
    const usage = decodeUsage(wire)
    if (usage !== undefined) this.emit({ type: "usage", usage })
  }

  /** A blocked prompt has no candidates, or an empty one: it is a refusal by itself. */
  private promptFeedback(wire: unknown): void {
    if (!isObject(wire)) return
    const { blockReason, blockReasonMessage } = wire
    if (typeof blockReason !== "string" || blockReason === "BLOCK_REASON_UNSPECIFIED") return
    this.finishReason = finishReason("refusal", blockReason, blockReasonMessage)
  }

  private candidate(wire: unknown): void {
    if (!isObject(wire)) return
    const content = wire["content"]
    const parts = isObject(content) ? content["parts"] : undefined
    if (Array.isArray(parts)) {
      for (const part of parts) {
        this.part(part)
        if (this.ended) return
      }
    }
    this.grounding?.metadata(wire["groundingMetadata"])
    if (typeof wire["finishReason"] === "string") this.finish(wire["finishReason"], wire["finishMessage"])
  }

  private part(wire: unknown): void {
    if (!isObject(wire)) return
    for (const [key, name] of UNCARRIED_PAYLOADS) {
      if (wire[key] !== undefined) return this.uncarried(key, name)
    }
    if (wire["functionCall"] !== undefined) return this.call(wire["functionCall"], signatureOf(wire))
    if (wire["inlineData"] !== undefined) return this.media(wire["inlineData"], wire)
    const kind: Block = wire["thought"] === true ? "reasoning" : "text"
    const { text } = wire
    const signature = signatureOf(wire)
    if (typeof text === "string" && text !== "") this.text(kind, text)
    // A signature may come with the last text of its kind or alone.
    if (signature !== undefined) this.sign(kind, signature)
  }

  private call(wire: unknown, signature: string | undefined): void {
    const { id, name, args } = isObject(wire) ? wire : {}
    const tool = typeof name === "string" ? this.context.declaredTools.get(name) : undefined
    if (tool === undefined) return this.undeclared()
    this.closeBlock()
    this.hasCalls = true
    const { block } = this
    this.block += 1
    const upstreamId = typeof id === "string" && id !== "" ? id : undefined
    this.emit({
      type: "tool-input-start",
      block,
      id: this.context.mintToolCallId(upstreamId),
      name: tool.name,
      ...(upstreamId === undefined ? {} : { upstreamId }),
    })
    const own = restoreArguments(toArguments(args), tool.parameters)
    this.emit({ type: "tool-input-delta", block, json: JSON.stringify(own) })
    this.emit({ type: "tool-input-end", block, ...signed(signature) })
  }

  /** Drafts that an image model made while it thought are thoughts, and no wire can show those. */
  private media(wire: unknown, part: WireObject): void {
    const { mimeType, mime_type: snakeType, data } = isObject(wire) ? wire : {}
    const mediaType = normaliseMediaType(String(mimeType ?? snakeType))
    if (typeof data !== "string" || data === "") return
    if (!mediaType.startsWith("image/")) return this.uncarried("inlineData", "media")
    if (part["thought"] === true) return
    this.closeBlock()
    this.emit({ type: "media", block: this.block, mediaType, data, ...signed(signatureOf(part)) })
    this.block += 1
  }

  /** A thought's signature is over the text before it: what follows is another thought. */
  private text(kind: Block, text: string): void {
    if (this.open !== kind || (kind === "reasoning" && this.signature !== undefined)) {
      this.closeBlock()
      this.openBlock(kind)
    }
    if (kind === "text") this.grounding?.text(text)
    this.emit(
      kind === "text"
        ? { type: "text-delta", block: this.block, text }
        : { type: "reasoning-delta", block: this.block, text },
    )
  }

  /** A thought's is asked for again, so that one without a text is a block all the same; a text's belongs to the text before it. */
  private sign(kind: Block, signature: string): void {
    if (kind === "text" && this.open !== "text") return
    if (this.open !== kind) {
      this.closeBlock()
      this.openBlock("reasoning")
    }
    this.signature = signature
  }

  private openBlock(kind: Block): void {
    this.open = kind
    this.emit({ type: kind === "text" ? "text-start" : "reasoning-start", block: this.block })
  }

  private closeBlock(): void {
    if (this.open === undefined) return
    const type = this.open === "text" ? "text-end" : "reasoning-end"
    this.emit({ type, block: this.block, ...signed(this.signature) })
    this.open = undefined
    this.signature = undefined
    this.block += 1
  }

  private finish(raw: string, message: unknown): void {
    const meaning = finishMeaning(raw)
    if (meaning.type === "failure") {
      return this.fail(new GatewayError(meaning.code, meaning.message, { cause: { finishReason: raw } }))
    }
    this.finishReason = finishReason(meaning.unified, raw, message)
  }

  /** Judged like the upstream's own finish reason for it. */
  private undeclared(): void {
    const message = "The model answered with a tool call, which was not asked for and cannot be passed on."
    const cause = { finishReason: "UNEXPECTED_TOOL_CALL" }
    this.fail(new GatewayError("upstream_malformed_call", message, { cause }))
  }

  /** Nobody asked for it, and this version could not show it: an error is better than an answer with a hole. */
  private uncarried(key: string, name: string): void {
    const message = `The model answered with ${name}, which was not asked for and cannot be passed on.`
    this.fail(new GatewayError("upstream_failed", message, { cause: { part: key } }))
  }

  private fail(error: GatewayError): void {
    this.ended = true
    this.emit({ type: "error", error })
  }
}

function finishReason(unified: FinishReason["unified"], raw: string, message: unknown): FinishReason {
  return { unified, raw, ...(typeof message === "string" && message !== "" ? { message } : {}) }
}

function signed(signature: string | undefined): { signature?: string } {
  return signature === undefined ? {} : { signature }
}

/** Both spellings were seen. */
function signatureOf(wire: WireObject): string | undefined {
  const signature = wire["thoughtSignature"] ?? wire["thought_signature"]
  return typeof signature === "string" && signature !== "" ? signature : undefined
}
