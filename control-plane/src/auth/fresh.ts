/** What needs the password again: whoever finds a browser that is signed in must not be able to make their entrance last. */
import { RefusedError } from "../failure.ts"
import type { Principal } from "./principal.ts"

/** How long a password counts as just given. */
export const FRESH_MS = 10 * 60_000

/**
 * Throws `RefusedError` (`reauthentication_required`) for a session whose password was not given lately. An admin token passes: it is
 * sent whole with each request, so whoever sends it has what a password would prove.
 */
export function requireFresh(principal: Principal, now: number): void {
  if (principal.origin === "TOKEN" || (principal.freshUntil !== undefined && now < principal.freshUntil)) return
  throw new RefusedError(
    "reauthentication_required",
    "This needs your password again: call reauthenticate, then repeat it within ten minutes.",
  )
}

/** Throws `RefusedError` (`outlives_its_maker`) for a token that ends: what it would make does not end with it. */
export function refuseEnding({ expiresAt }: Principal): void {
  if (expiresAt === undefined) return
  const end = new Date(expiresAt).toISOString()
  throw new RefusedError("outlives_its_maker", `This would outlast the token that asks for it, which ends at ${end}.`)
}
