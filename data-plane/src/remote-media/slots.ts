import { abortReason } from "../clock.ts"

/** So many at the same time, the others in the order in which they came. */
export class Slots {
  readonly #count: number
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#count = count
    this.#free = count
  }

  /** Nothing runs or waits. */
  get isIdle(): boolean {
    return this.#free === this.#count
  }

  /** Runs when a slot is free. Rejects with the signal's reason while it waits, without having run. */
  async run<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    await this.#take(signal)
    try {
      return await work()
    } finally {
      this.#give()
    }
  }

  #take(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(abortReason(signal))
      if (this.#free > 0) {
        this.#free -= 1
        return resolve()
      }
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(grant), 1)
        reject(abortReason(signal))
      }
      const grant = (): void => {
        signal.removeEventListener("abort", onAbort)
        resolve()
      }
      this.#waiting.push(grant)
      signal.addEventListener("abort", onAbort, { once: true })
    })
  }

  /** A slot goes to the next in line, or is free again. */
  #give(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
