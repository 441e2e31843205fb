/**
 * When nothing is left of what several accounts have, while they are used together and each is renewed in its own time. All are taken
 * to be used in proportion to what they have. Pure.
 */

export interface Supply {
  /** Now. */
  readonly usable: number
  /** In the order of time: from then on it has so much. */
  readonly renewals: readonly { readonly at: number; readonly usable: number }[]
}

const HOUR_MS = 3_600_000
/** Halvings of a time between two renewals; a week comes down to less than a millisecond. */
const HALVINGS = 40
/** Shares are counted anew before they grow without bound. */
const TINY = 1e-6

/** `used` says how much is used in so many hours from now, and never falls. Undefined: not before `until`. */
export function exhaustedAt(
  supplies: readonly Supply[],
  used: (hours: number) => number,
  now: number,
  until: number,
): number | undefined {
  const renewals = supplies
    .flatMap((supply) => supply.renewals.map((renewal) => ({ ...renewal, supply })))
    .filter(({ at }) => at > now && at <= until)
    .toSorted((left, right) => left.at - right.at)
  const usedAt = (at: number): number => used((at - now) / HOUR_MS)
  // What an account has is its share times what is left of all shares.
  const shares = new Map(supplies.map((supply) => [supply, supply.usable]))
  let scale = 1
  let left = supplies.reduce((total, { usable }) => total + usable, 0)
  let at = now
  for (const renewal of [...renewals, undefined]) {
    const next = renewal?.at ?? until
    const need = usedAt(next) - usedAt(at)
    if (left <= 0) return at
    if (need >= left) return reached(usedAt, usedAt(at) + left, at, next)
    scale *= 1 - need / left
    left -= need
    if (scale < TINY) {
      for (const [supply, share] of shares) shares.set(supply, share * scale)
      scale = 1
    }
    at = next
    if (renewal === undefined) return undefined
    left += renewal.usable - (shares.get(renewal.supply) ?? 0) * scale
    shares.set(renewal.supply, renewal.usable / scale)
  }
  return undefined
}

/** The first time at which `goal` is used; it is at `to`. */
function reached(usedAt: (at: number) => number, goal: number, from: number, to: number): number {
  let [before, after] = [from, to]
  for (let turn = 0; turn < HALVINGS; turn += 1) {
    const middle = (before + after) / 2
    if (usedAt(middle) >= goal) after = middle
    else before = middle
  }
  return after
}
