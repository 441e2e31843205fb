import { MAX_CAPTURED_TEXT_BYTES } from "#shared/capture.ts"
import type { CapturedBytes } from "#shared/capture-wire.ts"

const LEAST_BLOCK_BYTES = 1_024
const LONGEST_BLOCK_BYTES = 65_536

/**
 * The beginning of a text, as far as there is room for it. What comes in pieces lies in blocks of its own: small buffers of node's share
 * their memory with whatever else was made at the time, and each would hold all of it.
 */
export class CapturedBuffer {
  readonly #take: (bytes: number) => number
  readonly #chunks: Buffer[] = []
  /** What is left of the last chunk, which is a block that was not filled. */
  #free: Buffer | undefined
  /** Of blocks too what is not filled yet: so much was taken. */
  #taken = 0
  #held = 0
  #bytes = 0

  /** `take` says how many more bytes may be held. */
  constructor(take: (bytes: number) => number) {
    this.#take = take
  }

  /** Of bytes that stay as they are: kept without a copy when they are all there is in their memory. */
  whole(bytes: Buffer): void {
    const isAlone = bytes.length > 0 && bytes.length === bytes.buffer.byteLength
    if (this.#bytes > 0 || !isAlone || bytes.length > MAX_CAPTURED_TEXT_BYTES) return this.copy(bytes)
    const given = this.#take(bytes.length)
    this.#taken = given
    this.#bytes = bytes.length
    this.#held = given
    if (given === bytes.length) this.#chunks.push(bytes)
    else if (given > 0) this.#chunks.push(copyOf(bytes, given))
  }

  /** Of bytes whose memory somebody else will use again. */
  copy(bytes: Buffer): void {
    const isCut = this.#held < this.#bytes
    this.#bytes += bytes.length
    if (isCut) return
    for (let at = 0; at < bytes.length;) {
      const free = this.#free ?? this.#newBlock(bytes.length - at)
      if (free === undefined) return
      const copied = bytes.copy(free, 0, at)
      at += copied
      this.#held += copied
      this.#free = copied === free.length ? undefined : free.subarray(copied)
    }
  }

  text(text: string): void {
    this.copy(Buffer.from(text))
  }

  get captured(): CapturedBytes {
    const { length: unfilled = 0 } = this.#free ?? {}
    const chunks = this.#chunks.map((chunk, index) =>
      unfilled > 0 && index === this.#chunks.length - 1 ? chunk.subarray(0, chunk.length - unfilled) : chunk,
    )
    return { chunks, bytes: this.#bytes, truncated: this.#held < this.#bytes }
  }

  /** The longer the text, the longer its blocks. Undefined: there is no room. */
  #newBlock(wanted: number): Buffer | undefined {
    const size = Math.max(wanted, LEAST_BLOCK_BYTES, Math.min(this.#taken, LONGEST_BLOCK_BYTES))
    const asked = Math.min(size, MAX_CAPTURED_TEXT_BYTES - this.#taken)
    const given = asked === 0 ? 0 : this.#take(asked)
    if (given === 0) return undefined
    this.#taken += given
    const block = Buffer.allocUnsafeSlow(given)
    this.#chunks.push(block)
    return block
  }
}

function copyOf(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(length)
  bytes.copy(copy)
  return copy
}
