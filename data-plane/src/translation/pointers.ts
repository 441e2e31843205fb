/** A JSON value as its leaves, each under its JSON pointer (RFC 6901), in the order of the document. */
import { isObject } from "../dialects/read-wire.ts"

export interface Leaf {
  readonly pointer: string
  readonly value: unknown
}

export function pointerOf(parent: string, step: string | number): string {
  const isPlain = typeof step === "number" || !/[~/]/.test(step)
  return `${parent}/${isPlain ? step : step.replaceAll("~", "~0").replaceAll("/", "~1")}`
}

/** The leaves of one document that nobody accounted for yet. A whole branch is settled at once. */
export class Leaves<Kind extends Leaf = Leaf> {
  readonly all: readonly Kind[]
  /** Of each place the first leaf, and of a branch the one after its last. */
  readonly #from: ReadonlyMap<string, number>
  readonly #to: ReadonlyMap<string, number>
  readonly #isSettled: Uint8Array

  constructor(all: readonly Kind[], from: ReadonlyMap<string, number>, to: ReadonlyMap<string, number>) {
    this.all = all
    this.#from = from
    this.#to = to
    this.#isSettled = new Uint8Array(all.length)
  }

  /** Everything at this place and below. */
  settle(pointer: string): void {
    const [from, to] = this.#range(pointer)
    for (let index = from; index < to; index += 1) this.#isSettled[index] = 1
  }

  isOpen(pointer: string): boolean {
    return this.under(pointer).length > 0
  }

  /** Those that are still open at this place and below. */
  under(pointer: string): readonly Kind[] {
    const [from, to] = this.#range(pointer)
    const open: Kind[] = []
    for (let index = from; index < to; index += 1) {
      const leaf = this.all[index]
      if (leaf !== undefined && this.#isSettled[index] === 0) open.push(leaf)
    }
    return open
  }

  /** The leaf that stands exactly here. */
  at(pointer: string): Kind | undefined {
    const [from, to] = this.#range(pointer)
    const leaf = to === from + 1 ? this.all[from] : undefined
    return leaf?.pointer === pointer ? leaf : undefined
  }

  /** Where it begins among all leaves. */
  rank(pointer: string): number {
    return this.#from.get(pointer) ?? Infinity
  }

  get open(): readonly Kind[] {
    return this.all.filter((_leaf, index) => this.#isSettled[index] === 0)
  }

  #range(pointer: string): readonly [from: number, to: number] {
    const from = this.#from.get(pointer)
    return from === undefined ? [0, 0] : [from, this.#to.get(pointer) ?? from + 1]
  }
}

/** Collects leaves and the range that each branch has of them. */
export class LeafCollector<Kind extends Leaf = Leaf> {
  readonly #all: Kind[] = []
  readonly #from = new Map<string, number>()
  readonly #to = new Map<string, number>()

  branch(pointer: string, collect: () => void): void {
    this.#from.set(pointer, this.#all.length)
    collect()
    this.#to.set(pointer, this.#all.length)
  }

  add(leaf: Kind): void {
    this.#from.set(leaf.pointer, this.#all.length)
    this.#all.push(leaf)
  }

  leaves(): Leaves<Kind> {
    return new Leaves(this.#all, this.#from, this.#to)
  }
}

/** Whether a document has no more leaves than this, and their pointers no more characters. Stops as soon as it does not. */
export function isWithin(document: unknown, most: { readonly values: number; readonly characters: number }): boolean {
  let { values, characters } = most
  const walk = (value: unknown, length: number): boolean => {
    characters -= length
    if (characters < 0) return false
    if (Array.isArray(value)) return value.every((one, index) => walk(one, length + 1 + String(index).length))
    if (isObject(value)) return Object.entries(value).every(([name, one]) => walk(one, length + 1 + name.length))
    return --values >= 0
  }
  return walk(document, 0)
}

export function leavesOf(document: unknown): Leaves {
  const collector = new LeafCollector()
  const walk = (value: unknown, pointer: string): void => {
    const isBranch = isObject(value) || Array.isArray(value)
    if (!isBranch || Object.keys(value).length === 0) return collector.add({ pointer, value })
    collector.branch(pointer, () => {
      for (const [step, member] of Object.entries(value)) walk(member, pointerOf(pointer, step))
    })
  }
  walk(document, "")
  return collector.leaves()
}
