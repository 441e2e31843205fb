/** Names without any are kept up to so many: most of them have some again soon, and a map that shrinks and grows is slow. */
const MAX_IDLE = 1_000

/** Of one name. Whoever took one gives it back here: no name is looked up for that. */
export class Count {
  value = 0

  giveBack(): void {
    this.value--
  }
}

/** How many there are of each name. */
export class Counts {
  readonly #counts = new Map<string, Count>()
  /** Mostly it is the next one too, and then no name is looked up. */
  #lastName: string | undefined
  #last = new Count()

  of(name: string): number {
    return this.#counts.get(name)?.value ?? 0
  }

  /** One more, until it is given back. */
  take(name: string): Count {
    if (name !== this.#lastName) {
      this.#last = this.#get(name)
      this.#lastName = name
    }
    this.#last.value++
    return this.#last
  }

  #get(name: string): Count {
    let count = this.#counts.get(name)
    if (count === undefined) {
      if (this.#counts.size >= MAX_IDLE) this.#forgetIdle()
      this.#counts.set(name, (count = new Count()))
    }
    return count
  }

  #forgetIdle(): void {
    for (const [name, { value }] of this.#counts) if (value === 0) this.#counts.delete(name)
  }
}
