import type { Client } from "@urql/core"
import { createMemo, untrack } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import {
  accountChangedDocument,
  accountRemovedDocument,
  type AccountRowFragment,
  accountsDocument,
} from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { pageSize, readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

export type Account = AccountRowFragment

/** All accounts; throws urql's error. */
const readAccounts = (client: Client): Promise<Account[]> =>
  readAll(async (after) => {
    const result = await client.query(accountsDocument, { first: pageSize, after }).toPromise()
    if (result.data === undefined) throw result.error
    return result.data.accounts
  })

/**
 * The accounts, in the order in which they were added, kept as the control plane says by its subscriptions. What
 * changed while a whole list was on its way is newer than the list and stays.
 */
export function createAccounts() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ accounts: Account[] }>({ accounts: [] })
  const removed = new Set<string>()
  const changedWhileReading = new Map<string, Account>()
  let reading = false

  const inOrder = (accounts: Iterable<Account>) =>
    [...accounts].toSorted(
      (one, other) => one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id),
    )

  const { state, again } = createLoaded(async () => {
    reading = true
    try {
      const read = await readAccounts(client)
      const byId = new Map([...read.map((account) => [account.id, account] as const), ...changedWhileReading])
      for (const id of removed) byId.delete(id)
      setStore("accounts", reconcile(inOrder(byId.values()), { key: "id" }))
    } finally {
      reading = false
      changedWhileReading.clear()
    }
  })

  // Looked up anew when the list is another one; five thousand accounts change many times a second.
  const places = createMemo(() => new Map(store.accounts.map(({ id }, index) => [id, index])))
  const placeOf = (id: string) => untrack(places).get(id) ?? -1

  const changed = (account: Account) => {
    if (removed.has(account.id)) return
    if (reading) changedWhileReading.set(account.id, account)
    const index = placeOf(account.id)
    if (index === -1) setStore("accounts", (accounts) => inOrder([...accounts, account]))
    else setStore("accounts", index, reconcile(account))
  }
  const remove = (id: string) => {
    removed.add(id)
    setStore("accounts", (accounts) => accounts.filter((account) => account.id !== id))
  }

  createLive(accountChangedDocument, {}, ({ accountChanged }) => changed(accountChanged), again)
  createLive(accountRemovedDocument, {}, ({ accountRemoved }) => remove(accountRemoved))

  return { state, again, accounts: () => store.accounts, changed, remove }
}
