import type { ItemWriter } from "./item-writer.ts"

interface OpenThought {
  readonly id: string
  readonly pieces: string[]
  /** Where pieces of the summary go; undefined while nothing was announced. */
  address: object | undefined
}

/**
 * Thoughts as reasoning items. An unsigned thought's end is held for one part, because the signature of the call after it goes onto
 * it. A thought that is neither shown nor signed is no item at all.
 */
export class ThoughtWriter {
  private readonly items: ItemWriter
  private readonly isShown: boolean
  private open: OpenThought | undefined
  private isHeld = false

  constructor(items: ItemWriter, isShown: boolean) {
    this.items = items
    this.isShown = isShown
  }

  start(): void {
    this.open = { id: `rs_${this.items.nextSuffix}`, pieces: [], address: undefined }
  }

  text(text: string): void {
    const { open } = this
    if (open === undefined) return
    open.pieces.push(text)
    if (!this.isShown) return
    open.address ??= this.announce(open)
    this.items.listener.delta("response.reasoning_summary_text.delta", open.address, text)
  }

  /** `seal` gets the thought's text; without a signature the end waits for what comes next. */
  end(seal: ((text: string) => string) | undefined): void {
    if (this.open === undefined) return
    if (seal === undefined) this.isHeld = true
    else this.close(seal(this.open.pieces.join("")))
  }

  /** Before a signed call: the carrier goes onto the thought right before it. False: there is none. */
  takesSignature(sealed: string): boolean {
    if (!this.isHeld) return false
    this.close(sealed)
    return true
  }

  close(sealed?: string): void {
    const { open } = this
    if (open === undefined) return
    this.open = undefined
    this.isHeld = false
    const { id, address } = open
    if (address === undefined && sealed === undefined) return
    const text = open.pieces.join("")
    if (address === undefined) this.items.announce({ id, type: "reasoning", summary: [], status: "in_progress" })
    else {
      const part = { type: "summary_text", text }
      this.items.listener.event("response.reasoning_summary_text.done", { ...address, text })
      this.items.listener.event("response.reasoning_summary_part.done", { ...address, part })
    }
    const summary = address === undefined ? [] : [{ type: "summary_text", text }]
    const carrier = sealed === undefined ? {} : { encrypted_content: sealed }
    this.items.close({ id, type: "reasoning", summary, ...carrier, status: "completed" })
  }

  private announce({ id }: OpenThought): object {
    const address = { item_id: id, output_index: this.items.nextIndex, summary_index: 0 }
    this.items.announce({ id, type: "reasoning", summary: [], status: "in_progress" })
    const part = { type: "summary_text", text: "" }
    this.items.listener.event("response.reasoning_summary_part.added", { ...address, part })
    return address
  }
}
