import { createSignal, onCleanup, onMount } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import type { RequestFilter } from "#generated/web/graphql.ts"
import { requestFinishedDocument, type RequestRowFragment, requestsDocument } from "#generated/web/graphql.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"

export type Request = RequestRowFragment

/** How many requests the page keeps; older ones are let go, so that an open tab does not grow. Who reads on keeps as many more. */
const pageSize = 100

// Rows are shown in groups: fifty requests a second must not mean fifty layouts a second. Where many come nobody reads each as it
// does, and one group a second is enough.
const flushEveryMs = 250
const fewRows = 5
const ticksOfMany = 4

interface RequestsOptions {
  filter: RequestFilter | undefined
  /** False: the time that is asked for is over, and nothing can come. */
  isLive: boolean
}

/** The newest requests that fit, newest first; while they are held new ones are counted, and shown when it ends. */
export function createRequests({ filter, isLive }: RequestsOptions) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ requests: Request[] }>({ requests: [] })
  const [held, setHeld] = createSignal(false)
  const [heldCount, setHeldCount] = createSignal(0)
  const [end, setEnd] = createSignal<{ cursor: string | null; searchedUntil: string | null }>()
  const [readingOn, setReadingOn] = createSignal(false)
  let most = pageSize
  let waiting: Request[] = []
  let arrivedWhileHeld = 0
  let ticks = 0
  const [isBusy, setBusy] = createSignal(false)

  const merge = (requests: readonly Request[]) => {
    const byId = new Map([...store.requests, ...requests].map((request) => [request.id, request]))
    const newest = [...byId.values()].toSorted((one, other) => endOf(other) - endOf(one)).slice(0, most)
    setStore("requests", reconcile(newest, { key: "id" }))
  }
  /** Each once, and none that stands in the list already. */
  const unshown = (requests: readonly Request[]): Request[] => {
    const shown = new Set(store.requests.map(({ id }) => id))
    const byId = new Map(requests.map((request) => [request.id, request]))
    return [...byId.values()].filter(({ id }) => !shown.has(id)).slice(-pageSize)
  }
  const flush = () => {
    if (waiting.length === 0) return
    if (held()) {
      setHeldCount(Math.max(arrivedWhileHeld, waiting.length))
      return
    }
    if (waiting.length > fewRows && ++ticks < ticksOfMany) return
    ticks = 0
    setBusy(waiting.length > fewRows)
    const arrived = waiting
    // More than are kept: between them and the rows that are there some would be missing.
    if (arrivedWhileHeld > pageSize) {
      most = pageSize
      setStore("requests", [])
    }
    waiting = []
    arrivedWhileHeld = 0
    setHeldCount(0)
    merge(arrived)
  }

  const ask = async (after?: string) => {
    const result = await client
      .query(requestsDocument, { first: pageSize, after: after ?? null, filter: filter ?? null })
      .toPromise()
    if (result.data === undefined) throw result.error
    const { edges, pageInfo, searchedUntil } = result.data.requests
    return {
      rows: edges.map((edge) => edge.node),
      end: { cursor: pageInfo.hasNextPage ? pageInfo.endCursor : null, searchedUntil },
    }
  }
  const { state, again } = createLoaded(async () => {
    const read = await ask()
    if (end() === undefined) setEnd(read.end)
    if (held()) waiting = unshown([...read.rows, ...waiting])
    else merge(read.rows)
  })
  /** The page behind the last row. */
  const readOn = async () => {
    const cursor = end()?.cursor ?? undefined
    if (cursor === undefined || readingOn()) return
    setReadingOn(true)
    try {
      const read = await ask(cursor)
      most += pageSize
      setEnd(read.end)
      merge(read.rows)
    } catch {
      // What keeps it from an answer is shown by the shell, and the button is still there.
      again()
    }
    setReadingOn(false)
  }

  if (isLive) {
    const arrive = ({ requestFinished }: { requestFinished: Request }) => {
      waiting = [...waiting, requestFinished].slice(-pageSize)
      if (held()) arrivedWhileHeld++
    }
    createLive(requestFinishedDocument, { filter: filter ?? null }, arrive, again)
  }
  onMount(() => {
    const timer = setInterval(flush, flushEveryMs)
    onCleanup(() => clearInterval(timer))
  })
  const hold = (wanted: boolean) => {
    setHeld(wanted)
    ticks = ticksOfMany
    flush()
  }
  return { state, again, requests: () => store.requests, isBusy, hold, heldCount, end, readOn, readingOn }
}

/** When a request ended, in milliseconds since the epoch. */
export const endOf = (request: Pick<Request, "startedAt" | "durationMs">) =>
  Date.parse(request.startedAt) + request.durationMs
