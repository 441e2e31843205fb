/** Names without any are kept up to so many: most of them have some again soon, and a map that shrinks and grows is slow. */
const MAX_IDLE = 1_000

/** How many there are of each name. */
export class Counts {
  readonly #counts = new Map<string, number>()

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  add(name: string): void {
    const count = this.of(name)
    if (count === 0 && this.#counts.size >= MAX_IDLE) this.#forgetIdle()
    this.#counts.set(name, count + 1)
  }

  subtract(name: string): void {
    this.#counts.set(name, Math.max(0, this.of(name) - 1))
  }

  #forgetIdle(): void {
    for (const [name, count] of this.#counts) if (count === 0) this.#counts.delete(name)
  }
}
