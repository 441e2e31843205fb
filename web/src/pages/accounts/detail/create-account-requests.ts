import { onCleanup } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import {
  accountRequestFinishedDocument,
  type AccountRequestFragment,
  accountRequestsDocument,
} from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../../graphql/live.ts"
import { usePanel } from "../../../panel.tsx"
import { endOf } from "../../requests/create-requests.ts"

export type AccountRequest = AccountRequestFragment

const requestCount = 50

// Rows are shown in groups: fifty requests a second must not mean fifty layouts a second.
const flushEveryMs = 250

/** The newest requests that an account had a part in, newest first, as they end. */
export function createAccountRequests(accountId: string) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ requests: AccountRequest[] }>({ requests: [] })
  const filter = { accountId }
  const merge = (requests: readonly AccountRequest[]) => {
    const byId = new Map([...store.requests, ...requests].map((request) => [request.id, request]))
    const newest = [...byId.values()].toSorted((one, other) => endOf(other) - endOf(one)).slice(0, requestCount)
    setStore("requests", reconcile(newest, { key: "id" }))
  }
  const { state, again } = createLoaded(async () => {
    const { data, error } = await client.query(accountRequestsDocument, { filter, first: requestCount }).toPromise()
    if (data === undefined) throw error
    merge(data.requests.edges.map(({ node }) => node))
  })

  let waiting: AccountRequest[] = []
  let due: ReturnType<typeof setTimeout> | undefined
  const flush = () => {
    due = undefined
    merge(waiting)
    waiting = []
  }
  const arrived = (request: AccountRequest) => {
    waiting = [...waiting, request].slice(-requestCount)
    due ??= setTimeout(flush, flushEveryMs)
  }
  onCleanup(() => clearTimeout(due))
  createLive(accountRequestFinishedDocument, { filter }, ({ requestFinished }) => arrived(requestFinished), again)

  return { state, again, requests: () => store.requests }
}
