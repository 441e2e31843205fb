/** Why no lease can be had now, how long waiting for one is worth while, and what is said when it is not. */
import { quotaBucket } from "#shared/quota-bucket.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { Clock } from "../clock.ts"
import type { AccountRegister } from "./account-register.ts"
import { belongs, offers, type CandidateGroup, type Seat } from "./candidates.ts"
import type { Cooldown, Cooldowns } from "./cooldown.ts"
import type { Caller, LeaseAsk } from "./lease.ts"
import { busyError, coolingError, keyBusyError, noAccountError, probingError } from "./pool-error.ts"

/** How long an exchange waits for the end of a cool-down, where no setting says otherwise. */
export const COOLING_WAIT_MS = 15_000

/** Who waits for a cool-down's end may wait this much longer for one of the slots it frees. */
const SLOT_GRACE_MS = 1_000

export type Hindrance =
  | { readonly type: "busy" }
  /** The key has as many requests running as it may have. */
  | { readonly type: "key-busy"; readonly limit: number }
  | { readonly type: "cooling"; readonly cooldown: Cooldown }
  /** A probe is on its way to what has cooled: what it learns is waited for as a slot is. */
  | { readonly type: "probing" }
  | { readonly type: "none" }

export interface HindranceOptions {
  readonly clock: Clock
  readonly register: AccountRegister
  readonly cooldowns: Cooldowns
  readonly isKeyFull: (caller: Caller | undefined) => boolean
}

export class Hindrances {
  readonly #options: HindranceOptions
  coolingWaitMs = COOLING_WAIT_MS

  constructor(options: HindranceOptions) {
    this.#options = options
  }

  /** Called when no lease could be had. Looks at the first of each shelf, not at every account. */
  find(ask: LeaseAsk): Hindrance {
    const { cooldowns } = this.#options
    const general = generalCooldown(cooldowns, ask.model)
    if (general?.scope.type === "pool") return { type: "cooling", cooldown: general }
    const own = this.#own(ask)
    // What keeps all of them is over in vain where nobody could serve then.
    if (own.type === "none") return own
    const isLonger = own.type === "cooling" && own.cooldown.until >= (general?.until ?? 0)
    if (general !== undefined) return isLonger ? own : { type: "cooling", cooldown: general }
    return !isLonger && isProbedForAll(cooldowns, ask.model) ? { type: "probing" } : own
  }

  /** But for what keeps every account from the model. */
  #own(ask: LeaseAsk): Hindrance {
    const { register, isKeyFull } = this.#options
    if (register.someone(ask, ({ id }) => isAskedFor(ask, id))) {
      return isKeyFull(ask.caller) ? { type: "key-busy", limit: ask.caller?.maxConcurrent ?? 0 } : { type: "busy" }
    }
    if (this.#isProbed(ask)) return { type: "probing" }
    const earliest = this.#earliest(ask)
    return earliest === undefined ? { type: "none" } : { type: "cooling", cooldown: earliest }
  }

  /** Milliseconds; 0: waiting would be in vain. */
  waitFor(hindrance: Hindrance, ask: LeaseAsk): number {
    if (hindrance.type === "none") return 0
    if (hindrance.type !== "cooling") return ask.waitMs
    const left = this.#options.cooldowns.leftMs(hindrance.cooldown)
    return left <= Math.min(this.coolingWaitMs, ask.waitMs) ? Math.max(1, left) + SLOT_GRACE_MS : 0
  }

  refusal(hindrance: Hindrance): GatewayError {
    const { cooldowns, register } = this.#options
    switch (hindrance.type) {
      case "cooling":
        return coolingError(hindrance.cooldown, cooldowns.leftMs(hindrance.cooldown))
      case "busy":
        return busyError()
      case "probing":
        return probingError()
      case "key-busy":
        return keyBusyError(hindrance.limit)
      case "none":
        return noAccountError(register.known)
    }
  }

