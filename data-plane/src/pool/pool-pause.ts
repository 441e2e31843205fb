/**
 * The pool's own protection. The control plane decides it over all nodes; a node that sees two walls by itself pauses at once, also
 * while the control plane is away. It ends when the control plane says that an operator ended it, or that the setting is off.
 */
import type { AccountId } from "#shared/ids.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import type { FailureClass } from "#shared/upstream-failure.ts"
import { WALLS_WITHIN_MS, isWall } from "#shared/wall.ts"
import type { Clock } from "../clock.ts"
import type { CoolingPool } from "./pool-cooling.ts"

const SCOPE = { type: "pool" } as const

export interface PoolPauseOptions {
  readonly pool: CoolingPool
  readonly clock: Clock
  readonly onPaused: (reason: string) => void
  readonly onResumed: () => void
}

export class PoolPause {
  readonly #options: PoolPauseOptions
  readonly #walls = new Map<AccountId, number>()
  #isOn = true
  #resumedAt: number | undefined
  /** What paused: its own eyes, or the control plane. */
  #source: "own" | "told" | undefined

  constructor(options: PoolPauseOptions) {
    this.#options = options
  }

  adopt({ settings, pool = {} }: Pick<Snapshot, "settings" | "pool">): void {
    this.#isOn = settings.pausesOnWalls ?? true
    const isResumed = pool.resumedAt !== this.#resumedAt
    this.#resumedAt = pool.resumedAt
    if (isResumed || !this.#isOn) this.#walls.clear()
    if (this.#isOn && pool.pause !== undefined) this.#pause("told", pool.pause.reason, pool.pause.since, "validation")
    else if (!this.#isOn || isResumed || this.#source === "told") this.#resume()
  }

  onFailure(accountId: AccountId, failureClass: FailureClass): void {
    if (!this.#isOn || !isWall(failureClass)) return
    const { clock } = this.#options
    const now = clock.monotonic()
    for (const [known, at] of this.#walls) if (now - at > WALLS_WITHIN_MS) this.#walls.delete(known)
    this.#walls.set(accountId, now)
    if (this.#walls.size < 2 || this.#source !== undefined) return
    this.#pause("own", "two accounts met a wall within ten minutes", clock.now(), failureClass)
  }

  #pause(source: "own" | "told", reason: string, since: number, cause: FailureClass): void {
    const { pool, onPaused } = this.#options
    const wasPaused = this.#source !== undefined
    this.#source = source
    if (wasPaused) return
    pool.cool({ scope: SCOPE, cause, evidence: reason, since, until: Infinity })
    onPaused(reason)
  }

  #resume(): void {
    if (this.#source === undefined) return
    this.#source = undefined
    this.#walls.clear()
    this.#options.pool.release(SCOPE)
    this.#options.onResumed()
  }
}
