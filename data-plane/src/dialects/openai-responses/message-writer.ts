import type { Grounding } from "../../canonical/grounding.ts"
import { citationsIn } from "./citations.ts"
import type { ItemWriter } from "./item-writer.ts"

interface OpenMessage {
  readonly id: string
  readonly address: object
  readonly pieces: string[]
}

const MESSAGE = { type: "message", role: "assistant" }

/** Texts as message items. A message stays open when its text has ended: citations come after it. */
export class MessageWriter {
  private readonly items: ItemWriter
  private open: OpenMessage | undefined
  /** UTF-16 units of the visible text before the open message. */
  private before = 0

  constructor(items: ItemWriter) {
    this.items = items
  }

  get isOpen(): boolean {
    return this.open !== undefined
  }

  start(): void {
    const id = `msg_${this.items.nextSuffix}`
    const address = { item_id: id, output_index: this.items.nextIndex, content_index: 0 }
    this.open = { id, pieces: [], address: { ...address, logprobs: [] } }
    this.items.announce({ id, ...MESSAGE, status: "in_progress", content: [] })
    this.items.listener.event("response.content_part.added", { ...address, part: textPart("", []) })
  }

  text(text: string): void {
    if (this.open === undefined) return
    this.open.pieces.push(text)
    this.items.listener.delta("response.output_text.delta", this.open.address, text)
  }

  close(status: string, grounding: Grounding | undefined): void {
    const { open } = this
    if (open === undefined) return
    this.open = undefined
    const { id } = open
    const text = open.pieces.join("")
    const address = { item_id: id, output_index: this.items.nextIndex, content_index: 0 }
    const annotations = citationsIn(grounding, this.before, text)
    this.before += text.length
    for (const [at, annotation] of annotations.entries()) {
      const added = { ...address, annotation_index: at, annotation }
      this.items.listener.event("response.output_text.annotation.added", added)
    }
    const part = textPart(text, annotations)
    this.items.listener.event("response.output_text.done", { ...address, text, logprobs: [] })
    this.items.listener.event("response.content_part.done", { ...address, part })
    this.items.close({ id, ...MESSAGE, status, content: [part] })
  }
}

function textPart(text: string, annotations: readonly object[]): object {
  return { type: "output_text", text, annotations, logprobs: [] }
}
