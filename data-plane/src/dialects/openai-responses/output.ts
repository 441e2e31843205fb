/**
 * Parts to items and events: one path for streamed and whole answers. At most one item is open; each is announced, filled and closed
 * before the next. A thought's end is held for one part, because the signature of the call after it goes onto it.
 */
import { never } from "#shared/never.ts"
import { tokenWeight } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, SealTarget } from "../dialect.ts"
import { callItem, type CallItem } from "./call-items.ts"
import { citationsIn, searchItem } from "./citations.ts"
import { compactionItem, emptySummary } from "./compaction.ts"
import { failureOf } from "./encode-error.ts"
import { callForm, responsesExtra, type ResponsesExtra } from "./extra.ts"
import { incompleteReason } from "./finish-reason.ts"
import { idSuffix, responseObject } from "./response.ts"
import { encodeUsage } from "./usage.ts"
import type { OutputItem, ResponseObject } from "./wire.ts"

export interface OutputListener {
  event(type: string, body: object): void
  /** A piece of the open text or summary; `address` is the same object for all pieces of one block. */
  delta(type: string, address: object, text: string): void
  /** The last event, which holds the whole response. */
  end(type: string, response: ResponseObject): void
}

/** Where the pieces of the open item go. */
interface OpenItem {
  readonly id: string
  readonly index: number
  readonly pieces: string[]
  /** Undefined while nothing of it was announced. */
  address: object | undefined
}

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly pieces: string[]
}

const MESSAGE = { type: "message", role: "assistant" }

export class ResponsesOutput {
  private readonly listener: OutputListener
  private readonly context: AnswerContext
  private readonly extra: ResponsesExtra
  private readonly showsReasoning: boolean
  private readonly output: OutputItem[] = []
  private hasBegun = false
  private thought: OpenItem | undefined
  private isThoughtHeld = false
  private message: OpenItem | undefined
  private call: OpenCall | undefined
  private grounding: Grounding | undefined
  private isSearchShown = false
  /** UTF-16 units of the visible text before the open message. */
  private textBefore = 0
  private summary: string[] = []
  private usage: Usage = {}
  private outputWeight = 0

  constructor(listener: OutputListener, context: AnswerContext) {
    this.listener = listener
    this.context = context
    this.extra = responsesExtra(context.request)
    this.showsReasoning = context.request.reasoning?.show === true && this.extra.compaction === undefined
  }

  part(part: StreamPart): void {
    switch (part.type) {
      case "text-start":
        return this.startText()
      case "text-delta":
        return this.text(part.text)
      case "reasoning-start":
        this.closeOpen()
        this.thought = this.newItem("rs")
        return
      case "reasoning-delta":
        return this.thoughtText(part.text)
      case "reasoning-end":
        return this.endThought(part.signature)
      case "tool-input-start":
        this.call = { id: part.id, name: part.name, pieces: [] }
        return
      case "tool-input-delta":
        this.call?.pieces.push(part.json)
        return
      case "tool-input-end":
        return this.endCall(part.signature)
      case "media":
        return this.image(part.data)
      case "grounding":
        return this.ground(part.grounding)
      case "usage":
        this.usage = part.usage
        return
      case "response-end":
        return this.end(part.finishReason)
      case "error":
        return this.fail(part.error)
      case "response-start":
      // The message stays open for citations, which come after its text.
      case "text-end":
        return
      default:
        never(part)
    }
  }

  /** The two events that are no content yet; once. */
  begin(): void {
    if (this.hasBegun) return
    this.hasBegun = true
    const response = responseObject("in_progress", {}, this.context)
    this.listener.event("response.created", { response })
    this.listener.event("response.in_progress", { response })
  }

  private startText(): void {
    if (this.extra.compaction !== undefined) return
    this.closeOpen()
    const message = this.newItem("msg")
    const { id, index } = message
    this.message = message
    this.add({ id, ...MESSAGE, status: "in_progress", content: [] }, index)
    message.address = { item_id: id, output_index: index, content_index: 0, logprobs: [] }
    const part = textPart("", [])
    this.listener.event("response.content_part.added", { item_id: id, output_index: index, content_index: 0, part })
  }

  private text(text: string): void {
    this.count(text)
    if (this.extra.compaction !== undefined) this.summary.push(text)
    const { message } = this
    if (message?.address === undefined) return
    message.pieces.push(text)
    this.listener.delta("response.output_text.delta", message.address, text)
  }

  private thoughtText(text: string): void {
    this.count(text)
    const { thought } = this
    if (thought === undefined) return
    thought.pieces.push(text)
    if (!this.showsReasoning) return
    if (thought.address === undefined) this.announceThought(thought)
    if (thought.address !== undefined) {
      this.listener.delta("response.reasoning_summary_text.delta", thought.address, text)
    }
  }

  private announceThought(thought: OpenItem): void {
    const { id, index } = thought
    this.add({ id, type: "reasoning", summary: [], status: "in_progress" }, index)
    thought.address = { item_id: id, output_index: index, summary_index: 0 }
    const part = { type: "summary_text", text: "" }
    this.listener.event("response.reasoning_summary_part.added", { ...thought.address, part })
  }

  /** The carrier takes the thought along: some clients give back an empty summary. */
  private endThought(signature: string | undefined): void {
    const { thought } = this
    if (thought === undefined) return
    if (signature === undefined) this.isThoughtHeld = true
    else this.closeThought(this.seal(signature, { kind: "thought", text: thought.pieces.join(""), isHidden: true }))
  }

