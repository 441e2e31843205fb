/**
 * What data planes share through a store: one stream of facts, to which each appends what it has learnt and from which each takes what
 * others have (docs/decisions/0013-a-stream-of-facts.md). Nobody ever asks the store about a request: what is known is in memory, and
 * a store that is away, silent or full makes it less, never a request slower. What waits for it is bounded, and what is lost counted.
 */
import type { SharingLoad } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import type { StoreAddress } from "#shared/store-address.ts"
import type { Clock, Timer } from "../clock.ts"
import type { Config } from "../config.ts"
import type { Pool } from "../pool/pool.ts"
import type { SignatureStore } from "../signatures/store.ts"
import { redialDelayMs } from "../snapshot/link-state.ts"
import type { SnapshotStore } from "../snapshot/store.ts"
import { Connection, refusal, SILENCE_MS, StoreFailure } from "./connection.ts"
import { factKey, openFacts, sealFacts, type Fact, type FactKey } from "./fact.ts"
import { Outbox } from "./outbox.ts"
import { ErrorReply, type Reply } from "./resp.ts"
import { append, newest, readAfter, readNewest, readPage, type StreamEntry } from "./stream.ts"
import { StreamPlace } from "./stream-place.ts"

export interface SharingOptions {
  readonly address: StoreAddress
  readonly certificateAuthorities: readonly string[] | undefined
  /** Of this process: what it said itself. */
  readonly boot: string
  readonly clock: Clock
  readonly random: () => number
  readonly log: Logger
  readonly signatures: Pick<SignatureStore, "restore">
  readonly pool: Pick<Pool, "learn">
  /** `state` is another one. */
  readonly onChange: () => void
}

/** Undefined where no store is named. Begins with the first snapshot, which brings the key. */
export function createSharing(
  { sharedStore }: Pick<Config, "sharedStore">,
  { store, ...options }: Omit<SharingOptions, "address"> & { readonly store: Pick<SnapshotStore, "onSwap"> },
): Sharing | undefined {
  if (sharedStore === undefined) return undefined
  const sharing = new Sharing({ ...options, address: sharedStore.reveal() })
  store.onSwap(({ apiKeyPepper }) => sharing.adopt(apiKeyPepper))
  return sharing
}

/** Facts by what became of them. */
export interface FactCounts {
  readonly sent: number
  readonly received: number
  readonly dropped: number
  /** Entries and facts in them that are none of ours. */
  readonly unreadable: number
}

/** What is learnt within this time goes together. */
const GATHER_MS = 5
/** How long a read waits for an entry: the store has to answer so often. */
const READ_WAIT_MS = 5_000
/** A store that takes no facts is given this time. */
export const REFUSED_WAIT_MS = 5_000
/** A connection that held so long was a good one: after it the first try comes soon. */
const GOOD_MS = 30_000

export class Sharing {
  readonly #options: SharingOptions
  readonly #outbox = new Outbox()
  #key: FactKey | undefined
  #place = new StreamPlace()
  #reader: Connection | undefined
  /** Undefined: there is no session. */
  #writer: Connection | undefined
  #openedAt: number | undefined
  #redial: Timer | undefined
  #failures = 0
  /** Reasons that were told since it was last open. */
  readonly #told = new Set<string>()
  #state: SharingLoad
  #gather: Timer | undefined
  #sending: Promise<void> | undefined
  #isRefused = false
  #isStopped = false
  #sent = 0
  #received = 0
  #unreadable = 0

  constructor(options: SharingOptions) {
    this.#options = options
    this.#state = { isUp: false, since: options.clock.now() }
  }

  get state(): SharingLoad {
    return this.#state
  }

  get counts(): FactCounts {
    return {
      sent: this.#sent,
      received: this.#received,
      dropped: this.#outbox.lost,
      unreadable: this.#unreadable,
    }
  }

