/** The open subscriptions of each session or token: counted, capped, and closed when the session ends. */
import type { Principal } from "../auth/principal.ts"
import { RefusedError } from "../failure.ts"
import type { Events, EventTopics, Listener, Topic } from "../events.ts"

/** A few tabs of the panel. A browser has six connections per host on HTTP/1.1 anyway. */
export const MAX_SUBSCRIPTIONS = 32

export interface Subscriptions {
  /** Listens to a topic for a principal. Throws `RefusedError` beyond the cap. */
  open<T extends Topic>(principal: Principal, topic: T): Listener<EventTopics[T]>
  /** Ends all that belong to a session or token. */
  endAllOf(principalId: string): void
  /** Ends all. */
  stop(): void
}

export function createSubscriptions(events: Events): Subscriptions {
  const open = new Map<string, Set<{ return(): Promise<unknown> }>>()

  function endAllOf(principalId: string): void {
    for (const listener of open.get(principalId) ?? []) void listener.return()
  }

  return {
    open: (principal, topic) => {
      const own = open.get(principal.id) ?? new Set()
      if (own.size >= MAX_SUBSCRIPTIONS) {
        throw new RefusedError(
          "too_many_subscriptions",
          `At most ${MAX_SUBSCRIPTIONS} subscriptions may be open at a time.`,
        )
      }
      open.set(principal.id, own)
      const listener = events.listen(topic)
      const counted: typeof listener = {
        [Symbol.asyncIterator]: () => counted,
        next: () => listener.next(),
        return: () => {
          own.delete(counted)
          if (own.size === 0) open.delete(principal.id)
          return listener.return()
        },
      }
      own.add(counted)
      return counted
    },
    endAllOf,
    stop: () => {
      for (const principalId of open.keys()) endAllOf(principalId)
    },
  }
}

/** Turns the ids of a topic into rows; an id whose row is gone is passed over. Ending it ends the source, even while it waits. */
export function loadEach<Row>(
  ids: Listener<string>,
  load: (id: string) => Promise<Row | null>,
): AsyncIterableIterator<Row> {
  const rows: AsyncIterableIterator<Row> = {
    [Symbol.asyncIterator]: () => rows,
    next: async () => {
      for (;;) {
        const id = await ids.next()
        if (id.done === true) return { done: true, value: undefined }
        const row = await load(id.value)
        if (row !== null) return { done: false, value: row }
      }
    },
    return: async () => {
      await ids.return()
      return { done: true, value: undefined }
    },
  }
  return rows
}
