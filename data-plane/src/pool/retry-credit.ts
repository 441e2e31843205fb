/**
 * What repeats may cost over all exchanges together: enough for five at the start, then earned by successes. Uniform noise is
 * retried away, while a total outage sees hardly more attempts than requests.
 */
const START = 5
const EARNED_BY_SUCCESS = 0.5
/** Where three in ten attempts fail, hardly more is earned than spent: it takes this much to outlast bad luck. */
const CAPACITY = 30
/** So many repeats without one success between them are no bad luck: what was saved up does not prolong an outage. */
const MOST_IN_VAIN = 10

export class RetryCredit {
  #credit = START
  /** Repeats since the last success. */
  #inVain = 0

  get left(): number {
    return this.#credit
  }

  earn(): void {
    this.#inVain = 0
    this.#credit = Math.min(CAPACITY, this.#credit + EARNED_BY_SUCCESS)
  }

  /** Takes the price of one repeat; false when there is not enough. */
  spend(): boolean {
    if (this.#credit < 1 || this.#inVain >= MOST_IN_VAIN) return false
    this.#inVain += 1
    this.#credit -= 1
    return true
  }
}
