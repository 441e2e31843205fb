import type { AttemptRecord, PoolCensus, PoolRefusal } from "#shared/link-protocol.ts"
import type { Clock } from "../clock.ts"
import type { OwnTime } from "../own-time.ts"

/** Why this account, and what came before; of a repeat on it the renewal alone. */
export type AttemptChoice = Pick<AttemptRecord, "reason" | "askedMs" | "waitedMs" | "renewalMs" | "census">

/** So far as it came; `…At` on the monotonic clock. */
export interface AttemptTimings {
  /** For a connection that had to be opened. */
  connectMs?: number
  firstByteAt?: number
  firstPartAt?: number
}

export interface AttemptNotesOptions {
  readonly clock: Clock
  /** What the records' times count from, on the monotonic clock. */
  readonly begunAt: number
  readonly own: OwnTime | undefined
  /** How long renewals were waited for since this was last asked, in milliseconds. */
  readonly takeRenewalMs: () => number
  /** Grows with each attempt. */
  readonly records: AttemptRecord[]
}

/** Less is no wait: a lease at once takes a turn of the loop. */
const WAITED_MS = 1

/** What one exchange waits for and tries, noted down as it happens. Our own time is paused meanwhile. */
export class AttemptNotes {
  readonly #options: AttemptNotesOptions
  /** Of all that was asked for since the last attempt. */
  #asked: Pick<AttemptRecord, "askedMs" | "census"> = {}
  #waitsFrom = 0
  #waitedMs = 0

  constructor(options: AttemptNotesOptions) {
    this.#options = options
  }

  /** An account is about to be asked for. */
  ask(census: PoolCensus): void {
    this.#asked = { askedMs: this.#sinceBegin(), ...this.#asked, census }
  }

  /** For a slot, or for nothing where the lease is there. */
  beginWait(): void {
    this.#waitsFrom = this.#options.clock.monotonic()
    this.#options.own?.pause(this.#waitsFrom)
  }

  endWait(): void {
    const now = this.#options.clock.monotonic()
    this.#options.own?.resume(now)
    this.#waitedMs += now - this.#waitsFrom
  }

  async pause(wait: Promise<void>): Promise<void> {
    const { own } = this.#options
    own?.pause()
    await wait.finally(() => own?.resume())
  }

  /** None could be had. */
  refusal(census: PoolCensus): PoolRefusal {
    return { ...this.#takeWaits(), census }
  }

  /** An attempt begins: what led to it. What is asked for from now on leads to the next. */
  choice(reason: string): AttemptChoice {
    const choice = { reason, ...this.#asked, ...this.#takeWaits() }
    this.#asked = {}
    return choice
  }

  /** An attempt that began at `startedAt`, on the monotonic clock, is over. */
  record(begin: Omit<AttemptRecord, "startedMs" | "endedMs">, startedAt: number, timings: AttemptTimings): void {
    const { begunAt, records } = this.#options
    const { connectMs, firstByteAt, firstPartAt } = timings
    records.push({
      ...begin,
      startedMs: startedAt - begunAt,
      ...(connectMs === undefined ? {} : { connectMs }),
      ...(firstByteAt === undefined ? {} : { firstByteMs: firstByteAt - begunAt }),
      ...(firstPartAt === undefined ? {} : { firstPartMs: firstPartAt - begunAt }),
      endedMs: this.#sinceBegin(),
    })
  }

  #takeWaits(): Pick<PoolRefusal, "waitedMs" | "renewalMs"> {
    const waitedMs = this.#waitedMs
    const renewalMs = this.#options.takeRenewalMs()
    this.#waitedMs = 0
    return { ...(waitedMs < WAITED_MS ? {} : { waitedMs }), ...(renewalMs < WAITED_MS ? {} : { renewalMs }) }
  }

  #sinceBegin(): number {
    return this.#options.clock.monotonic() - this.#options.begunAt
  }
}
