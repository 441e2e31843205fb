import type { AnswerContext } from "../dialect.ts"
import type { CallItem } from "./call-items.ts"
import { idSuffix, responseObject } from "./response.ts"
import type { OutputItem, ResponseObject } from "./wire.ts"

export interface OutputListener {
  event(type: string, body: object): void
  /** A piece of the open text or summary; `address` is the same object for all pieces of one block. */
  delta(type: string, address: object, text: string): void
  /** The last event, which holds the whole response. */
  end(type: string, response: ResponseObject): void
}

/** Items of one answer in their order: each is announced and closed before the next, and ends up in the response. */
export class ItemWriter {
  readonly output: OutputItem[] = []
  readonly listener: OutputListener
  readonly context: AnswerContext
  private hasBegun = false

  constructor(listener: OutputListener, context: AnswerContext) {
    this.listener = listener
    this.context = context
  }

  /** Of the item that comes next, if it is announced. */
  get nextIndex(): number {
    return this.output.length
  }

  /** What its id ends with. */
  get nextSuffix(): string {
    return idSuffix(this.context, this.nextIndex)
  }

  /** The two events that are no content yet; once. */
  begin(): void {
    if (this.hasBegun) return
    this.hasBegun = true
    const response = responseObject("in_progress", {}, this.context)
    this.listener.event("response.created", { response })
    this.listener.event("response.in_progress", { response })
  }

  announce(item: OutputItem): void {
    this.begin()
    this.listener.event("response.output_item.added", { output_index: this.nextIndex, item })
  }

  close(item: OutputItem): void {
    const index = this.output.push(item) - 1
    this.listener.event("response.output_item.done", { output_index: index, item })
  }

  /** A whole item at once. */
  whole({ begun, whole, events }: CallItem): void {
    const address = { item_id: whole.id, output_index: this.nextIndex }
    this.announce(begun)
    for (const [type, body] of events) this.listener.event(type, { ...address, ...body })
    this.close(whole)
  }
}
