/**
 * The client side of every cell: plain node:http, one keep-alive agent for each target, each answer compared byte for byte while it
 * arrives. Times are on the machine's monotonic clock. Anything unexpected (a status, a cut, a difference, silence) rejects.
 */
import { Agent, request as httpRequest } from "node:http"
import type { ClientRequest, IncomingMessage } from "node:http"
import { type AnswerSpec, encodeSpec } from "./answer.ts"
import { requestBody } from "./answer-wire.ts"
import { AnswerChecker, WrongAnswer } from "./answer-checker.ts"
import { monotonicMs } from "./clock.ts"

export interface Finished {
  /** From the request's first byte to the first content of the answer. */
  readonly firstContentMs: number
  /** When each chunk of the answer arrived. */
  readonly arrivals: readonly number[]
}

/** One request under way. `finished` rejects after `leave`, and is to be ignored then. */
export interface Exchange {
  readonly spec: AnswerSpec
  readonly firstContent: Promise<void>
  readonly finished: Promise<Finished>
  /** Chunks that have arrived so far. */
  chunks(): number
  /** The client goes away in the middle: its connection is destroyed. */
  leave(): void
}

export interface Address {
  readonly port: number
  readonly apiKey: string
}

/** Longest silence that a cell may see; an answer that is held is exempt once its first chunk came. */
const SILENCE_MS = 20_000

export class Loader {
  private readonly address: Address
  private readonly agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 })

  constructor(address: Address) {
    this.address = address
  }

  open(spec: AnswerSpec): Exchange {
    const body = requestBody(spec)
    const startedAt = monotonicMs()
    const request = httpRequest({
      host: "127.0.0.1",
      port: this.address.port,
      method: "POST",
      path: "/v1/chat/completions",
      agent: this.agent,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${this.address.apiKey}`,
        "content-length": body.length,
      },
    })
    const reading = read(request, spec, startedAt)
    request.end(body)
    return { ...reading, spec, leave: () => request.destroy() }
  }

  /** `count` requests over `connections` connections, each sent when the one before it on its connection was answered. */
  async closedLoop(count: number, connections: number, nextSpec: () => AnswerSpec): Promise<Finished[]> {
    const results: Finished[] = []
    let left = count
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        results.push(await this.open(nextSpec()).finished)
      }
    }
    await Promise.all(Array.from({ length: connections }, worker))
    return results
  }

  close(): void {
    this.agent.destroy()
  }
}

function read(
  request: ClientRequest,
  spec: AnswerSpec,
  startedAt: number,
): Pick<Exchange, "firstContent" | "finished" | "chunks"> {
  const checker = new AnswerChecker(spec)
  const arrivals: number[] = []
  let sawContent = (): void => undefined
  const firstContent = new Promise<void>((resolve) => (sawContent = resolve))
  const finished = new Promise<Finished>((resolve, reject) => {
    request.setTimeout(SILENCE_MS, () => {
      if (!spec.isHeld || arrivals.length === 0)
        request.destroy(new WrongAnswer(`silence for ${SILENCE_MS} ms (${encodeSpec(spec)})`))
    })
    const fail = (error: unknown): void => {
      reject(error)
      request.destroy()
    }
    request.on("error", fail)
    request.on("response", (response) => {
      if (response.statusCode !== 200) {
        void refusal(response, spec).then(fail, fail)
        return
      }
      response.on("data", (bytes: Buffer) => {
        try {
          checker.push(bytes)
        } catch (error) {
          fail(error)
        }
        if (arrivals.length === 0 && checker.chunks > 0) sawContent()
        const now = monotonicMs()
        while (arrivals.length < checker.chunks) arrivals.push(now)
      })
      response.on("error", fail)
      response.on("end", () => {
        try {
          checker.end()
        } catch (error) {
          fail(error)
        }
        resolve({ firstContentMs: (arrivals[0] ?? Number.NaN) - startedAt, arrivals })
      })
    })
  })
  // Whoever waits for the first content must hear of a failure too; a held exchange has no other listener before it leaves.
  const either = Promise.race([firstContent, finished.then(() => undefined)])
  either.catch(() => undefined)
  return { firstContent: either, finished, chunks: () => arrivals.length }
}

async function refusal(response: IncomingMessage, spec: AnswerSpec): Promise<WrongAnswer> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part as Buffer) // no encoding was set
  const body = Buffer.concat(parts).toString().slice(0, 500)
  return new WrongAnswer(`status ${response.statusCode}: ${body} (${encodeSpec(spec)})`)
}
