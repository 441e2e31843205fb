/** Somebody who gets alerts: takes what is signed with its secret, keeps it, and answers as it is told. */
import { createHmac } from "node:crypto"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface ReceivedAlert {
  readonly id: string
  readonly type: string
  readonly text: string
  readonly alert: {
    readonly id: string
    readonly kind: string
    readonly state: string
    readonly count: number
    readonly summary: string
    readonly since: string
    readonly until: string | null
    readonly evidence: readonly { readonly subject: string; readonly label: string; readonly detail: string }[]
  }
}

export interface WebhookReceiver {
  readonly url: string
  readonly port: number
  /** Whoever called, taken or not. */
  readonly calls: readonly { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string }[]
  /** Those that were answered with 200. */
  readonly taken: readonly ReceivedAlert[]
  answer(status: number, headers?: Record<string, string>): void
  stop(): Promise<void>
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const calls: WebhookReceiver["calls"][number][] = []
  const taken: ReceivedAlert[] = []
  let status = 200
  let headers: Record<string, string> = {}
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("end", () => {
      calls.push({ headers: request.headers, body, path: request.url ?? "" })
      if (status === 200) taken.push(JSON.parse(body) as ReceivedAlert) // what our own message says
      response.writeHead(status, headers).end("noted")
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    calls,
    taken,
    answer: (next, more = {}) => {
      status = next
      headers = more
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** As a receiver checks it, by the words of docs/reference/alerts.md. */
export function isSigned({ headers, body }: WebhookReceiver["calls"][number], secret: string, now: number): boolean {
  const [, time = "", mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["lagrange-signature"])) ?? []
  const own = createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")
  return mac === own && Math.abs(now / 1000 - Number(time)) < 300
}