  /** Of each snapshot that comes into force: with the first one sharing begins, with another installation's anew. */
  adopt(apiKeyPepper: Buffer): void {
    const key = factKey(apiKeyPepper)
    if (this.#isStopped || key.stream === this.#key?.stream) return
    const isFirst = this.#key === undefined
    this.#key = key
    this.#place = new StreamPlace()
    if (isFirst) return this.#dial()
    this.#outbox.clear()
    this.#hangUp(new StoreFailure("the snapshot is another installation's"))
  }

  /** Costs a moment, whatever the store does. */
  tell(fact: Fact): void {
    if (this.#isStopped) return
    this.#outbox.add(fact)
    this.#sendSoon(GATHER_MS)
  }

  /** Tells what is left, within `limitMs`, and lets go. */
  async stop(limitMs: number): Promise<void> {
    this.#isStopped = true
    this.#redial?.clear()
    this.#gather?.clear()
    const limit = new Promise<void>((resolve) => this.#options.clock.after(limitMs, resolve))
    if (this.#writer !== undefined) await Promise.race([this.#sendAll(), limit])
    this.#hangUp(new StoreFailure("this data plane stops"))
  }

  #dial(): void {
    const { clock, random } = this.#options
    void this.#session().catch((error: unknown) => {
      this.#hangUp(new StoreFailure("the other connection ended"))
      if (this.#isStopped) return
      if (this.#openedAt !== undefined && clock.monotonic() - this.#openedAt >= GOOD_MS) this.#failures = 0
      this.#openedAt = undefined
      this.#failures += 1
      this.#tellLost(error)
      this.#redial = clock.after(redialDelayMs(this.#failures, random()), () => this.#dial())
    })
  }

  /** From dialling to the end, with which it rejects. */
  async #session(): Promise<never> {
    const [reader, writer] = await this.#connect()
    try {
      return await this.#share(reader, writer)
    } finally {
      writer.close()
    }
  }

  async #share(reader: Connection, writer: Connection): Promise<never> {
    const { address, log, clock } = this.#options
    const stream = this.#key?.stream ?? ""
    const [last] = await reader.ask([newest(stream)])
    this.#place.compare(readNewest(acceptable(last)))
    this.#takePage(await reader.ask([readAfter(stream, this.#place.last, 0)]))
    this.#writer = writer
    this.#openedAt = clock.monotonic()
    this.#told.clear()
    // Whether this one takes facts is still to be seen.
    this.#isRefused = false
    this.#turn(true)
    log.info("sharing.opened", { host: address.host, port: address.port })
    this.#sendSoon(0)
    for (;;) {
      const read = readAfter(stream, this.#place.last, READ_WAIT_MS)
      this.#takePage(await reader.ask([read], READ_WAIT_MS + SILENCE_MS))
    }
  }

  /** Two connections: one that waits for others' facts says nothing meanwhile. */
  async #connect(): Promise<[reader: Connection, writer: Connection]> {
    const reader = await Connection.open(this.#options)
    this.#reader = reader
    const writer = await Connection.open(this.#options)
    if (this.#isStopped || reader !== this.#reader) {
      writer.close()
      throw new StoreFailure("nobody wants it any more")
    }
    return [reader, writer]
  }

  #hangUp(failure: StoreFailure): void {
    this.#reader?.close(failure)
    this.#writer?.close(failure)
    this.#reader = undefined
    this.#writer = undefined
  }

  #turn(isUp: boolean, reason?: string): void {
    const before = this.#state
    if (this.#isStopped || (before.isUp === isUp && before.reason === reason)) return
    const since = before.isUp === isUp ? before.since : this.#options.clock.now()
    this.#state = { isUp, since, ...(reason === undefined ? {} : { reason }) }
    this.#options.onChange()
  }

  #tellLost(error: unknown): void {
    const { address, log } = this.#options
    const { host, port } = address
    // Of a failure of ours the log alone says more: nothing else has looked at its words.
    this.#turn(false, error instanceof StoreFailure ? error.message : "this data plane failed at it, as its log says")
    const reason = error instanceof StoreFailure ? error.message : String(error)
    if (this.#told.has(reason)) return log.debug("sharing.unreachable", { reason, failures: this.#failures })
    this.#told.add(reason)
    log.warn("sharing.lost", { reason, host, port })
  }

  #takePage(replies: readonly Reply[]): void {
    for (const entry of readPage(acceptable(replies[0]))) this.#take(entry)
  }

  #take({ id, by, facts }: StreamEntry): void {
    if (!this.#place.read(id, facts?.length ?? 0)) throw new StoreFailure("its stream runs backwards")
    const key = this.#key
    const opened = key && by !== undefined && facts !== undefined ? openFacts(key, by, facts) : undefined
    if (opened === undefined) this.#unreadable += 1
    else for (const fact of opened) this.#learn(fact, by === this.#options.boot)
  }

  #learn(fact: Fact | undefined, isOwn: boolean): void {
    const { signatures, pool } = this.#options
    if (fact === undefined) {
      this.#unreadable += 1
      return
    }
    if (!isOwn) this.#received += 1
    // Homes count in the order of the stream, one's own among the others': so all data planes agree.
    if (fact.type !== "signature") pool.learn(fact)
    else if (!isOwn) signatures.restore(fact.record)
  }

