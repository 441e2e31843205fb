import type { Cooldown } from "./cooldown.ts"
import type { Deadline, Deadlines } from "./deadlines.ts"

/** The upstream refuses at once what it refuses. A probe of which nothing is heard for so long lets the next one go. */
export const PROBE_MS = 15_000

/** A scope whose cool-down is over, and who goes first there. */
export interface HalfOpen {
  readonly cooldown: Cooldown
  probe: Probe | undefined
}

export interface ProbeOptions {
  readonly places: readonly HalfOpen[]
  readonly deadlines: Deadlines
  readonly onProbe: (place: HalfOpen, isOnItsWay: boolean) => void
  readonly onServed: (place: HalfOpen) => void
}

/**
 * A real exchange that goes first where cool-downs have ended. When the upstream serves it, all follow. When it fails for what had cooled,
 * that cools again, by who judges failures; when it ends in any other way it has said nothing, and the next one goes first.
 */
export class Probe {
  readonly #options: ProbeOptions
  readonly #deadline: Deadline

  constructor(options: ProbeOptions) {
    this.#options = options
    this.#deadline = options.deadlines.after(PROBE_MS, () => this.#leave())
    for (const place of options.places) {
      place.probe = this
      options.onProbe(place, true)
    }
  }

  /** Also one that was slow, and has left its places to others. */
  served(): void {
    this.#options.deadlines.clear(this.#deadline)
    for (const place of this.#options.places) this.#options.onServed(place)
  }

  end(): void {
    this.#options.deadlines.clear(this.#deadline)
    this.#leave()
  }

  #leave(): void {
    for (const place of this.#options.places) {
      if (place.probe !== this) continue
      place.probe = undefined
      this.#options.onProbe(place, false)
    }
  }
}
