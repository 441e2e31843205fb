/** What is a sign that the provider is at all accounts: one may meet such a wall, two within this time pause the pool. */
import type { FailureClass } from "./upstream-failure.ts"

export const WALLS_WITHIN_MS = 600_000

export function isWall(failureClass: FailureClass): boolean {
  return failureClass === "validation" || failureClass === "tos_disabled"
}
