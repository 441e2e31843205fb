/** A collector of traces as strict as the protocol's JSON: it takes what it knows to be right, and answers 400 to the rest. */
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly kind: number
  /** Nanoseconds since the epoch. */
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  readonly status: { readonly code?: number; readonly message?: string } | undefined
}

export interface Collector {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  readonly batches: readonly IncomingHttpHeaders[]
  /** Why batches were refused. */
  readonly faults: readonly string[]
  /** Answers the next batches with this status. */
  failWith(status: number | undefined): void
  stop(): Promise<void>
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const batches: IncomingHttpHeaders[] = []
  const faults: string[] = []
  let failure: number | undefined
  const server = createServer((request, response) => {
    let text = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (text += chunk))
    request.on("end", () => {
      batches.push(request.headers)
      if (failure !== undefined) return response.writeHead(failure).end()
      try {
        const isRight = request.method === "POST" && request.url === "/v1/traces"
        if (!isRight || request.headers["content-type"] !== "application/json") throw new Error("not a batch of traces")
        spans.push(...readBatch(JSON.parse(text)))
        return response.writeHead(200, { "content-type": "application/json" }).end("{}")
      } catch (error) {
        faults.push(String(error))
        return response.writeHead(400).end()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    batches,
    faults,
    failWith: (status) => void (failure = status),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Fields = Record<string, unknown>

function readBatch(value: unknown): CollectedSpan[] {
  const { resourceSpans } = only(value, ["resourceSpans"])
  return list(resourceSpans).flatMap((one) => {
    const { resource, scopeSpans } = only(one, ["resource", "scopeSpans"])
    const names = Object.keys(readAttributes(only(resource, ["attributes"])["attributes"]))
    if (!names.includes("service.name")) throw new Error("the resource has no service.name")
    return list(scopeSpans).flatMap((inner) => {
      const { scope, spans } = only(inner, ["scope", "spans"])
      only(scope, ["name", "version"])
      return list(spans).map(readSpan)
    })
  })
}

const SPAN = [
  "traceId",
  "spanId",
  "parentSpanId",
  "name",
  "kind",
  "startTimeUnixNano",
  "endTimeUnixNano",
  "attributes",
  "status",
]

function readSpan(value: unknown): CollectedSpan {
  const fields = only(value, SPAN)
  const { parentSpanId, kind, name, status } = fields
  const start = nanoseconds(fields["startTimeUnixNano"])
  const end = nanoseconds(fields["endTimeUnixNano"])
  if (end < start) throw new Error("a span ends before it begins")
  if (typeof name !== "string" || name === "") throw new Error("a span without a name")
  if (typeof kind !== "number" || kind < 1 || kind > 5) throw new Error(`no kind of span: ${String(kind)}`)
  return {
    traceId: hex(fields["traceId"], 32),
    spanId: hex(fields["spanId"], 16),
    parentSpanId: parentSpanId === undefined ? undefined : hex(parentSpanId, 16),
    name,
    kind,
    start,
    end,
    attributes: readAttributes(fields["attributes"]),
    status: status === undefined ? undefined : only(status, ["code", "message"]),
  }
}

function readAttributes(value: unknown): Record<string, string | number | boolean> {
  return Object.fromEntries(
    list(value).map((one) => {
      const { key, value: wrapped } = only(one, ["key", "value"])
      if (typeof key !== "string" || typeof wrapped !== "object" || wrapped === null) throw new Error("no attribute")
      const [entry, ...more] = Object.entries(wrapped)
      if (entry === undefined || more.length > 0) throw new Error(`${key} has not one value`)
      return [key, attributeValue(entry)]
    }),
  )
}

function attributeValue([type, value]: readonly [string, unknown]): string | number | boolean {
  if (type === "stringValue" && typeof value === "string") return value
  if (type === "boolValue" && typeof value === "boolean") return value
  if (type === "doubleValue" && typeof value === "number") return value
  // 64 bits are written as text.
  if (type === "intValue" && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value)
  throw new Error(`no value of an attribute: ${type}`)
}

function only(value: unknown, names: readonly string[]): Fields {
  if (typeof value !== "object" || value === null) throw new Error("no object")
  const unknown = Object.keys(value).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new Error(`nobody knows ${unknown}`)
  return value as Fields // an object, as just seen
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error("no list")
  return value
}

function hex(value: unknown, digits: number): string {
  if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/.test(value) || /^0+$/.test(value))
    throw new Error(`no id: ${String(value)}`)
  return value
}

function nanoseconds(value: unknown): bigint {
  if (typeof value !== "string" || !/^\d{19}$/.test(value)) throw new Error(`no time: ${String(value)}`)
  return BigInt(value)
}
