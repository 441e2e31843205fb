/** Whom a link that is not open concerns: nobody, while the control plane of the same start is not up yet; a person, later. */

/** A control plane that starts beside this data plane is up before that; its first start of all takes a few seconds. */
export const WAITING_MS = 10_000

/** `waiting` is as it should be, `lost` a person may want to know, `again` is for whoever looks for a fault. */
export type LinkOutageWord = "waiting" | "lost" | "again"

export interface LinkFailure {
  readonly reason: string
  /** The connection was refused: nothing listens at that address. */
  readonly isNobodyThere: boolean
}

/** Each word but `again` is said once an outage. */
export class LinkOutage {
  #hasOpened = false
  #waitsSince: number | undefined
  #isTold = false

  opened(): void {
    this.#hasOpened = true
    this.#isTold = false
  }

  /** `at` is monotonic. */
  failed(at: number, { isNobodyThere }: LinkFailure): LinkOutageWord {
    if (this.#isTold) return "again"
    const isFirst = this.#waitsSince === undefined
    this.#waitsSince ??= at
    if (!this.#hasOpened && isNobodyThere && at - this.#waitsSince < WAITING_MS) return isFirst ? "waiting" : "again"
    this.#isTold = true
    return "lost"
  }
}
