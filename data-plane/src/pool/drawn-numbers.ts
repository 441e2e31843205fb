import { longer, type Numbering } from "./ranked-numbers.ts"

/** The numbers of those that are ready, where it is drawn who is chosen: in no order. */
export class DrawnNumbers {
  readonly isOrdered = false
  readonly #numbering: Numbering
  #numbers = new Int32Array(16)
  #size = 0

  constructor(numbering: Numbering) {
    this.#numbering = numbering
  }

  get size(): number {
    return this.#size
  }

  /** As many, for no place is empty. */
  get span(): number {
    return this.#size
  }

  has(number: number): boolean {
    const place = this.#numbering.place(number)
    return place >= 0 && place < this.#size && this.#numbers[place] === number
  }

  /** Each place below `size` has one. */
  at(place: number): number | undefined {
    return place < this.#size ? this.#numbers[place] : undefined
  }

  /** One of them. */
  peek(): number | undefined {
    return this.at(0)
  }

  put(number: number): void {
    if (this.has(number)) return
    if (this.#size === this.#numbers.length) this.#numbers = longer(this.#numbers)
    this.#set(this.#size++, number)
  }

  remove(number: number): void {
    if (!this.has(number)) return
    const place = this.#numbering.place(number)
    const last = this.#numbers[--this.#size] ?? 0
    if (place < this.#size) this.#set(place, last)
  }

  /** The first that is taken. */
  first(isTaken: (number: number) => boolean): number | undefined {
    return this.#numbers.subarray(0, this.#size).find((number) => isTaken(number))
  }

  #set(place: number, number: number): void {
    this.#numbers[place] = number
    this.#numbering.setPlace(number, place)
  }
}
