/**
 * What repeats may cost over all exchanges together: enough for five at the start, then earned by successes. Uniform noise is
 * retried away, while a total outage sees hardly more attempts than requests.
 */
const START = 5
const CAPACITY = 10
const EARNED_BY_SUCCESS = 0.5

export class RetryCredit {
  #credit = START

  get left(): number {
    return this.#credit
  }

  earn(): void {
    this.#credit = Math.min(CAPACITY, this.#credit + EARNED_BY_SUCCESS)
  }

  /** Takes the price of one repeat; false when there is not enough. */
  spend(): boolean {
    if (this.#credit < 1) return false
    this.#credit -= 1
    return true
  }
}
