import type { Cooldown, CooldownScope } from "./cooldown.ts"
import type { Deadline, Deadlines } from "./deadlines.ts"

/** The upstream refuses at once what it refuses. A probe of which nothing is heard for so long lets the next one go. */
export const PROBE_MS = 15_000

/** A scope whose cool-down is over, and who goes first there. */
export interface HalfOpen {
  readonly cooldown: Cooldown
  /** Nothing else was learnt of the scope since. */
  readonly isInForce: boolean
  probe: Probe | undefined
}

export interface ProbedCooldowns {
  readonly deadlines: Deadlines
  /** A probe is on its way, or has left its place to the next one. */
  onProbe(place: HalfOpen, isOnItsWay: boolean): void
  /** Opens the scope to all. */
  release(scope: CooldownScope): void
}

/**
 * A real exchange that goes first where cool-downs have ended. When the upstream serves it, all follow. When it fails for what had cooled,
 * that cools again, by who judges failures; when it ends in any other way it has said nothing, and the next one goes first.
 */
export class Probe {
  readonly #places: readonly HalfOpen[]
  readonly #cooldowns: ProbedCooldowns
  readonly #deadline: Deadline

  constructor(places: readonly HalfOpen[], cooldowns: ProbedCooldowns) {
    this.#places = places
    this.#cooldowns = cooldowns
    this.#deadline = cooldowns.deadlines.after(PROBE_MS, () => this.#leave())
    for (const place of places) {
      place.probe = this
      cooldowns.onProbe(place, true)
    }
  }

  /** Also one that was slow, and has left its places to others. */
  served(): void {
    this.#cooldowns.deadlines.clear(this.#deadline)
    for (const { isInForce, cooldown } of this.#places) if (isInForce) this.#cooldowns.release(cooldown.scope)
  }

  end(): void {
    this.#cooldowns.deadlines.clear(this.#deadline)
    this.#leave()
  }

  #leave(): void {
    for (const place of this.#places) {
      if (place.probe !== this) continue
      place.probe = undefined
      if (place.isInForce) this.#cooldowns.onProbe(place, false)
    }
  }
}
