/**
 * What the data plane tells the control plane: in batches at most 250 ms apart, oldest items first, each with a number in its id and sent
 * again until it is accepted. Nothing on the path of a request waits for it.
 */
import {
  HEARTBEAT_MS,
  REPORT_BATCH_MS,
  REPORTS_PATH,
  type NodeLoad,
  type ReportBatch,
  type ReportItem,
} from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { Timer } from "../clock.ts"
import { LinkPost, PostRefused, type LinkPostOptions } from "./link-post.ts"
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

export interface LinkReporterOptions extends LinkPostOptions {
  readonly nodeName: string
  readonly boot: string
  readonly log: Logger
  readonly load: () => NodeLoad
}

/** Somebody waits for these: a mutation for its change to be in force, an exchange for a new token. They leave at once. */
const URGENT: ReadonlySet<string> = new Set(["snapshot-ack", "snapshot-refuse", "credential-refused", "command-ack"])
const BATCH_ITEMS = 500
const RETRY_FIRST_MS = 500
const RETRY_LONGEST_MS = 10_000
/** In-flight counts that changed are told this soon, without waiting for the regular heartbeat. */
const LOAD_CHANGED_MS = 500

export class LinkReporter implements Reporter {
  readonly #options: LinkReporterOptions
  readonly #spool = new Spool()
  readonly #post: LinkPost
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
    this.#post = new LinkPost(options)
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
    this.#post.close()
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
    // What fills a batch gains nothing by waiting: the pace is the control plane's, which answers when it has taken one.
    return this.#isUrgent || this.#spool.size >= BATCH_ITEMS ? 0 : REPORT_BATCH_MS
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
      const receipt = await this.#post.send(REPORTS_PATH, "application/json", [Buffer.from(JSON.stringify(batch))])
      this.#spool.accepted(receipt.accepted)
      // A receipt for nothing that was sent is a failure: without the wait after one it would be asked for again and again.
      const accepted = new Set(receipt.accepted)
      return batch.items.some((item) => accepted.has(item.id))
    } catch (error) {
      log.debug("reports.not-sent", { error: String(error), waiting: this.#spool.size })
      // Sent again it would be refused again, and everything behind it would wait for ever.
      if (error instanceof PostRefused) this.#spool.drop(batch.items.map((item) => item.id))
      return false
    }
  }

  #retryDelay(): number {
    return Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(6, this.#failures - 1))
  }
}
