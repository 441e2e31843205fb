/** Where a reader of the stream is, and how much of it is worth keeping: that much of the end as memories hold, and no older than a day. */

/** As much as every data plane keeps of signatures. */
const STREAM_BYTES = 64 * 1024 * 1024
const STREAM_MS = 24 * 60 * 60 * 1000
/** What an entry counts at least, so that the list of them is short. */
const ENTRY_BYTES = 1024

interface Place {
  readonly ms: number
  readonly serial: number
}

export class StreamPlace {
  readonly #mostBytes: number
  #last: Place | undefined
  #entries: { readonly id: string; readonly bytes: number }[] = []
  #bytes = 0

  constructor(mostBytes = STREAM_BYTES) {
    this.#mostBytes = mostBytes
  }

  /** Of the last entry that was read; "0": none was. */
  get last(): string {
    return this.#last === undefined ? "0" : `${this.#last.ms}-${this.#last.serial}`
  }

  /** Entries before it need not be kept. */
  get oldest(): string {
    if (this.#last === undefined) return "0"
    const ms = Math.max(0, this.#last.ms - STREAM_MS)
    const first = this.#entries[0]
    const at = first === undefined ? undefined : readId(first.id)
    return first !== undefined && at !== undefined && at.ms > ms ? first.id : String(ms)
  }

  /** False: that is no entry after the last one. */
  read(id: string, bytes: number): boolean {
    const place = readId(id)
    if (place === undefined || (this.#last !== undefined && !isBefore(this.#last, place))) return false
    this.#last = place
    const counted = Math.max(bytes, ENTRY_BYTES)
    this.#entries.push({ id, bytes: counted })
    this.#bytes += counted
    this.#shed()
    return true
  }

  /** `newest` is the stream's own last entry, undefined where it has none: one that went back is another stream, and read from its begin. */
  compare(newest: string | undefined): void {
    const place = newest === undefined ? undefined : readId(newest)
    if (this.#last === undefined || (place !== undefined && !isBefore(place, this.#last))) return
    this.#last = undefined
    this.#entries = []
    this.#bytes = 0
  }

  #shed(): void {
    if (this.#bytes <= this.#mostBytes) return
    // Not one by one: a list is cut in front as seldom as its length asks for.
    const goal = this.#mostBytes * 0.9
    let count = 0
    for (const { bytes } of this.#entries) {
      if (this.#bytes <= goal) break
      this.#bytes -= bytes
      count += 1
    }
    this.#entries = this.#entries.slice(count)
  }
}

function readId(id: string): Place | undefined {
  const [, ms, serial] = /^(\d{1,15})-(\d{1,15})$/.exec(id) ?? []
  return ms === undefined || serial === undefined ? undefined : { ms: Number(ms), serial: Number(serial) }
}

function isBefore(left: Place, right: Place): boolean {
  return left.ms < right.ms || (left.ms === right.ms && left.serial < right.serial)
}
