/**
 * One event stream for all tabs of a browser, which has six connections a host on HTTP/1.1. Whoever holds a Web Lock leads: it
 * follows what any tab wants, each subscription once, and tells the others over a BroadcastChannel. When its tab is gone the lock is
 * somebody else's, who leads and hears of everybody's wants anew. Each tab holds a lock of its own, by which the leader
 * learns that it is gone. Where a browser has no locks (a page that is neither on loopback nor on TLS) each tab leads itself.
 */
import type { StreamListener, Streams } from "./streams.ts"

type Message =
  /** To the leader. */
  | { type: "want"; tab: string; id: string; body: object }
  | { type: "leave"; id: string }
  /** From the leader; `ids` are those of the wants that it is about. */
  | { type: "leads" }
  | { type: "next"; ids: readonly string[]; result: unknown }
  | { type: "stands" | "breaks"; ids: readonly string[] }

const name = "lagrange.streams"

const forever = new Promise<never>(() => undefined)

/** What the leading tab keeps. */
function createLeader(own: Streams, tab: string, say: (message: Message) => void) {
  const open = new Map<string, { ids: Set<string>; isStanding: boolean; stop: () => void }>()
  const tabs = new Map<string, Set<string>>()

  function leave(id: string): void {
    for (const [key, stream] of open) {
      if (!stream.ids.delete(id) || stream.ids.size > 0) continue
      stream.stop()
      open.delete(key)
    }
  }

  /** Its lock is ours when it is gone. */
  function watch(other: string, ids: ReadonlySet<string>): void {
    if (other === tab) return
    void navigator.locks.request(`${name}.${other}`, () => {
      tabs.delete(other)
      for (const id of ids) leave(id)
    })
  }

  function want(id: string, body: object): void {
    // Two that ask the same share one stream.
    const key = JSON.stringify({ ...body, operationName: undefined })
    const known = open.get(key)
    if (known !== undefined) {
      known.ids.add(id)
      if (known.isStanding) say({ type: "stands", ids: [id] })
      return
    }
    const stream = { ids: new Set([id]), isStanding: false, stop: () => {} }
    open.set(key, stream)
    stream.stop = own.open(body, {
      next: (result) => say({ type: "next", ids: [...stream.ids], result }),
      stands: () => {
        stream.isStanding = true
        say({ type: "stands", ids: [...stream.ids] })
      },
      breaks: () => {
        stream.isStanding = false
        say({ type: "breaks", ids: [...stream.ids] })
      },
    })
  }

  return {
    hear: (message: Message) => {
      if (message.type === "leave") return leave(message.id)
      if (message.type !== "want") return undefined
      const ids = tabs.get(message.tab) ?? new Set()
      if (!tabs.has(message.tab)) watch(message.tab, ids)
      tabs.set(message.tab, ids.add(message.id))
      return want(message.id, message.body)
    },
  }
}

/** Shares what `own` follows with the other tabs of this browser. */
export function createSharedStreams(own: Streams): Streams {
  if (navigator.locks === undefined || typeof BroadcastChannel === "undefined") return own
  const tab = crypto.randomUUID()
  const channel = new BroadcastChannel(name)
  const wants = new Map<string, { body: object; listener: StreamListener }>()
  let leader: ReturnType<typeof createLeader> | undefined
  let isKnown = false
  let made = 0

  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none: it never leaves the origin
  const post = (message: Message) => channel.postMessage(message)
  /** To the leader, who may be this tab. Nobody may hear it now: who leads next asks again. */
  const tell = (message: Message) => (leader === undefined ? post(message) : leader.hear(message))
  const tellAll = () => {
    for (const [id, { body }] of wants) tell({ type: "want", tab, id, body })
  }
  const hear = (message: Message) => {
    if (message.type === "leads") return tellAll()
    if (message.type === "want" || message.type === "leave") return leader?.hear(message)
    for (const id of message.ids) {
      const listener = wants.get(id)?.listener
      if (message.type === "next") listener?.next(message.result)
      else listener?.[message.type]()
    }
    return undefined
  }
  const say = (message: Message) => {
    if ("ids" in message) {
      const others = message.ids.filter((id) => !wants.has(id))
      if (others.length > 0) post({ ...message, ids: others })
    }
    hear(message)
  }
  const lead = () => {
    leader = createLeader(own, tab, say)
    post({ type: "leads" })
    tellAll()
    return forever
  }
  channel.addEventListener("message", (event: MessageEvent<Message>) => hear(event.data))
  // Nothing is told before the lock is held by which the leader sees that this tab lives.
  void navigator.locks.request(`${name}.${tab}`, () => {
    isKnown = true
    tellAll()
    void navigator.locks.request(name, lead)
    return forever
  })

  return {
    open: (body, listener) => {
      const id = `${tab}/${++made}`
      wants.set(id, { body, listener })
      if (isKnown) tell({ type: "want", tab, id, body })
      return () => {
        wants.delete(id)
        tell({ type: "leave", id })
      }
    },
  }
}
