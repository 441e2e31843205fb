const ROW = 8
/** Rows that there is room for at first. */
const ROOM = 16
/** Large memory begins so many bytes after a line, as allocators keep their own there; the first row begins with the next line. */
const ALLOCATOR_BYTES = 16
const ROW_BYTES = ROW * Float64Array.BYTES_PER_ELEMENT

/** Rows of eight numbers, or of whole numbers two in the place of one: a row is a line of the processor's cache. */
export class NumberRows {
  #numbers = newNumbers(ROOM)
  /** The same memory as whole numbers. */
  #whole = wholeOf(this.#numbers)

  get(row: number, place: number): number {
    return this.#numbers[row * ROW + place] ?? 0
  }

  set(row: number, place: number, value: number): void {
    this.#numbers[row * ROW + place] = value
  }

  whole(row: number, place: number): number {
    return this.#whole[row * 2 * ROW + place] ?? 0
  }

  setWhole(row: number, place: number, value: number): void {
    this.#whole[row * 2 * ROW + place] = value
  }

  /** All of it is 0. It may be the next row that there was no room for yet. */
  clear(row: number): void {
    if (row * ROW === this.#numbers.length) {
      const numbers = newNumbers(row * 2)
      numbers.set(this.#numbers)
      this.#numbers = numbers
      this.#whole = wholeOf(numbers)
    }
    this.#numbers.fill(0, row * ROW, (row + 1) * ROW)
  }
}

function newNumbers(rows: number): Float64Array {
  const begin = ROW_BYTES - ALLOCATOR_BYTES
  return new Float64Array(new ArrayBuffer(begin + rows * ROW_BYTES), begin, rows * ROW)
}

function wholeOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length * 2)
}
