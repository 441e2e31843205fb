/** The open subscriptions of each session or token: counted, capped, and closed when the session ends. */
import type { Logger } from "#shared/log.ts"
import type { Auth } from "../auth/auth.ts"
import type { Principal } from "../auth/principal.ts"
import type { Clock } from "../clock.ts"
import type { Peers } from "../database/peers.ts"
import { RefusedError } from "../failure.ts"
import type { Events, EventTopics, Listener, Topic } from "../events.ts"

/** A few tabs of the panel. A browser has six connections per host on HTTP/1.1 anyway. */
export const MAX_SUBSCRIPTIONS = 32

export interface Subscriptions {
  /** Listens to a topic for a principal. Throws `RefusedError` beyond the cap. */
  open<T extends Topic>(principal: Principal, topic: T): Listener<EventTopics[T]>
  /** Something else that is open for a principal: `end` is called when that one may not enter any more. Returns what takes it back. */
  hold(principal: Principal, end: () => void): () => void
  /** Ends all that belong to a session or token. */
  endAllOf(principalId: string): void
  /** Whose subscriptions are open. */
  principals(): readonly string[]
  /** Ends all. */
  stop(): void
}

export function createSubscriptions(events: Events): Subscriptions {
  const open = new Map<string, Set<{ return(): Promise<unknown> }>>()
  const held = new Map<string, Set<() => void>>()

  function endAllOf(principalId: string): void {
    for (const listener of open.get(principalId) ?? []) void listener.return()
    for (const end of held.get(principalId) ?? []) end()
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
          // Whoever ends it twice must not take out the set of those that were opened in between.
          if (own.size === 0 && open.get(principal.id) === own) open.delete(principal.id)
          return listener.return()
        },
      }
      own.add(counted)
      return counted
    },
    hold: ({ id }, end) => {
      const own = held.get(id) ?? new Set()
      held.set(id, own.add(end))
      return () => {
        own.delete(end)
        if (own.size === 0 && held.get(id) === own) held.delete(id)
      }
    },
    endAllOf,
    principals: () => [...new Set([...open.keys(), ...held.keys()])],
    stop: () => {
      for (const principalId of [...open.keys(), ...held.keys()]) endAllOf(principalId)
    },
  }
}

/** How long a stream may outlive its session or token where nobody tells of its end: it ran out, or was ended elsewhere. */
export const WATCH_MS = 30_000

/**
 * Closes subscriptions whose session or token may not enter any more: looks at all of them every half minute, and at once when another
 * control plane tells of a change. Returns what ends it.
 */
export function watchSubscriptions(options: {
  readonly clock: Clock
  readonly log: Logger
  readonly subscriptions: Subscriptions
  readonly auth: Pick<Auth, "scopeOf">
  readonly peers: Pick<Peers, "onTold">
}): { stop(): void } {
  const { clock, log, subscriptions, auth, peers } = options
  let cancel: () => void = () => undefined
  let isStopped = false

  async function look(): Promise<void> {
    try {
      for (const id of subscriptions.principals()) {
        if ((await auth.scopeOf(id)) === undefined) subscriptions.endAllOf(id)
      }
    } catch (error) {
      // The database is away: the next look makes up for it.
      if (!isStopped) log.warn("subscriptions.not-looked-at", { reason: error instanceof Error ? error.message : "" })
    }
  }

  function again(): void {
    cancel = clock.after(WATCH_MS, () => {
      void look().then(() => {
        if (!isStopped) again()
      })
    })
  }

  again()
  peers.onTold(() => void look())
  return {
    stop: () => {
      isStopped = true
      cancel()
    },
  }
}

/** Turns what a topic tells, ids for the most part, into rows; what leads to none is passed over. Ending it ends the source, even while it waits. */
export function loadEach<Payload, Row>(
  source: Listener<Payload>,
  load: (payload: Payload) => Promise<Row | null>,
): AsyncIterableIterator<Row> {
  const rows: AsyncIterableIterator<Row> = {
    [Symbol.asyncIterator]: () => rows,
    next: async () => {
      for (;;) {
        const told = await source.next()
        if (told.done === true) return { done: true, value: undefined }
        const row = await load(told.value)
        if (row !== null) return { done: false, value: row }
      }
    },
    return: async () => {
      await source.return()
      return { done: true, value: undefined }
    },
  }
  return rows
}
