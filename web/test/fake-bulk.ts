/** The root fields of the fake control plane by which many accounts are changed at once. */
import type { AccountWorld, Row } from "./fake-account-fields.ts"

interface Scope {
  filter: { ids?: string[]; search?: string; tags?: string[]; states?: string[] }
  expectedCount: number
}

export function bulkFields(world: Pick<AccountWorld, "refuseChange"> & { accounts: Row[] }): Record<string, unknown> {
  const fits = ({ filter }: Scope, account: Row) =>
    (filter.ids?.includes(account.id) ?? true) &&
    (filter.states?.includes(String(account["state"])) ?? true) &&
    (filter.tags?.every((tag) => (account["tags"] as string[]).includes(tag)) ?? true) && // as `fakeAccount` has them
    String(account["label"]).includes(filter.search ?? "")
  const refuseOther = (scope: Scope) => {
    if (world.refuseChange !== undefined) return { __typename: "Refused", ...world.refuseChange }
    const count = world.accounts.filter((account) => fits(scope, account)).length
    if (count === scope.expectedCount) return undefined
    return { __typename: "Refused", code: "count_differs", message: `The filter fits ${count} accounts now.`, path: [] }
  }
  return {
    updateAccounts: ({ input, ...scope }: Scope & { input: Record<string, unknown> }) => {
      const refused = refuseOther(scope)
      if (refused !== undefined) return refused
      const { addTags = [], removeTags = [], ...plain } = input as { addTags?: string[]; removeTags?: string[] } // by the schema
      const ids = world.accounts.filter((account) => fits(scope, account)).map(({ id }) => id)
      world.accounts = world.accounts.map((account) => {
        if (!ids.includes(account.id)) return account
        const tags = [...(account["tags"] as string[]), ...addTags].filter((tag) => !removeTags.includes(tag)) // the same
        const state = input["enabled"] === false ? "DISABLED" : account["state"]
        return { ...account, ...plain, tags, state }
      })
      return { __typename: "UpdateAccountsSuccess", matched: ids.length, changed: ids.length, changedIds: ids }
    },
    releaseCooldowns: (scope: Scope) => {
      const refused = refuseOther(scope)
      if (refused !== undefined) return refused
      const matched = world.accounts.filter((account) => fits(scope, account))
      const ended = matched.reduce((sum, account) => sum + (account["cooldowns"] as unknown[]).length, 0) // as `fakeAccount` has them
      world.accounts = world.accounts.map((account) =>
        matched.includes(account) ? { ...account, cooldowns: [] } : account,
      )
      return { __typename: "ReleaseCooldownsSuccess", matched: matched.length, ended }
    },
    removeAccounts: ({ revoke, ...scope }: Scope & { revoke: boolean }) => {
      const refused = refuseOther(scope)
      if (refused !== undefined) return refused
      const removedIds = world.accounts.filter((account) => fits(scope, account)).map(({ id }) => id)
      world.accounts = world.accounts.filter(({ id }) => !removedIds.includes(id))
      const removed = removedIds.length
      return { __typename: "RemoveAccountsSuccess", removed, removedIds, revoked: revoke ? removed : null }
    },
  }
}
