/**
 * What children write to their error output before they said that they started. It is kept until then, because of one that
 * refuses to start it is the reason: that is to be the last thing a person reads, below all that the others say while they end.
 */
export class FirstWords {
  readonly #write: (line: string, child: string | undefined) => void
  /** Lines of children that start; one that has started has no entry. */
  readonly #kept = new Map<string, string[]>()
  readonly #started = new Set<string>()
  readonly #refusals = new Set<string>()

  /** `child` is told of what is said while others may still speak. */
  constructor(write: (line: string, child: string | undefined) => void) {
    this.#write = write
  }

  hear(child: string, line: string): void {
    if (this.#started.has(child)) return this.#write(line, child)
    this.#kept.set(child, [...(this.#kept.get(child) ?? []), line])
  }

  started(child: string): void {
    this.#started.add(child)
    for (const line of this.#take(child)) this.#write(line, child)
  }

  /** All its lines were heard. */
  ended(child: string, isRefusal: boolean): void {
    this.#started.delete(child)
    const lines = this.#take(child)
    if (isRefusal) this.#refusals.add(lines.join("\n"))
    else for (const line of lines) this.#write(line, child)
  }

  /** When no child runs any more. */
  sayRefusals(): void {
    for (const text of this.#refusals) this.#write(text, undefined)
  }

  #take(child: string): readonly string[] {
    const lines = this.#kept.get(child) ?? []
    this.#kept.delete(child)
    return lines
  }
}
