/** Why no lease can be had now, how long waiting for one is worth while, and what is said when it is not. */
import type { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import type { AccountRegister } from "./account-register.ts"
import { offers } from "./candidates.ts"
import type { Cooldown, Cooldowns } from "./cooldown.ts"
import type { LeaseAsk } from "./lease.ts"
import { busyError, coolingError, noAccountError } from "./pool-error.ts"
import { quotaBucket } from "./quota-bucket.ts"

/** How long an exchange waits for the end of a cool-down. */
export const COOLING_WAIT_MS = 15_000

/** Who waits for a cool-down's end may wait this much longer for one of the slots it frees. */
const SLOT_GRACE_MS = 1_000

export type Hindrance =
  | { readonly type: "busy" }
  | { readonly type: "cooling"; readonly cooldown: Cooldown }
  | { readonly type: "none" }

export interface HindranceOptions {
  readonly clock: Clock
  readonly register: AccountRegister
  readonly cooldowns: Cooldowns
}

export class Hindrances {
  readonly #options: HindranceOptions

  constructor(options: HindranceOptions) {
    this.#options = options
  }

  /** Called when no lease could be had: looks at every account that offers the model. */
  find(ask: LeaseAsk): Hindrance {
    const { register, cooldowns } = this.#options
    const general = generalCooldown(cooldowns, ask.model)
    if (general !== undefined) return { type: "cooling", cooldown: general }
    const bucket = quotaBucket(ask.model)
    let earliest: Cooldown | undefined
    for (const group of register.groups()) {
      if (!offers(group, ask.model)) continue
      for (const { id } of group.members) {
        if (ask.exclude.has(id) || !ask.snapshot.accountById.has(id)) continue
        const cooldown = cooldowns.findForAccount(id, ask.model, bucket)
        if (cooldown === undefined) return { type: "busy" }
        if (earliest === undefined || comesBackSooner(cooldown, earliest)) earliest = cooldown
      }
    }
    return earliest === undefined ? { type: "none" } : { type: "cooling", cooldown: earliest }
  }

  /** Milliseconds; 0: waiting would be in vain. */
  waitFor(hindrance: Hindrance, ask: LeaseAsk): number {
    if (hindrance.type === "none") return 0
    if (hindrance.type === "busy") return ask.waitMs
    const left = hindrance.cooldown.until - this.#options.clock.now()
    return left <= Math.min(COOLING_WAIT_MS, ask.waitMs) ? Math.max(1, left) + SLOT_GRACE_MS : 0
  }

  refusal(hindrance: Hindrance): GatewayError {
    const { clock, register } = this.#options
    if (hindrance.type === "cooling") return coolingError(hindrance.cooldown, clock.now())
    return hindrance.type === "busy" ? busyError() : noAccountError(register.known)
  }
}

/** An account that does not have the model comes last: that its refusal is forgotten one day is no reason to wait. */
function comesBackSooner(left: Cooldown, right: Cooldown): boolean {
  const isLast = (cooldown: Cooldown): boolean => cooldown.cause === "model_missing"
  return isLast(left) === isLast(right) ? left.until < right.until : isLast(right)
}

/** What keeps every account from the model. */
export function generalCooldown(cooldowns: Cooldowns, model: string): Cooldown | undefined {
  return cooldowns.find({ type: "egress" }) ?? cooldowns.find({ type: "model", model })
}
