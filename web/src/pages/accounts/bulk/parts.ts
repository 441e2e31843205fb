/** What is meant when something is done to many accounts, in parts that the control plane takes. Pure. */
import type { AccountFilter } from "#generated/web/graphql.ts"

export interface Part {
  readonly filter: AccountFilter
  /** Any other number, and the control plane changes nothing. */
  readonly expectedCount: number
}

/** As many ids as a filter lists. */
export const mostListed = 900

/** As many credentials as are revoked at a time. */
export const mostRevoked = 100

/**
 * By their ids, so that it is done to those that were seen. Only where a whole list is longer than that it is its filter, and one change
 * of all of them.
 */
export function partsOf(ids: readonly string[], isWholeList: boolean, filter: AccountFilter): Part[] {
  if (isWholeList && ids.length > mostListed) return [{ filter, expectedCount: ids.length }]
  return namedParts(ids, mostListed)
}

/** By their ids, at most so many in a part. */
export function namedParts(ids: readonly string[], most: number): Part[] {
  return Array.from({ length: Math.ceil(ids.length / most) }, (_, index) => {
    const some = ids.slice(index * most, (index + 1) * most)
    return { filter: { ids: some }, expectedCount: some.length }
  })
}
