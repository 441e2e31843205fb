import { createEffect, createMemo, createSignal, on } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { type AuditFilter, type AuditOutcome, auditEventsDocument } from "#generated/web/graphql.ts"
import { type AuditRowFragment, newestAuditEventDocument } from "#generated/web/graphql.ts"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"

export type AuditEvent = AuditRowFragment

const pageSize = 50

// There is nothing to follow: what is new is asked for, and shown when somebody wants it, so that no row moves under the eye.
const lookEveryMs = 5_000

export const outcomes = ["DONE", "REFUSED", "FAILED"] as const satisfies readonly AuditOutcome[]

/** What the list is narrowed by. */
export const choices = ["who", "action", "outcome", "object", "since", "until"] as const

export type AuditChoice = (typeof choices)[number]

/** What is chosen, in the address, and the filter that becomes of it; times are those of the reader's clock. */
export function createAuditFilter() {
  const address = createUrlState<AuditChoice | "event">()
  const moment = (name: "since" | "until") => {
    const at = new Date(address.get(name) ?? Number.NaN)
    return Number.isNaN(at.getTime()) ? null : at.toISOString()
  }
  const filter = createMemo(
    (): AuditFilter => ({
      actorName: address.get("who") ?? null,
      action: address.get("action") ?? null,
      outcome: outcomes.find((outcome) => outcome === address.get("outcome")) ?? null,
      objectId: address.get("object") ?? null,
      since: moment("since"),
      until: moment("until"),
    }),
    undefined,
    { equals: (one, other) => JSON.stringify(one) === JSON.stringify(other) },
  )
  const isEmpty = () => Object.values(filter()).every((value) => value === null)
  const clear = () => address.set(Object.fromEntries(choices.map((name) => [name, undefined])))
  return { address, filter, isEmpty, clear }
}

export type AuditFilterState = ReturnType<typeof createAuditFilter>

/** Events, the newest first, page after page as they are wanted; and how many came since. */
export function createAudit({ filter, isEmpty }: AuditFilterState) {
  const { client } = usePanel()
  const [store, setStore] = createStore<{ events: AuditEvent[] }>({ events: [] })
  const [next, setNext] = createSignal<string>()
  const [loadingMore, setLoadingMore] = createSignal(false)
  const [newest, setNewest] = createSignal(0n)
  const [isRead, setRead] = createSignal(false)

  const readPage = async (after: string | null) => {
    const result = await client.query(auditEventsDocument, { first: pageSize, after, filter: filter() }).toPromise()
    if (result.data === undefined) throw result.error
    const { edges, pageInfo } = result.data.auditEvents
    setNext(pageInfo.hasNextPage && pageInfo.endCursor !== null ? pageInfo.endCursor : undefined)
    return edges.map(({ node }) => node)
  }
  const { state, again } = createLoaded(async () => {
    const events = await readPage(null)
    setStore("events", reconcile(events, { key: "id" }))
    setNewest(BigInt(events[0]?.sequence ?? 0))
    setRead(true)
  })
  createEffect(on(filter, again, { defer: true }))

  /** The next older page, once; a filter that changed meanwhile has a list of its own. */
  const more = async () => {
    const [after, asked] = [next(), filter()]
    if (after === undefined || loadingMore()) return
    setLoadingMore(true)
    try {
      const older = await readPage(after)
      if (asked === filter()) setStore("events", (events) => [...events, ...older])
    } catch {
      again()
    } finally {
      setLoadingMore(false)
    }
  }

  const look = async () => {
    if (!isRead()) return
    const { data } = await client.query(newestAuditEventDocument, { filter: filter() }).toPromise()
    const sequence = data?.auditEvents.edges[0]?.node.sequence
    if (sequence !== undefined) setNewest(BigInt(sequence))
  }
  createRefresh(() => void look(), lookEveryMs)
  /** Places in the chain have no gaps: without a filter their difference is how many came. */
  const newCount = () => Number(newest() - BigInt(store.events[0]?.sequence ?? newest()))
  return {
    state,
    again,
    events: () => store.events,
    hasMore: () => next() !== undefined,
    more,
    loadingMore,
    newCount: () => (isEmpty() ? newCount() : Math.min(1, newCount())),
  }
}
