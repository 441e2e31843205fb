/**
 * What the data plane tells the control plane: in batches at most 250 ms apart, each item with an id and sent again until it is
 * accepted. Nothing on the path of a request waits for it.
 */
import {
  HEARTBEAT_MS,
  REPORT_BATCH_MS,
  REPORTS_PATH,
  type NodeLoad,
  type ReportBatch,
  type ReportItem,
  type ReportReceipt,
} from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { Secret } from "#shared/secret.ts"
import { Agent as ClearAgent, request as requestClear } from "node:http"
import { Agent as TlsAgent, request as requestTls } from "node:https"
import type { Clock, Timer } from "../clock.ts"
import { Spool } from "./spool.ts"

/** An item before the reporter stamps it. */
export type NewReport = ReportItem extends infer Item
  ? Item extends ReportItem
    ? Omit<Item, "id" | "at">
    : never
  : never

export interface Reporter {
  add(report: NewReport): void
}

export interface LinkReporterOptions {
  readonly controlUrl: string
  readonly linkToken: Secret<string>
  readonly nodeName: string
  readonly boot: string
  readonly clock: Clock
  readonly log: Logger
  readonly load: () => NodeLoad
}

/** Somebody waits for these: a mutation for its change to be in force, an exchange for a new token. They leave at once. */
const URGENT: ReadonlySet<string> = new Set(["snapshot-ack", "snapshot-refuse", "credential-refused", "command-ack"])
const BATCH_ITEMS = 500
const SEND_TIMEOUT_MS = 5_000
const RETRY_FIRST_MS = 500
const RETRY_LONGEST_MS = 10_000
/** In-flight counts that changed are told this soon, without waiting for the regular heartbeat. */
const LOAD_CHANGED_MS = 500
const RECEIPT_BYTES = 4 * 1024 * 1024

export class LinkReporter implements Reporter {
  readonly #options: LinkReporterOptions
  readonly #spool = new Spool()
  readonly #agent: ClearAgent | TlsAgent
  readonly #send: typeof requestClear
  #sequence = 0
  #failures = 0
  #sending: Promise<boolean> | undefined
  #isStopped = false
  #isUrgent = false
  #batchTimer: Timer | undefined
  #heartbeatTimer: Timer | undefined
  #loadTimer: Timer | undefined

  constructor(options: LinkReporterOptions) {
    this.#options = options
    const isTls = options.controlUrl.startsWith("https:")
    this.#agent = isTls
      ? new TlsAgent({ keepAlive: true, maxSockets: 1 })
      : new ClearAgent({ keepAlive: true, maxSockets: 1 })
    this.#send = isTls ? requestTls : requestClear
  }

  /** Lost since the process started because the spool was full. */
  get drops(): number {
    return this.#spool.drops
  }

  /** Not taken by the control plane yet. */
  get waiting(): number {
    return this.#spool.size
  }

