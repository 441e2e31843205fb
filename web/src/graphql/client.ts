/**
 * The panel's one way to the control plane: an urql client for queries and mutations over POST, and for subscriptions
 * over server-sent events, on this origin only. Law: nothing here knows a page; what pages need to know about the
 * wire is `connection` (are the streams up, and did they come back) and `onRefused` (is the session still there).
 */
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "@urql/core"
import { createClient as createEventStreamClient, type RequestParams } from "graphql-sse"
import { type Accessor, createSignal } from "solid-js"

/** How the streams are: shown by the shell, watched by pages that must read again what they may have missed. */
export interface Connection {
  /** True from the moment a stream broke until all streams that are wanted are up again. */
  reconnecting: Accessor<boolean>
  /** Grows by one whenever a stream is up, at first or again: what was read before may lack what happened meanwhile. */
  generation: Accessor<number>
}

export interface PanelClient {
  client: Client
  connection: Connection
}

export interface PanelClientOptions {
  url: string
  /** Called when the control plane refused something, or a stream broke: time to ask whether one is still signed in. */
  onRefused: () => void
  /** How long to wait before the attempt that follows `attempts` failed ones, in milliseconds. */
  retryDelayMs?: (attempts: number) => number
}

// Sent with everything, so that a form of another site can never be taken for the panel.
const headers = { "x-csrf": "1" }

const backOff = (attempts: number) => Math.min(500 * 2 ** attempts, 5_000) * (0.75 + Math.random() / 2)
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Which streams are broken now; a stream is named by an object of its own. */
function createConnection() {
  const broken = new Set<object>()
  const [reconnecting, setReconnecting] = createSignal(false)
  const [generation, setGeneration] = createSignal(0)
  const show = () => setReconnecting(broken.size > 0)
  return {
    connection: { reconnecting, generation },
    breaks: (stream: object) => {
      broken.add(stream)
      show()
    },
    stands: (stream: object) => {
      broken.delete(stream)
      show()
      setGeneration((count) => count + 1)
    },
    leaves: (stream: object) => {
      broken.delete(stream)
      show()
    },
  }
}

/** A client for one signed-in or signed-out panel; it lives as long as the page. */
export function createPanelClient(options: PanelClientOptions): PanelClient {
  const retryDelayMs = options.retryDelayMs ?? backOff
  const { connection, breaks, stands, leaves } = createConnection()
  const events = createEventStreamClient({
    url: options.url,
    headers,
    credentials: "same-origin",
    retryAttempts: Number.POSITIVE_INFINITY,
    retry: (attempts) => wait(retryDelayMs(attempts)),
  })

  const exchanges = [
    mapExchange({
      onResult(result) {
        const refused = result.error !== undefined && result.error.networkError === undefined
        const denied = result.error?.response?.status === 401 || result.error?.response?.status === 403
        if ((refused || denied) && result.operation.context.asksSession !== true) options.onRefused()
        // An answer without data says so by null: to who reads it that is the same as none.
        return result.data === null ? { ...result, data: undefined } : result
      },
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: (body) => ({
        subscribe: (sink) => {
          const stream = {}
          let stopped = false
          let stop = () => {}
          const broke = () => {
            if (stopped) return
            breaks(stream)
            options.onRefused()
          }
          // A stream that the server ends, or that ends in a way graphql-sse takes for final, is opened again: the
          // panel wants it until the page leaves.
          const reopen = async () => {
            broke()
            await wait(retryDelayMs(2))
            if (!stopped) open()
          }
          const open = () => {
            stop = events.subscribe(
              body as RequestParams, // `documentId` stands for `query` in production
              {
                next: (result) => sink.next(result as Parameters<typeof sink.next>[0]), // urql types it by its document
                error: () => void reopen(),
                complete: () => void (stopped || reopen()),
              },
              { connecting: (again) => again && broke(), connected: () => stands(stream) },
            )
          }
          open()
          return {
            unsubscribe: () => {
              stopped = true
              stop()
              leaves(stream)
            },
          }
        },
      }),
    }),
  ]
  const client = new Client({
    url: options.url,
    exchanges,
    preferGetMethod: false,
    requestPolicy: "network-only",
    fetchOptions: { headers, credentials: "same-origin" },
  })
  return { client, connection }
}
