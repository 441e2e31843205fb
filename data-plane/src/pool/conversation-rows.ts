/**
 * Conversations, each a row of numbers: to find one among 50,000 takes a look at two places in memory, where a map of names and objects
 * takes many. They are told apart by 64 bits of a hash, as a name that the gateway makes is itself 64 bits of one.
 */
import { longer } from "./ranked-numbers.ts"

/** Whole numbers of a row: half a line of the processor's cache. */
const ROW = 8
const HASH = 0
const OTHER_HASH = 1
const NEXT = 2
const BEFORE = 3
/** What the columns of whoever uses the rows begin with. */
export const FIRST_COLUMN = 4

/** No row. */
export const NONE = -1

export class ConversationRows {
  #rows = new Int32Array(16 * ROW)
  /**
   * By hash: the row that begins its search there, and one more, and above that bits of the other hash, so that hardly a row is looked at
   * in vain; 0: none. Of five at most four are used, as few pages of memory are found sooner than many: so there are fewer rows than slots,
   * and a row's number fits below those bits.
   */
  #slots = new Int32Array(32)
  readonly #free: number[] = []
  #made = 0
  #size = 0
  #first = NONE
  #last = NONE
  /** Of the name that was looked for last. */
  #hash = 0
  #otherHash = 0

  get size(): number {
    return this.#size
  }

  /** The one that came first, or was last put at the end longest ago. */
  get first(): number {
    return this.#first
  }

  after(row: number): number {
    return this.get(row, NEXT)
  }

  get(row: number, column: number): number {
    return this.#rows[row * ROW + column] ?? 0
  }

  set(row: number, column: number, value: number): void {
    this.#rows[row * ROW + column] = value
  }

  find(name: string): number {
    this.#hashOf(name)
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = this.#hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0
      if (entry === 0) return NONE
      if (((entry ^ this.#otherHash) & ~mask) !== 0) continue
      const row = (entry & mask) - 1
      if (this.get(row, HASH) === this.#hash && this.get(row, OTHER_HASH) === this.#otherHash) return row
    }
  }

  /** At the end. The name is not there yet. */
  add(name: string): number {
    this.#hashOf(name)
    if ((this.#size + 1) * 5 > this.#slots.length * 4) this.#moreSlots()
    const row = this.#free.pop() ?? this.#made++
    if (row * ROW === this.#rows.length) this.#rows = longer(this.#rows)
    this.#rows.fill(0, row * ROW, (row + 1) * ROW)
    this.set(row, HASH, this.#hash)
    this.set(row, OTHER_HASH, this.#otherHash)
    this.#enter(row)
    this.#append(row)
    this.#size++
    return row
  }

  remove(row: number): void {
    this.#takeOut(row)
    this.#leave(row)
    this.#free.push(row)
    this.#size--
  }

  moveToEnd(row: number): void {
    this.#takeOut(row)
    this.#append(row)
  }

  #append(row: number): void {
    this.set(row, NEXT, NONE)
    this.set(row, BEFORE, this.#last)
    if (this.#last === NONE) this.#first = row
    else this.set(this.#last, NEXT, row)
    this.#last = row
  }

  #takeOut(row: number): void {
    const before = this.get(row, BEFORE)
    const next = this.get(row, NEXT)
    if (before === NONE) this.#first = next
    else this.set(before, NEXT, next)
    if (next === NONE) this.#last = before
    else this.set(next, BEFORE, before)
  }

  #enter(row: number): void {
    const mask = this.#slots.length - 1
    let slot = this.get(row, HASH) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = (row + 1) | (this.get(row, OTHER_HASH) & ~mask)
  }

  /** Those that stand behind it because its place was taken move up. */
  #leave(row: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let gap = this.get(row, HASH) & mask
    while (((slots[gap] ?? 0) & mask) !== row + 1) gap = (gap + 1) & mask
    for (let slot = (gap + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const wanted = this.get(((slots[slot] ?? 0) & mask) - 1, HASH) & mask
      if (((slot - wanted) & mask) < ((slot - gap) & mask)) continue
      slots[gap] = slots[slot] ?? 0
      gap = slot
    }
    slots[gap] = 0
  }

  #moreSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let row = this.#first; row !== NONE; row = this.after(row)) this.#enter(row)
  }

  #hashOf(name: string): void {
    let hash = 0x9747_b28c
    let other = 0x1b87_3593
    for (let at = 0; at < name.length; at++) {
      const code = name.charCodeAt(at)
      hash = Math.imul(hash ^ code, 0x9e37_79b1)
      other = Math.imul(other ^ code, 0x5f35_6495)
    }
    // Its lowest bits say where a search begins, and come from the lowest bits of the name alone until then.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
    this.#hash = hash ^ (hash >>> 13)
    this.#otherHash = other
  }
}