  #sendSoon(ms: number): void {
    if (this.#writer === undefined || this.#sending !== undefined || this.#isStopped) return
    this.#gather ??= this.#options.clock.after(ms, () => {
      this.#gather = undefined
      void this.#sendAll()
    })
  }

  /** Never rejects. */
  #sendAll(): Promise<void> {
    this.#sending ??= this.#sendRounds().finally(() => {
      this.#sending = undefined
      if (this.#outbox.size > 0) this.#sendSoon(this.#isRefused ? REFUSED_WAIT_MS : GATHER_MS)
    })
    return this.#sending
  }

  async #sendRounds(): Promise<void> {
    while (this.#outbox.size > 0 && this.#writer !== undefined && this.#key !== undefined) {
      if (!(await this.#sendRound(this.#writer, this.#key))) return
    }
  }

  /** False: what was not taken is in the outbox again, and not tried before a while has passed. */
  async #sendRound(writer: Connection, key: FactKey): Promise<boolean> {
    const { boot, log } = this.#options
    const batches = this.#outbox.take()
    const commands = batches.map((facts) => append(key.stream, this.#place.oldest, boot, sealFacts(key, boot, facts)))
    let replies: readonly Reply[]
    try {
      replies = await writer.ask(commands)
    } catch (error) {
      // Maybe it was taken nevertheless: what is told twice does no harm.
      if (key === this.#key) this.#outbox.putBack(batches)
      else this.#outbox.lose(batches.flat().length)
      this.#reader?.close(error instanceof StoreFailure ? error : new StoreFailure(String(error)))
      return false
    }
    const refused = batches.filter((_batch, index) => replies[index] instanceof ErrorReply)
    for (const batch of batches) if (!refused.includes(batch)) this.#sent += batch.length
    const error = replies.find((reply) => reply instanceof ErrorReply)
    if (error === undefined) {
      if (this.#isRefused) log.info("sharing.resumed")
      this.#isRefused = false
      // Its connection may have been lost meanwhile.
      if (writer === this.#writer) this.#turn(true)
      return true
    }
    this.#outbox.putBack(refused)
    const reason = refusal(error).message
    if (!this.#isRefused) log.warn("sharing.refused", { reason })
    this.#isRefused = true
    this.#turn(false, reason)
    return false
  }
}

/** Throws for an error of the store's. */
function acceptable(reply: Reply | undefined): Reply | undefined {
  if (reply instanceof ErrorReply) throw refusal(reply)
  return reply
}
