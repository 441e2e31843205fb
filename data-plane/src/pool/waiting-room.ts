import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import { abortReason, type Clock } from "../clock.ts"
import type { Hindrances } from "./hindrance.ts"
import type { Caller, Lease, LeaseAsk } from "./lease.ts"
import { lineFullError } from "./pool-error.ts"
import { WaitingLines, type Offered, type Waiter } from "./waiting-line.ts"

export interface WaitingRoomOptions {
  readonly clock: Clock
  readonly hindrances: Hindrances
  /** A lease at once, or undefined. */
  readonly give: (ask: LeaseAsk) => Lease | undefined
  readonly isKeyFull: (caller: Caller | undefined) => boolean
  /** No account has come since that snapshot: who waits with it may have any. */
  readonly knowsAll: (snapshot: CompiledSnapshot) => boolean
}

/** Exchanges that wait for a lease: each gets one in its turn, or is refused when its time is up or its waiting became vain. */
export class WaitingRoom {
  readonly #options: WaitingRoomOptions
  readonly #lines = new WaitingLines()

  constructor(options: WaitingRoomOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#lines.size
  }

  makeRoom(ask: LeaseAsk): boolean {
    return this.#lines.makeRoom(ask, (waiter) => waiter.refuse(lineFullError()))
  }

  wait(ask: LeaseAsk, waitMs: number, signal: AbortSignal): Promise<Lease> {
    const { clock, hindrances } = this.#options
    const askedAt = clock.monotonic()
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        waiter.timer.clear()
        signal.removeEventListener("abort", onAbort)
        this.#lines.leave(waiter)
      }
      const onTime = (): void => {
        const hindrance = hindrances.find(ask)
        // Who waited for a cool-down's end waits on as everybody does, now that it is over or was put off.
        const left = Math.min(askedAt + ask.waitMs - clock.monotonic(), hindrances.waitFor(hindrance, ask))
        if (left <= 0) return waiter.refuse(hindrances.refusal(hindrance))
        waiter.timer = clock.after(left, onTime)
      }
      const waiter: Waiter = {
        ask,
        timer: clock.after(waitMs, onTime),
        grant: (lease) => {
          settle()
          resolve(lease)
        },
        refuse: (error) => {
          settle()
          reject(error)
        },
      }
      const onAbort = (): void => waiter.refuse(abortReason(signal))
      signal.addEventListener("abort", onAbort, { once: true })
      this.#lines.join(waiter)
    })
  }

  /** Gives leases to those who wait; `hasChanged` also tells those whose waiting became vain. */
  serve(hasChanged: boolean): void {
    if (this.#lines.isEmpty) return
    this.#lines.serve((waiter) => {
      const lease = this.#options.give(waiter.ask)
      if (lease === undefined) return this.#refused(waiter)
      waiter.grant(lease)
      return "taken"
    })
    if (hasChanged) for (const waiter of this.#lines.all()) this.#reconsider(waiter)
  }

  refuseAll(error: Error): void {
    for (const waiter of this.#lines.all()) waiter.refuse(error)
  }

  #refused({ ask: { caller, snapshot } }: Waiter): Offered {
    const { isKeyFull, knowsAll } = this.#options
    if (isKeyFull(caller)) return "key-full"
    return knowsAll(snapshot) ? "not-now" : "not-for-all"
  }

  #reconsider(waiter: Waiter): void {
    const { hindrances } = this.#options
    const hindrance = hindrances.find(waiter.ask)
    if (hindrances.waitFor(hindrance, waiter.ask) <= 0) waiter.refuse(hindrances.refusal(hindrance))
  }
}