  /** A thought that is neither shown nor signed is no item at all. */
  private closeThought(sealed: string | undefined): void {
    const { thought } = this
    if (thought === undefined) return
    this.thought = undefined
    this.isThoughtHeld = false
    const isShown = thought.address !== undefined
    if (!isShown && sealed === undefined) return
    if (!isShown) this.add({ id: thought.id, type: "reasoning", summary: [], status: "in_progress" }, thought.index)
    const text = thought.pieces.join("")
    if (isShown) {
      const part = { type: "summary_text", text }
      this.listener.event("response.reasoning_summary_text.done", { ...thought.address, text })
      this.listener.event("response.reasoning_summary_part.done", { ...thought.address, part })
    }
    const summary = isShown ? [{ type: "summary_text", text }] : []
    const carrier = sealed === undefined ? {} : { encrypted_content: sealed }
    this.done({ id: thought.id, type: "reasoning", summary, ...carrier, status: "completed" }, thought.index)
  }

  private endCall(signature: string | undefined): void {
    const { call } = this
    if (call === undefined) return
    this.call = undefined
    const json = call.pieces.join("")
    this.count(call.name + json)
    if (this.extra.compaction !== undefined) return
    this.signCall(this.seal(signature, { kind: "call", callId: call.id }))
    const index = this.output.length
    const suffix = idSuffix(this.context, index)
    this.item(callItem(callForm(this.extra, call.name), { suffix, callId: call.id, json }), index)
  }

  /** On the thought right before the call, else on an empty one made for it. */
  private signCall(sealed: string | undefined): void {
    if (sealed !== undefined && !this.isThoughtHeld) {
      this.closeOpen()
      this.thought = this.newItem("rs")
    }
    if (sealed !== undefined) this.closeThought(sealed)
    this.closeOpen()
  }

  private image(data: string): void {
    if (this.extra.compaction !== undefined) return
    this.closeOpen()
    const index = this.output.length
    const base = { id: `ig_${idSuffix(this.context, index)}`, type: "image_generation_call" }
    const events = ["in_progress", "generating", "completed"] as const
    this.item(
      {
        begun: { ...base, status: "in_progress", result: null },
        whole: { ...base, status: "completed", result: data },
        events: events.map((event) => [`response.image_generation_call.${event}`, {}]),
      },
      index,
    )
  }

  private ground(grounding: Grounding): void {
    this.grounding = grounding
    // Before its text where that was held back, else after it.
    if (this.message === undefined) this.showSearch()
  }

  private showSearch(): void {
    const { grounding } = this
    if (grounding === undefined || this.isSearchShown || this.extra.compaction !== undefined) return
    this.isSearchShown = true
    if (grounding.queries.length === 0 && grounding.sources.length === 0) return
    this.closeOpen()
    const index = this.output.length
    this.item(searchItem(grounding, idSuffix(this.context, index)), index)
  }

  private end(reason: FinishReason): void {
    const incomplete = incompleteReason(reason)
    this.closeOpen(incomplete === undefined ? "completed" : "incomplete")
    if (this.extra.compaction !== undefined && incomplete === undefined) {
      const summary = this.summary.join("")
      if (summary === "") return this.fail(emptySummary())
      const item = compactionItem(summary, this.output.length, this.context)
      this.item({ begun: item, whole: item, events: [] }, this.output.length)
    }
    this.begin()
    const usage = encodeUsage(this.usage, {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: Math.ceil(this.outputWeight),
    })
    const status = incomplete === undefined ? "completed" : "incomplete"
    const details = incomplete === undefined ? null : { reason: incomplete }
    const state = { output: this.output, incomplete_details: details, usage }
    this.listener.end(`response.${status}`, responseObject(status, state, this.context))
  }

  private fail(error: GatewayError): void {
    this.begin()
    const state = { output: this.output, error: failureOf(error) }
    this.listener.end("response.failed", responseObject("failed", state, this.context))
  }

  /** Everything that is open, so that the next item can begin. */
  private closeOpen(status = "completed"): void {
    this.closeThought(undefined)
    const { message } = this
    if (message === undefined) return
    this.message = undefined
    const text = message.pieces.join("")
    const { id, index } = message
    const address = { item_id: id, output_index: index, content_index: 0 }
    const annotations = citationsIn(this.grounding, this.textBefore, text)
    this.textBefore += text.length
    for (const [at, annotation] of annotations.entries()) {
      this.listener.event("response.output_text.annotation.added", { ...address, annotation_index: at, annotation })
    }
    const part = textPart(text, annotations)
    this.listener.event("response.output_text.done", { ...address, text, logprobs: [] })
    this.listener.event("response.content_part.done", { ...address, part })
    this.done({ id, ...MESSAGE, status, content: [part] }, index)
    this.showSearch()
  }

  private newItem(prefix: string): OpenItem {
    const index = this.output.length
    return { id: `${prefix}_${idSuffix(this.context, index)}`, index, pieces: [], address: undefined }
  }

  /** A whole item at once. */
  private item({ begun, whole, events }: CallItem, index: number): void {
    this.add(begun, index)
    const address = { item_id: whole.id, output_index: index }
    for (const [type, body] of events) this.listener.event(type, { ...address, ...body })
    this.done(whole, index)
  }

  private add(item: OutputItem, index: number): void {
    this.begin()
    this.listener.event("response.output_item.added", { output_index: index, item })
  }

  private done(item: OutputItem, index: number): void {
    this.output.push(item)
    this.listener.event("response.output_item.done", { output_index: index, item })
  }

  /** Undefined: nothing to sign, or the client did not ask for carriers. */
  private seal(signature: string | undefined, target: SealTarget): string | undefined {
    if (signature === undefined || !this.extra.sealsReasoning || this.extra.compaction !== undefined) return undefined
    return this.context.seal?.(signature, target) ?? signature
  }

  /** Only needed while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}

function textPart(text: string, annotations: readonly object[]): object {
  return { type: "output_text", text, annotations, logprobs: [] }
}
