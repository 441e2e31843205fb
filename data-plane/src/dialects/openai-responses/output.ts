/**
 * Parts to items and events: one path for streamed and whole answers. At most one item is open; each is announced, filled and closed
 * before the next.
 */
import { never } from "#shared/never.ts"
import { tokenWeight, wholeTokens } from "#shared/token-estimate.ts"
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../../canonical/error.ts"
import type { FinishReason } from "../../canonical/finish-reason.ts"
import type { Grounding } from "../../canonical/grounding.ts"
import type { StreamPart } from "../../canonical/stream-part.ts"
import type { AnswerContext, SealTarget } from "../dialect.ts"
import { callItem } from "./call-items.ts"
import { searchItem } from "./citations.ts"
import { compactionItem, emptySummary } from "./compaction.ts"
import { failureOf } from "./encode-error.ts"
import { callForm, responsesExtra, type ResponsesExtra } from "./extra.ts"
import { incompleteReason } from "./finish-reason.ts"
import { ItemWriter, type OutputListener } from "./item-writer.ts"
import { MessageWriter } from "./message-writer.ts"
import { responseObject } from "./response.ts"
import { ThoughtWriter } from "./thought-writer.ts"
import { encodeUsage } from "./usage.ts"

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly pieces: string[]
}

export class ResponsesOutput {
  private readonly context: AnswerContext
  private readonly extra: ResponsesExtra
  private readonly items: ItemWriter
  private readonly thoughts: ThoughtWriter
  private readonly messages: MessageWriter
  private call: OpenCall | undefined
  private grounding: Grounding | undefined
  private isSearchShown = false
  /** Where the answer is a summary: its text, and the one thing that is written of it. */
  private readonly summary: string[] = []
  private readonly isSummary: boolean
  /** The answer has ended well and is none of this wire. */
  missing: GatewayError | undefined
  private usage: Usage = {}
  private outputWeight = 0

  constructor(listener: OutputListener, context: AnswerContext) {
    this.context = context
    this.extra = responsesExtra(context.request)
    this.isSummary = this.extra.compaction !== undefined
    this.items = new ItemWriter(listener, context)
    this.thoughts = new ThoughtWriter(this.items, context.request.reasoning?.show === true && !this.isSummary)
    this.messages = new MessageWriter(this.items)
  }

  part(part: StreamPart): void {
    switch (part.type) {
      case "text-start":
        this.closeOpen()
        if (!this.isSummary) this.messages.start()
        return
      case "text-delta":
        return this.text(part.text)
      case "reasoning-start":
        this.closeOpen()
        return this.thoughts.start()
      case "reasoning-delta":
        this.count(part.text)
        return this.thoughts.text(part.text)
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
      case "text-end":
        return
      default:
        never(part)
    }
  }

  begin(): void {
    this.items.begin()
  }

  private text(text: string): void {
    this.count(text)
    if (this.isSummary) this.summary.push(text)
    this.messages.text(text)
  }

  /** The carrier takes the thought along: some clients give back an empty summary. */
  private endThought(signature: string | undefined): void {
    const seal = this.sealOf(signature)
    if (seal === undefined && signature !== undefined) this.thoughts.close()
    else this.thoughts.end(seal && ((text) => seal({ kind: "thought", text, isHidden: true })))
  }

  private endCall(signature: string | undefined): void {
    const { call } = this
    if (call === undefined) return
    this.call = undefined
    const json = call.pieces.join("")
    this.count(call.name + json)
    if (this.isSummary) return
    const sealed = this.sealOf(signature)?.({ kind: "call", callId: call.id })
    if (sealed !== undefined && !this.thoughts.takesSignature(sealed)) {
      // A carrier needs an item before the call.
      this.closeOpen()
      this.thoughts.start()
      this.thoughts.close(sealed)
    }
    this.closeOpen()
    const form = callForm(this.extra, call.name)
    this.items.whole(callItem(form, { suffix: this.items.nextSuffix, callId: call.id, json }))
  }

  private image(data: string): void {
    if (this.isSummary) return
    this.closeOpen()
    const base = { id: `ig_${this.items.nextSuffix}`, type: "image_generation_call" }
    const events = ["in_progress", "generating", "completed"] as const
    this.items.whole({
      begun: { ...base, status: "in_progress", result: null },
      whole: { ...base, status: "completed", result: data },
      events: events.map((event) => [`response.image_generation_call.${event}`, {}]),
    })
  }

  /** Before its text where that was held back, else after it. */
  private ground(grounding: Grounding): void {
    this.grounding = grounding
    if (!this.messages.isOpen) this.showSearch()
  }

  private showSearch(): void {
    const { grounding } = this
    if (grounding === undefined || this.isSearchShown || this.isSummary) return
    this.isSearchShown = true
    if (grounding.queries.length === 0 && grounding.sources.length === 0) return
    this.closeOpen()
    this.items.whole(searchItem(grounding, this.items.nextSuffix))
  }

  private end(reason: FinishReason): void {
    const incomplete = incompleteReason(reason)
    const status = incomplete === undefined ? "completed" : "incomplete"
    this.closeOpen(status)
    if (this.isSummary && incomplete === undefined) {
      const summary = this.summary.join("")
      if (summary === "") {
        this.missing = emptySummary()
        return
      }
      const item = compactionItem(summary, this.items.nextIndex, this.context)
      this.items.whole({ begun: item, whole: item, events: [] })
    }
    this.begin()
    const usage = encodeUsage(this.usage, {
      inputTokens: this.context.estimatedInputTokens,
      outputTokens: wholeTokens(this.outputWeight),
    })
    const details = incomplete === undefined ? null : { reason: incomplete }
    const state = { output: this.items.output, incomplete_details: details, usage }
    this.items.listener.end(`response.${status}`, responseObject(status, state, this.context))
  }

  private fail(error: GatewayError): void {
    this.begin()
    const state = { output: this.items.output, error: failureOf(error) }
    this.items.listener.end("response.failed", responseObject("failed", state, this.context))
  }

  /** Everything that is open, so that the next item can begin. */
  private closeOpen(status = "completed"): void {
    this.thoughts.close()
    if (!this.messages.isOpen) return
    this.messages.close(status, this.grounding)
    this.showSearch()
  }

  /** Undefined: nothing to sign, or the client did not ask for carriers. */
  private sealOf(signature: string | undefined): ((target: SealTarget) => string) | undefined {
    if (signature === undefined || !this.extra.sealsReasoning || this.isSummary) return undefined
    return (target) => this.context.seal?.(signature, target) ?? signature
  }

  /** Only needed while the upstream has reported nothing. */
  private count(text: string): void {
    if (this.usage.outputTokens === undefined) this.outputWeight += tokenWeight(text)
  }
}
