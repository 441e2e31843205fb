/** One request of the playground: sent to the control plane, which passes it to a data plane, and read as it comes. */
import { createEventReader } from "./event-text.ts"
import { listOf, objectOf, textOf, type Draft, type Json, type Speaker, type Written } from "./talk.ts"

export interface RawPiece {
  /** Milliseconds since it was sent. */
  readonly atMs: number
  readonly text: string
}

/** What happens, in the order in which it does. */
export interface Hearer {
  head(answer: { readonly status: number; readonly requestId: string | undefined; readonly atMs: number }): void
  /** As it came; of an answer that does not stream the whole. */
  raw(piece: RawPiece): void
  /** Changes the answer. */
  change(by: (draft: Draft) => void): void
}

/** What kept it from an answer. `gateway`: told in the dialect; `control`: by the control plane itself; `lost`: by nobody. */
export interface Trouble {
  readonly from: "gateway" | "control" | "lost"
  readonly message: string
}

export interface SendOptions {
  readonly written: Written
  readonly speaker: Speaker
  readonly stream: boolean
  readonly nodeId: string | undefined
  readonly signal: AbortSignal
  readonly hearer: Hearer
}

/** Resolves when it is over: undefined when it was answered to its end. Rejects only with what the signal was aborted for. */
export async function send(options: SendOptions): Promise<Trouble | undefined> {
  const { written, nodeId, signal, hearer } = options
  const since = performance.now()
  const atMs = (): number => performance.now() - since
  try {
    const response = await fetch(`/playground${written.path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-csrf": "1",
        ...(nodeId === undefined ? {} : { "x-lagrange-node": nodeId }),
        ...written.headers,
      },
      body: JSON.stringify(written.body),
      credentials: "same-origin",
      signal,
    })
    hearer.head({ status: response.status, requestId: response.headers.get("x-request-id") ?? undefined, atMs: atMs() })
    if (!response.ok) return troubleOf(response, hearer, atMs)
    const isEvents = response.headers.get("content-type")?.startsWith("text/event-stream") === true
    await (isEvents ? readEvents(response, options, atMs) : readWhole(response, options, atMs))
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return { from: "lost", message: error instanceof Error ? error.message : String(error) }
  }
}

async function readEvents(response: Response, { speaker, hearer }: SendOptions, atMs: () => number): Promise<void> {
  const read = createEventReader()
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    // eslint-disable-next-line no-await-in-loop -- pieces come one after the other
    const piece = await reader?.read()
    if (piece === undefined || piece.done) return
    for (const { text, value } of read(piece.value)) {
      hearer.raw({ atMs: atMs(), text })
      if (value !== undefined) hearer.change((draft) => speaker.readEvent(objectOf(value), draft))
    }
  }
}

async function readWhole(response: Response, { speaker, hearer }: SendOptions, atMs: () => number): Promise<void> {
  const text = await response.text()
  hearer.raw({ atMs: atMs(), text: pretty(text) })
  hearer.change((draft) => speaker.readWhole(parsed(text), draft))
}

async function troubleOf(response: Response, hearer: Hearer, atMs: () => number): Promise<Trouble> {
  const text = await response.text()
  hearer.raw({ atMs: atMs(), text: pretty(text) })
  const body = parsed(text)
  const [own] = listOf(body["errors"])
  const isControl = response.headers.get("x-lagrange-node") === null
  const message = textOf(own?.["message"]) || textOf(objectOf(body["error"])["message"]) || `HTTP ${response.status}`
  return { from: isControl ? "control" : "gateway", message }
}

function parsed(text: string): Json {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    // Not from us: a proxy between, which has its own pages.
    return {}
  }
}

function pretty(text: string): string {
  const value = parsed(text)
  return Object.keys(value).length === 0 ? text : JSON.stringify(value, null, 2)
}
