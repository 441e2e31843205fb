import { createMemo, createSignal, untrack } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import {
  accountChangedDocument,
  type AccountFilter,
  accountRemovedDocument,
  type AccountRowFragment,
  accountsDocument,
} from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { pageSize, readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

export type Account = AccountRowFragment

const inOrder = (accounts: Iterable<Account>) =>
  [...accounts].toSorted((one, other) => one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id))

/**
 * The accounts, in the order in which they were added, kept as the control plane says by its subscriptions. The first time they are
 * shown page by page as they come, those that `first` asks for before the others. What changed while a whole list was on its way is
 * newer than the list and stays.
 */
export function createAccounts(first: AccountFilter) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ accounts: Account[] }>({ accounts: [] })
  const [total, setTotal] = createSignal<number>()
  const [isWhole, setWhole] = createSignal(false)
  const removed = new Set<string>()
  const changedWhileReading = new Map<string, Account>()
  let reading = false

  /** All that fit; throws urql's error. */
  const read = (filter: AccountFilter, onPage?: (page: Account[]) => void): Promise<Account[]> =>
    readAll(async (after) => {
      const result = await client.query(accountsDocument, { first: pageSize, after, filter }).toPromise()
      if (result.data === undefined) throw result.error
      const { accounts } = result.data
      if (Object.keys(filter).length === 0) setTotal(accounts.totalCount)
      onPage?.(accounts.edges.map(({ node }) => node))
      return accounts
    })

  /** Those that are not there yet: what is there is as new, or newer. */
  const add = (page: readonly Account[]) => {
    const known = untrack(places)
    const fresh = page.filter(({ id }) => !known.has(id) && !removed.has(id))
    if (fresh.length > 0) setStore("accounts", (accounts) => inOrder([...accounts, ...fresh]))
  }
  const { state, again } = createLoaded(async () => {
    reading = true
    try {
      const isFirst = !untrack(isWhole)
      if (isFirst && Object.keys(first).length > 0) await read(first, add)
      const all = await read({}, isFirst ? add : undefined)
      const byId = new Map([...all.map((account) => [account.id, account] as const), ...changedWhileReading])
      for (const id of removed) byId.delete(id)
      setStore("accounts", reconcile(inOrder(byId.values()), { key: "id" }))
      setWhole(true)
    } finally {
      reading = false
      changedWhileReading.clear()
    }
  })

  // Looked up anew when the list is another one; five thousand accounts change many times a second.
  const places = createMemo(() => new Map(store.accounts.map(({ id }, index) => [id, index])))

  const changed = (account: Account) => {
    if (removed.has(account.id)) return
    if (reading) changedWhileReading.set(account.id, account)
    const index = untrack(places).get(account.id) ?? -1
    if (index === -1) setStore("accounts", (accounts) => inOrder([...accounts, account]))
    else setStore("accounts", index, reconcile(account))
  }
  const remove = (...ids: readonly string[]) => {
    for (const id of ids) removed.add(id)
    setStore("accounts", (accounts) => accounts.filter(({ id }) => !removed.has(id)))
  }

  createLive(accountChangedDocument, {}, ({ accountChanged }) => changed(accountChanged), again)
  createLive(accountRemovedDocument, {}, ({ accountRemoved }) => remove(accountRemoved))

  return { state, again, accounts: () => store.accounts, total, isWhole, changed, remove }
}
