/**
 * All subscriptions of this tab over one connection, `POST /graphql/stream`. What is followed is named when it is opened: when that
 * changes, another connection is opened and takes over, and the old one is closed after it. While there are two, what both tell is
 * told once. A connection that breaks is opened again by itself.
 */
import type { StreamListener, Streams } from "./streams.ts"

export interface EventStreamOptions {
  url: string
  headers: Readonly<Record<string, string>>
  /** How long to wait before the attempt that follows `failures` failed ones, in milliseconds. */
  retryDelayMs: (failures: number) => number
}

interface Followed {
  readonly id: string
  readonly body: object
  readonly listener: StreamListener
  /** The connections on which it is open. */
  readonly standsOn: Set<Line>
}

/** A connection, and those that are followed on it. */
interface Line {
  readonly control: AbortController
  readonly ids: Set<string>
}

interface Message {
  readonly event: string
  readonly data: string
}

// What one page leaves and the next one takes up is one change.
const settleMs = 30

// The old connection stays for so long, for what was on its way on it; so does one on which nothing is followed any more.
const lingerMs = 1_000

// The control plane says something at least every twelve seconds.
const silenceMs = 45_000

/** The messages of an event stream, for as long as it lasts. */
async function* readMessages(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<Message> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ""
  for (;;) {
    // eslint-disable-next-line no-await-in-loop -- one piece after the other
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    const pieces = (rest + decoder.decode(value, { stream: true })).split("\n\n")
    rest = pieces.pop() ?? ""
    for (const piece of pieces) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(piece) ?? []
      if (event !== undefined && data !== undefined) yield { event, data }
    }
  }
}

export function createEventStream({ url, headers, retryDelayMs }: EventStreamOptions): Streams {
  const followed = new Map<string, Followed>()
  /** Oldest first. */
  const lines: Line[] = []
  const toldByTwo = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let made = 0

  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(ensure, ms)
  }

  function drop(line: Line): void {
    const index = lines.indexOf(line)
    if (index === -1) return
    lines.splice(index, 1)
    if (lines.length < 2) toldByTwo.clear()
    line.control.abort()
    for (const one of followed.values()) {
      if (one.standsOn.delete(line) && one.standsOn.size === 0) one.listener.breaks()
    }
  }

  /** Opens a connection where the newest one does not carry what is followed, and just that. */
  function ensure(): void {
    const newest = lines.at(-1)
    if (followed.size === 0) {
      lines.slice().forEach(drop)
      failures = 0
    } else if (
      newest === undefined ||
      newest.ids.size !== followed.size ||
      [...followed.keys()].some((id) => !newest.ids.has(id))
    ) {
      void open()
    }
  }

  async function open(): Promise<void> {
    const line: Line = { control: new AbortController(), ids: new Set(followed.keys()) }
    lines.push(line)
    await read(line, [...followed.values()]).catch(() => undefined) // whatever ended it, the listeners are told
    if (!lines.includes(line)) return
    const isNewest = lines.at(-1) === line
    // Nothing stood on it: what waits for it is told that it did not come.
    for (const id of line.ids) if (followed.get(id)?.standsOn.size === 0) followed.get(id)?.listener.breaks()
    drop(line)
    if (isNewest) later(retryDelayMs(failures++))
  }

  /** A connection from its beginning to its end; throws when it could not be had or broke. */
  async function read(line: Line, operations: readonly Followed[]): Promise<void> {
    let silence: ReturnType<typeof setTimeout> | undefined
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => line.control.abort(), silenceMs)
    }
    heard()
    try {
      const response = await fetch(url, {
        method: "POST",
        signal: line.control.signal,
        credentials: "same-origin",
        headers: { ...headers, "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify({ operations: operations.map(({ id, body }) => ({ id, request: body })) }),
      })
      if (!response.ok || response.body === null) throw new Error(`no stream: ${response.status}`)
      const waiting = new Set(line.ids)
      for await (const { event, data } of readMessages(response.body, heard)) {
        if (!lines.includes(line)) return
        const { id, payload } = JSON.parse(data) as { id: string; payload?: unknown } // our control plane writes no other
        const one = followed.get(id)
        if (event === "next") {
          if (isFirst(data)) one?.listener.next(payload)
          continue
        }
        waiting.delete(id)
        if (waiting.size === 0) replaceOlder(line)
        if (one === undefined) continue
        if (event === "stands") stand(one, line)
        else ended(one, line)
      }
    } finally {
      clearTimeout(silence)
    }
  }

  /** False: the other connection has told it. */
  function isFirst(data: string): boolean {
    if (lines.length < 2) return true
    return toldByTwo.size !== toldByTwo.add(data).size
  }

  /** Everything is open on this one: when it has lasted, the ones before it have had their time. */
  function replaceOlder(line: Line): void {
    setTimeout(() => {
      const index = lines.indexOf(line)
      if (index !== -1) failures = 0
      for (const older of lines.slice(0, Math.max(0, index))) drop(older)
    }, lingerMs)
  }

  function stand(one: Followed, line: Line): void {
    const isNew = one.standsOn.size === 0
    one.standsOn.add(line)
    if (isNew) one.listener.stands()
  }

  /** The control plane has ended it; it is wanted until the page leaves. */
  function ended(one: Followed, line: Line): void {
    line.ids.delete(one.id)
    if (one.standsOn.delete(line) && one.standsOn.size > 0) return
    one.listener.breaks()
    later(retryDelayMs(failures++))
  }

  return {
    open: (body, listener) => {
      const one: Followed = { id: `s${++made}`, body, listener, standsOn: new Set() }
      followed.set(one.id, one)
      later(settleMs)
      return () => {
        followed.delete(one.id)
        later(followed.size === 0 ? lingerMs : settleMs)
      }
    },
  }
}
