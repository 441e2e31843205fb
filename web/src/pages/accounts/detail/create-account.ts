import { createSignal, onCleanup } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import {
  accountChangedDocument,
  type AccountDetailFragment,
  accountDocument,
  accountRemovedDocument,
  nodeChangedDocument,
} from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../../graphql/live.ts"
import { usePanel } from "../../../panel.tsx"

export type AccountDetail = AccountDetailFragment

// Fifty requests a second must not mean fifty readings a second.
const readEveryMs = 1_000

/** One account, read anew when something happens to it or at a data plane; undefined where there is none. */
export function createAccount(id: string) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ account: AccountDetail | undefined }>({ account: undefined })
  const [isGone, setGone] = createSignal(false)
  const read = async () => {
    const result = await client.query(accountDocument, { id }).toPromise()
    if (result.data === undefined) throw result.error
    setGone(result.data.account === null)
    if (result.data.account !== null) setStore("account", reconcile(result.data.account))
  }
  const { state, again } = createLoaded(read)
  /** Resolves when what was changed here is shown; where it cannot be read, the page says so. */
  const changed = () => read().catch(again)

  let due: ReturnType<typeof setTimeout> | undefined
  const soon = () => {
    due ??= setTimeout(() => {
      due = undefined
      again()
    }, readEveryMs)
  }
  onCleanup(() => clearTimeout(due))

  createLive(accountChangedDocument, {}, ({ accountChanged }) => accountChanged.id === id && soon(), again)
  createLive(accountRemovedDocument, {}, ({ accountRemoved }) => accountRemoved === id && setGone(true))
  // What runs on it and which conversations live there is told by data planes.
  createLive(nodeChangedDocument, {}, soon)

  return { state, again, account: () => (isGone() ? undefined : store.account), changed }
}
