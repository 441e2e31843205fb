/** Stands between a client and the gateway and writes down what the client asked, and what it was told. */
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"

export interface RecordedCall {
  readonly method: string
  /** Without its query. */
  readonly path: string
  /** The parsed body; undefined when there is none. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** 0 until the answer began. */
  status: number
  answerHeaders: Readonly<Record<string, string | string[] | undefined>>
  /** As far as it has come. */
  answer: string
}

export interface RecordingProxy {
  readonly url: string
  /** The calls so far, oldest first; those of one path. */
  calls(path: string): RecordedCall[]
  /** Forgets what was called so far. */
  clear(): void
  close(): Promise<void>
}

export interface RecordingOptions {
  /** Asks the gateway for this model in place of the one that the client names. */
  readonly model?: string
}

export async function startRecordingProxy(target: string, { model }: RecordingOptions = {}): Promise<RecordingProxy> {
  let recorded: RecordedCall[] = []
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
    incoming.on("end", () => {
      const bytes = Buffer.concat(chunks)
      const call: RecordedCall = {
        method: incoming.method ?? "",
        path: (incoming.url ?? "").split("?")[0] ?? "",
        // The clients under test send objects.
        body: bytes.length === 0 ? undefined : (JSON.parse(bytes.toString()) as Record<string, unknown>),
        status: 0,
        answerHeaders: {},
        answer: "",
      }
      recorded.push(call)
      const sent = model === undefined || call.body === undefined ? bytes : JSON.stringify({ ...call.body, model })
      const { method = "GET" } = incoming
      const headers = { ...incoming.headers, ...(sent === bytes ? {} : { "content-length": Buffer.byteLength(sent) }) }
      const upstream = request(new URL(incoming.url ?? "", target), { method, headers, agent: false }, (answer) => {
        call.status = answer.statusCode ?? 0
        call.answerHeaders = answer.headers
        outgoing.writeHead(call.status, answer.headers)
        answer.on("data", (chunk: Buffer) => (call.answer += chunk.toString("latin1")))
        answer.on("error", () => outgoing.destroy())
        answer.pipe(outgoing)
      })
      upstream.on("error", () => outgoing.destroy())
      outgoing.on("error", () => upstream.destroy())
      outgoing.on("close", () => upstream.destroy())
      upstream.end(sent)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server has one
  return {
    url: `http://127.0.0.1:${port}`,
    calls: (path) => recorded.filter((call) => call.path === path),
    clear: () => {
      recorded = []
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
