/** A JSON value as its leaves, each under its JSON pointer (RFC 6901), in the order of the document. */
import { isObject } from "../dialects/read-wire.ts"

export interface Leaf {
  readonly pointer: string
  readonly value: unknown
}

export function pointerOf(parent: string, step: string | number): string {
  return `${parent}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`
}

/** The leaves of one document that nobody accounted for yet. A whole branch is settled at once. */
export class Leaves<Kind extends Leaf = Leaf> {
  readonly all: readonly Kind[]
  readonly #ranges: ReadonlyMap<string, readonly [from: number, to: number]>
  readonly #isSettled: Uint8Array

  constructor(all: readonly Kind[], ranges: ReadonlyMap<string, readonly [number, number]>) {
    this.all = all
    this.#ranges = ranges
    this.#isSettled = new Uint8Array(all.length)
  }

  /** Everything at this place and below. */
  settle(pointer: string): void {
    const range = this.#ranges.get(pointer)
    if (range !== undefined) this.#isSettled.fill(1, range[0], range[1])
  }

  isOpen(pointer: string): boolean {
    return this.under(pointer).length > 0
  }

  /** Those that are still open at this place and below. */
  under(pointer: string): readonly Kind[] {
    const [from, to] = this.#ranges.get(pointer) ?? [0, 0]
    const open: Kind[] = []
    for (let index = from; index < to; index += 1) {
      const leaf = this.all[index]
      if (leaf !== undefined && this.#isSettled[index] === 0) open.push(leaf)
    }
    return open
  }

  /** The leaf that stands exactly here. */
  at(pointer: string): Kind | undefined {
    const [from, to] = this.#ranges.get(pointer) ?? [0, 0]
    const leaf = to === from + 1 ? this.all[from] : undefined
    return leaf?.pointer === pointer ? leaf : undefined
  }

  /** Where it begins among all leaves. */
  rank(pointer: string): number {
    return this.#ranges.get(pointer)?.[0] ?? Infinity
  }

  get open(): readonly Kind[] {
    return this.all.filter((_leaf, index) => this.#isSettled[index] === 0)
  }
}

/** Collects leaves and the range that each branch has of them. */
export class LeafCollector<Kind extends Leaf = Leaf> {
  readonly #all: Kind[] = []
  readonly #ranges = new Map<string, readonly [number, number]>()

  branch(pointer: string, collect: () => void): void {
    const from = this.#all.length
    collect()
    this.#ranges.set(pointer, [from, this.#all.length])
  }

  add(leaf: Kind): void {
    this.#ranges.set(leaf.pointer, [this.#all.length, this.#all.length + 1])
    this.#all.push(leaf)
  }

  leaves(): Leaves<Kind> {
    return new Leaves(this.#all, this.#ranges)
  }
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
