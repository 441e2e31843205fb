import { headersOf, type Identity } from "./control-plane.ts"

export interface Subscription<Data> {
  /** The next event; rejects after half a minute or when the stream has ended. */
  next(): Promise<Data>
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>
  close(): void
}

/** Opens a GraphQL subscription over server-sent events and waits until the server has accepted it. */
export async function subscribe<Data>(url: string, document: string, identity: Identity): Promise<Subscription<Data>> {
  const abort = new AbortController()
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { ...headersOf(identity), accept: "text/event-stream" },
    body: JSON.stringify({ query: document }),
    signal: abort.signal,
  })
  if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  const events: string[] = []
  const waiting: (() => void)[] = []
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  const ended = (async () => {
    let text = ""
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true })
        const blocks = text.split("\n\n")
        text = blocks.pop() ?? ""
        for (const block of blocks) {
          const data = /^data: ?(.*)$/m.exec(block)?.[1]
          if (/^event: ?next$/m.test(block) && data) events.push(data)
        }
        wake()
      }
    } catch {
      // Aborted by the test, or dropped by the server: both end the stream.
    }
    events.push("")
    wake()
  })()
  return {
    next: async () => {
      const endsAt = Date.now() + 30_000
      while (events.length === 0) {
        if (Date.now() > endsAt) throw new Error("no event came within half a minute")
        await Promise.race([
          new Promise<void>((resolve) => waiting.push(resolve)),
          new Promise<void>((resolve) => setTimeout(resolve, 200)),
        ])
      }
      const event = events.shift() ?? ""
      if (event === "") throw new Error("the stream has ended")
      const body = JSON.parse(event) as { data: Data; errors?: unknown } // the shape of the document subscribed to
      if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors))
      return body.data
    },
    ended,
    close: () => abort.abort(),
  }
}
