import { createSignal, onCleanup, onMount } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { requestFinishedDocument, type RequestRowFragment, requestsDocument } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Request = RequestRowFragment

/** How many requests the page keeps; older ones are let go, so that an open tab does not grow. */
const requestCount = 100

// Rows are shown in groups: fifty requests a second must not mean fifty layouts a second.
const flushEveryMs = 250

/** The newest requests, newest first; while paused they are counted, and shown when it ends. */
export function createRequests() {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ requests: Request[] }>({ requests: [] })
  const [paused, setPaused] = createSignal(false)
  const [heldCount, setHeldCount] = createSignal(0)
  let waiting: Request[] = []

  const merge = (requests: readonly Request[]) => {
    const byId = new Map([...store.requests, ...requests].map((request) => [request.id, request]))
    const newest = [...byId.values()].toSorted((one, other) => endOf(other) - endOf(one)).slice(0, requestCount)
    setStore("requests", reconcile(newest, { key: "id" }))
  }
  /** Each once, and none that stands in the list already. */
  const unshown = (requests: readonly Request[]): Request[] => {
    const shown = new Set(store.requests.map(({ id }) => id))
    const byId = new Map(requests.map((request) => [request.id, request]))
    return [...byId.values()].filter(({ id }) => !shown.has(id)).slice(-requestCount)
  }
  const flush = () => {
    if (waiting.length === 0) return
    if (paused()) {
      setHeldCount(waiting.length)
      return
    }
    const arrived = waiting
    waiting = []
    setHeldCount(0)
    merge(arrived)
  }

  const { state, again } = createLoaded(async () => {
    const result = await client.query(requestsDocument, { first: requestCount }).toPromise()
    if (result.data === undefined) throw result.error
    const read = result.data.requests.edges.map((edge) => edge.node)
    if (paused()) waiting = unshown([...read, ...waiting])
    else merge(read)
  })
  const arrived = ({ requestFinished }: { requestFinished: Request }) => {
    waiting = [...waiting, requestFinished].slice(-requestCount)
  }
  createLive(requestFinishedDocument, {}, arrived, again)
  onMount(() => {
    const timer = setInterval(flush, flushEveryMs)
    onCleanup(() => clearInterval(timer))
  })
  const pause = (wanted: boolean) => {
    setPaused(wanted)
    flush()
  }
  return { state, again, requests: () => store.requests, paused, pause, heldCount }
}

/** When a request ended, in milliseconds since the epoch. */
export const endOf = (request: Request) => Date.parse(request.startedAt) + request.durationMs
