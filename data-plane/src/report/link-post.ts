/** One POST to the control plane at a time, over a connection that stays: the way up of the link. */
import type { ReportReceipt } from "#shared/link-protocol.ts"
import type { Secret } from "#shared/secret.ts"
import { Agent as ClearAgent, request as requestClear } from "node:http"
import { Agent as TlsAgent, request as requestTls } from "node:https"
import type { Clock } from "../clock.ts"

export interface LinkPostOptions {
  readonly controlUrl: string
  readonly linkToken: Secret<string>
  readonly clock: Clock
}

const SEND_TIMEOUT_MS = 5_000
const RECEIPT_BYTES = 4 * 1024 * 1024

/** The control plane found what was sent itself at fault: sent again it would be refused again. */
export class PostRefused extends Error {
  override readonly name = "PostRefused"
}

/** The control plane answered, and took it not: that may be about what was sent alone. */
export class PostNotTaken extends Error {
  override readonly name = "PostNotTaken"
}

export class LinkPost {
  readonly #options: LinkPostOptions
  readonly #agent: ClearAgent | TlsAgent
  readonly #send: typeof requestClear

  constructor(options: LinkPostOptions) {
    this.#options = options
    const isTls = options.controlUrl.startsWith("https:")
    this.#agent = isTls
      ? new TlsAgent({ keepAlive: true, maxSockets: 1 })
      : new ClearAgent({ keepAlive: true, maxSockets: 1 })
    this.#send = isTls ? requestTls : requestClear
  }

  /** The receipt. Rejects where there is none; with `PostRefused` where there never will be. */
  send(path: string, type: string, chunks: readonly Buffer[], timeoutMs = SEND_TIMEOUT_MS): Promise<ReportReceipt> {
    const { controlUrl, linkToken, clock } = this.#options
    return new Promise((resolve, reject) => {
      const outgoing = this.#send(`${controlUrl}${path}`, {
        method: "POST",
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${linkToken.reveal()}`,
          "content-type": type,
          "content-length": chunks.reduce((sum, chunk) => sum + chunk.length, 0),
        },
      })
      const timer = clock.after(timeoutMs, () =>
        outgoing.destroy(new Error(`no receipt within ${timeoutMs / 1000} seconds`)),
      )
      const fail = (error: Error): void => {
        timer.clear()
        reject(error)
      }
      outgoing.on("error", fail)
      outgoing.on("response", (message) => {
        let text = ""
        message.setEncoding("utf8")
        message.on("data", (chunk: string) => {
          text += chunk
          if (text.length > RECEIPT_BYTES) outgoing.destroy(new Error("the receipt is too long"))
        })
        message.on("error", fail)
        message.on("close", () => {
          timer.clear()
          const receipt = message.statusCode === 200 && message.complete ? parseReceipt(text) : undefined
          if (receipt !== undefined) resolve(receipt)
          else reject(postFailure(message.statusCode ?? 0))
        })
      })
      for (const chunk of chunks) outgoing.write(chunk)
      outgoing.end()
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function postFailure(status: number): Error {
  const message = `the control plane answered ${status} to a report`
  if (status === 400 || status === 413 || status === 422) return new PostRefused(message)
  return status >= 500 ? new PostNotTaken(message) : new Error(message)
}

function parseReceipt(text: string): ReportReceipt | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null || !("accepted" in value) || !Array.isArray(value.accepted))
      return undefined
    return { accepted: value.accepted.filter((id): id is string => typeof id === "string") }
  } catch {
    // Not JSON: what was sent counts as not taken and is sent again.
    return undefined
  }
}
