/**
 * The panel's one way to the control plane: an urql client for queries and mutations over POST, and for subscriptions
 * over server-sent events, on this origin only. Law: nothing here knows a page; what pages need to know about the
 * wire is `connection` (does the control plane answer, are the streams up, and did they come back) and `onRefused` (is the session
 * still there).
 */
import { Client, fetchExchange, mapExchange, type OperationResult, subscriptionExchange } from "@urql/core"
import { type Connection, createConnection } from "./connection.ts"
import { createEventStream } from "./event-stream.ts"
import { createSharedStreams } from "./shared-streams.ts"
import { wait } from "./streams.ts"

export interface PanelClient {
  client: Client
  connection: Connection
}

export interface PanelClientOptions {
  url: string
  /** Called when the control plane refused something, or a stream broke: time to ask whether one is still signed in. */
  onRefused: () => void
  /** How long to wait before the attempt that follows `failures` failed ones, in milliseconds. */
  retryDelayMs?: (failures: number) => number
}

// Sent with everything, so that a form of another site can never be taken for the panel.
const headers = { "x-csrf": "1" }

const backOff = (failures: number) => Math.min(500 * 2 ** failures, 5_000) * (0.75 + Math.random() / 2)

/** Whether nobody answered, or somebody who is not the control plane. */
const isUnanswered = ({ error }: OperationResult): boolean => {
  const status: unknown = error?.response?.status
  return error?.networkError !== undefined && !(typeof status === "number" && status < 500)
}

/** Makes the client of one page. */
export function createPanelClient(options: PanelClientOptions): PanelClient {
  const retryDelayMs = options.retryDelayMs ?? backOff
  const { connection, breaks, stands, leaves, isUnreachable, answers } = createConnection()
  const streams = createSharedStreams(createEventStream({ url: `${options.url}/stream`, headers, retryDelayMs }))

  /** Asks until somebody answers; what comes of it is seen by `onResult`. */
  let isProbing = false
  const probe = async () => {
    if (isProbing) return
    isProbing = true
    for (let failures = 0; connection.unreachableSince() !== undefined; failures++) {
      // eslint-disable-next-line no-await-in-loop -- one attempt after the other
      await wait(retryDelayMs(failures))
      options.onRefused()
    }
    isProbing = false
  }

  const exchanges = [
    mapExchange({
      onResult(result) {
        if (result.operation.kind !== "subscription") {
          if (isUnanswered(result)) {
            isUnreachable()
            void probe()
          } else answers()
        }
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
          const stop = streams.open(body, {
            next: (result) => sink.next(result as Parameters<typeof sink.next>[0]), // urql types it by its document
            stands: () => stands(stream),
            breaks: () => {
              breaks(stream)
              options.onRefused()
            },
          })
          return {
            unsubscribe: () => {
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
