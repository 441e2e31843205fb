import { MAX_CAPTURED_TEXT_BYTES } from "#shared/capture.ts"
import type { CapturedBytes } from "#shared/capture-wire.ts"

/** The beginning of a text, as far as there is room for it. */
export class CapturedBuffer {
  readonly #take: (bytes: number) => number
  readonly #chunks: Buffer[] = []
  #held = 0
  #bytes = 0

  /** `take` says how many more bytes may be held. */
  constructor(take: (bytes: number) => number) {
    this.#take = take
  }

  /** Of bytes that stay as they are. */
  whole(bytes: Buffer): void {
    this.#add(bytes, bytes.length)
  }

  /** Of bytes whose memory somebody else will use again. */
  copy(bytes: Buffer): void {
    this.#add(bytes, 0)
  }

  text(text: string): void {
    this.#add(Buffer.from(text), 0)
  }

  get captured(): CapturedBytes {
    return { chunks: this.#chunks, bytes: this.#bytes, truncated: this.#held < this.#bytes }
  }

  /** Kept without a copy when all of it is kept, and it is `owned` long: a piece would hold the memory of the whole. */
  #add(bytes: Buffer, owned: number): void {
    const isCut = this.#held < this.#bytes
    this.#bytes += bytes.length
    if (isCut) return
    const wanted = Math.min(bytes.length, MAX_CAPTURED_TEXT_BYTES - this.#held)
    const given = wanted === 0 ? 0 : this.#take(wanted)
    if (given === 0) return
    this.#held += given
    this.#chunks.push(given === owned ? bytes : Buffer.from(bytes.subarray(0, given)))
  }
}