  start(): void {
    this.#heartbeat()
    this.#heartbeatTimer = this.#options.clock.after(HEARTBEAT_MS, () => {
      this.#heartbeatTimer?.refresh()
      this.#heartbeat()
    })
  }

  add(report: NewReport): void {
    const { boot, clock } = this.#options
    const stamp = { id: `${boot}-${++this.#sequence}`, at: clock.now() }
    this.#spool.add({ ...report, ...stamp })
    if (URGENT.has(report.type) && !this.#isUrgent) {
      this.#isUrgent = true
      // After a failure the wait is the control plane's, however urgent.
      if (this.#failures === 0) {
        this.#batchTimer?.clear()
        this.#batchTimer = undefined
      }
    }
    this.#schedule(this.#batchDelay())
  }

  /** Something in the node's load changed: a heartbeat follows soon. */
  loadChanged(): void {
    this.#loadTimer ??= this.#options.clock.after(LOAD_CHANGED_MS, () => {
      this.#loadTimer = undefined
      this.#heartbeat()
    })
  }

  /** Sends what is left, within `limitMs`, and stops. */
  async stop(limitMs: number): Promise<void> {
    this.#heartbeatTimer?.clear()
    this.#loadTimer?.clear()
    this.#heartbeat()
    const limit = new Promise<"limit">((resolve) => this.#options.clock.after(limitMs, () => resolve("limit")))
    while (this.#spool.size > 0) {
      const sent = await Promise.race([this.#flush(), limit])
      if (sent !== true) break
    }
    this.#isStopped = true
    this.#batchTimer?.clear()
    this.#agent.destroy()
  }

  #heartbeat(): void {
    if (!this.#isStopped) this.add({ type: "heartbeat", ...this.#options.load() })
  }

  #schedule(ms: number): void {
    if (this.#isStopped || this.#batchTimer !== undefined || this.#sending !== undefined) return
    this.#batchTimer = this.#options.clock.after(ms, () => {
      this.#batchTimer = undefined
      void this.#flush()
    })
  }

  #batchDelay(): number {
    return this.#isUrgent ? 0 : REPORT_BATCH_MS
  }

  /** One batch, or the one under way. True when it was taken; never rejects. */
  #flush(): Promise<boolean> {
    this.#sending ??= this.#sendBatch().then((isTaken) => {
      this.#sending = undefined
      this.#failures = isTaken ? 0 : this.#failures + 1
      if (this.#spool.size > 0) this.#schedule(isTaken ? this.#batchDelay() : this.#retryDelay())
      return isTaken
    })
    return this.#sending
  }

  async #sendBatch(): Promise<boolean> {
    const { nodeName, boot, log, clock } = this.#options
    const drops = this.#spool.takeDrops()
    if (drops > 0) {
      log.warn("reports.dropped", { count: drops, total: this.#spool.drops })
      this.#spool.add({ type: "dropped", count: drops, id: `${boot}-${++this.#sequence}`, at: clock.now() })
    }
    this.#isUrgent = false
    const batch: ReportBatch = { node: nodeName, boot, items: this.#spool.peek(BATCH_ITEMS) }
    try {
      const receipt = await this.#post(JSON.stringify(batch))
      this.#spool.accepted(receipt.accepted)
      return receipt.accepted.length > 0
    } catch (error) {
      log.debug("reports.not-sent", { error: String(error), waiting: this.#spool.size })
      // Sent again it would be refused again, and everything behind it would wait for ever.
      if (error instanceof BatchRefused) this.#spool.drop(batch.items.map((item) => item.id))
      return false
    }
  }

  #retryDelay(): number {
    return Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(6, this.#failures - 1))
  }

  #post(body: string): Promise<ReportReceipt> {
    const { controlUrl, linkToken, clock } = this.#options
    return new Promise((resolve, reject) => {
      const outgoing = this.#send(`${controlUrl}${REPORTS_PATH}`, {
        method: "POST",
        agent: this.#agent,
        headers: {
          authorization: `Bearer ${linkToken.reveal()}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
      })
      const timer = clock.after(SEND_TIMEOUT_MS, () => outgoing.destroy(new Error("no receipt within five seconds")))
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
          else reject(reportFailure(message.statusCode ?? 0))
        })
      })
      outgoing.end(body)
    })
  }
}

/** The control plane found the batch itself at fault. */
class BatchRefused extends Error {
  override readonly name = "BatchRefused"
}

function reportFailure(status: number): Error {
  const message = `the control plane answered ${status} to a report`
  return status === 400 || status === 413 || status === 422 ? new BatchRefused(message) : new Error(message)
}

function parseReceipt(text: string): ReportReceipt | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== "object" || value === null || !("accepted" in value) || !Array.isArray(value.accepted))
      return undefined
    return { accepted: value.accepted.filter((id): id is string => typeof id === "string") }
  } catch {
    // Not JSON: the batch counts as not taken and is sent again.
    return undefined
  }
}