  /** Is there an account that only a probe keeps from the model? */
  #isProbed(ask: LeaseAsk): boolean {
    const { register } = this.#options
    const bucket = quotaBucket(ask.model)
    const isSuch = (seat: Seat): boolean => couldServe(seat, ask) && this.#cooldownOf(seat, ask.model) === undefined
    for (const group of register.groups()) {
      if (mayHold(group, ask) && group.probed[bucket].first(isSuch) !== undefined) return true
    }
    return register.seating.probesOf(ask.model)?.first(({ seat }) => isSuch(seat)) !== undefined
  }

  /**
   * What keeps the account that is back first. Accounts stand in the order in which a part of what keeps them ends; the whole of it
   * ends no sooner, so the search is over as soon as the parts alone come later than the best that was found.
   */
  #earliest(ask: LeaseAsk): Cooldown | undefined {
    const { register } = this.#options
    const bucket = quotaBucket(ask.model)
    let best: Cooldown | undefined
    const look = (seat: Seat, from: number): boolean => {
      if (best !== undefined && from >= lastingUntil(best)) return true
      if (!couldServe(seat, ask)) return false
      const cooldown = this.#cooldownOf(seat, ask.model)
      if (cooldown !== undefined && (best === undefined || lastingUntil(cooldown) < lastingUntil(best))) best = cooldown
      return false
    }
    for (const group of register.groups()) {
      if (mayHold(group, ask)) group.away[bucket].first(look)
    }
    register.seating.returnsOf(ask.model)?.first(({ seat }, from) => look(seat, from))
    return best
  }

  /** Whichever lasts longest of a cool-down and a used-up quota. */
  #cooldownOf(seat: Seat, model: string): Cooldown | undefined {
    const { cooldowns, clock } = this.#options
    const { account, bucket, meter } = seat
    const cooldown = cooldowns.findForAccount(account.id, model, bucket)
    const now = clock.now()
    const until = meter?.emptyUntil(account.account.reserve ?? 0, now)
    if (until === undefined || (cooldown !== undefined && cooldown.until >= until)) return cooldown
    const scope = { type: "account-bucket", accountId: account.id, bucket } as const
    return { scope, cause: "quota", evidence: "its quota is down to its reserve", since: now, until }
  }
}

/** But for what keeps it now. */
function couldServe({ account: { id, account, group } }: Seat, ask: LeaseAsk): boolean {
  if (!isAskedFor(ask, id) || !mayHold(group, ask)) return false
  return account.disabledModels?.includes(ask.model) !== true
}

/** Some that could serve the ask. */
function mayHold(group: CandidateGroup, ask: LeaseAsk): boolean {
  return offers(group, ask.model) && belongs(group, ask.group)
}

function isAskedFor({ exclude, snapshot }: LeaseAsk, id: Seat["account"]["id"]): boolean {
  return !exclude.has(id) && snapshot.accountById.has(id)
}

/** An account that does not have the model comes last: that its refusal is forgotten one day is no reason to wait. */
export const MISSING_IS_LAST = 1e15

function lastingUntil({ cause, until }: Cooldown): number {
  return cause === "model_missing" ? until + MISSING_IS_LAST : until
}

/** What keeps every account from the model, longest of all. */
export function generalCooldown(cooldowns: Cooldowns, model: string): Cooldown | undefined {
  if (!cooldowns.hasGeneral) return undefined
  const pause = cooldowns.find({ type: "pool" })
  if (pause !== undefined) return pause
  const egress = cooldowns.find({ type: "egress" })
  const ofModel = cooldowns.find({ type: "model", model })
  return (ofModel?.until ?? 0) > (egress?.until ?? 0) ? ofModel : egress
}

/** A probe is on its way for all who ask for the model. */
export function isProbedForAll(cooldowns: Cooldowns, model: string): boolean {
  if (!cooldowns.hasGeneral) return false
  return cooldowns.isProbed({ type: "egress" }) || cooldowns.isProbed({ type: "model", model })
}
