/** Bytes that captures may hold together. What does not fit is not captured: nobody waits for room. */
export class CaptureBudget {
  readonly #maxBytes: number
  #used = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get used(): number {
    return this.#used
  }

  /** How many of these bytes may be held from now on. */
  take(bytes: number): number {
    const given = Math.max(0, Math.min(bytes, this.#maxBytes - this.#used))
    this.#used += given
    return given
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}
