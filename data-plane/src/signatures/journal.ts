import type { Logger } from "#shared/log.ts"
import { deriveKey, open, seal } from "#shared/sealing.ts"
import type { Secret } from "#shared/secret.ts"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { appendFile, mkdir, rename, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Clock, Timer } from "../clock.ts"
import { readRecord } from "./read-record.ts"
import type { SignatureRecord, SignatureStore } from "./store.ts"

const FILE = "signatures.sealed"
const CONTEXT = ["data-plane", "signature-journal"]
const KEY_PURPOSE = "data plane signature journal"

/** What is kept within this time goes to disk in one write. */
export const JOURNAL_DELAY_MS = 500
/** The file is written anew when it has grown to twice what it was then, and by this. */
const GROWTH_BYTES = 4 * 1024 * 1024
/** More records than this wait for a slow disk only as long as they are fewer than the store holds. */
const MOST_PENDING = 1024
/** Records sealed between two breaths of the event loop. */
const BATCH = 128

export interface SignatureJournalOptions {
  readonly dataDirectory: string
  readonly linkToken: Secret<string>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * The signature store on disk, so that conversations go on after a restart: a line a record, each sealed under a key derived from the
 * link token. It is written behind the answers and without waiting for the disk; what is lost or damaged is forgotten, never an
 * error. Its size stays within a small multiple of the store's.
 */
export class SignatureJournal {
  readonly #directory: string
  readonly #path: string
  readonly #key: Buffer
  readonly #clock: Clock
  readonly #log: Logger
  #store: SignatureStore | undefined
  #pending: SignatureRecord[] = []
  /** More was kept than is worth waiting: the next write is of the whole store. */
  #isBehind = false
  #timer: Timer | undefined
  #writing: Promise<void> = Promise.resolve()
  #isWriting = false
  /** Size of the file, and what it was when it was last written anew. */
  #bytes = 0
  #baseBytes = 0
  #isBroken = false
  /** The last process may have died within a line. */
  #mayBeTorn = true

  constructor({ dataDirectory, linkToken, clock, log }: SignatureJournalOptions) {
    this.#directory = join(dataDirectory, "data-plane")
    this.#path = join(this.#directory, FILE)
    this.#key = deriveKey(createHash("sha256").update(linkToken.reveal()).digest(), KEY_PURPOSE)
    this.#clock = clock
    this.#log = log
  }

  /** Fills the store from disk. Called once, before anything is added. */
  load(store: SignatureStore): void {
    this.#store = store
    let damaged = 0
    for (const line of this.#lines()) {
      if (line === "") continue
      const record = this.#unseal(line)
      if (record === undefined) damaged += 1
      else store.restore(record)
    }
    if (damaged > 0) this.#log.warn("signatures.forgotten", { records: damaged })
    if (store.size > 0) this.#log.info("signatures.restored", { records: store.size, bytes: store.bytes })
  }

  add(record: SignatureRecord): void {
    if (!this.#isBehind) this.#pending.push(record)
    if (this.#pending.length > Math.max(MOST_PENDING, this.#store?.size ?? 0)) {
      this.#pending = []
      this.#isBehind = true
    }
    this.#timer ??= this.#clock.after(JOURNAL_DELAY_MS, () => this.#flush())
  }

  /** Writes what is left. Resolves when it is on its way to the disk, or has failed. */
  async close(): Promise<void> {
    this.#flush()
    await this.#writing
    // What was kept while that was written.
    this.#flush()
    await this.#writing
  }

  /** One write at a time; what comes during it waits for the next. */
  #flush(): void {
    this.#timer?.clear()
    this.#timer = undefined
    if (this.#isWriting || (this.#pending.length === 0 && !this.#isBehind)) return
    const records = this.#pending
    this.#pending = []
    this.#isWriting = true
    this.#writing = this.#write(records)
      .catch((error: unknown) => this.#failed(error))
      .then(() => {
        this.#isWriting = false
        if (this.#pending.length > 0 || this.#isBehind)
          this.#timer ??= this.#clock.after(JOURNAL_DELAY_MS, () => this.#flush())
      })
  }

  async #write(records: readonly SignatureRecord[]): Promise<void> {
    if (this.#isBehind) return this.#compact()
    const lines = await this.#sealed(records)
    const text = `${this.#mayBeTorn ? "\n" : ""}${lines}`
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    await appendFile(this.#path, text, { mode: 0o600 })
    this.#mayBeTorn = false
    this.#bytes += text.length
    this.#isBroken = false
    if (this.#bytes > this.#baseBytes * 2 + GROWTH_BYTES) await this.#compact()
  }

  /** A new file with what the store holds now. */
  async #compact(): Promise<void> {
    if (this.#store === undefined) return
    // Before the store is read: what is kept from now on is added.
    this.#isBehind = false
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const temporary = `${this.#path}.${process.pid}.tmp`
    await writeFile(temporary, "", { mode: 0o600 })
    let batch: SignatureRecord[] = []
    const append = async (): Promise<void> => appendFile(temporary, await this.#sealed(batch))
    // Copied: the store changes while the disk is waited for.
    const records = [...this.#store.records()]
    for (const record of records) {
      batch.push(record)
      if (batch.length < BATCH) continue
      await append()
      batch = []
    }
    await append()
    await rename(temporary, this.#path)
    this.#bytes = (await stat(this.#path)).size
    this.#baseBytes = this.#bytes
    this.#mayBeTorn = false
    this.#isBroken = false
  }

  async #sealed(records: readonly SignatureRecord[]): Promise<string> {
    let lines = ""
    for (const [index, record] of records.entries()) {
      if (index > 0 && index % BATCH === 0) await new Promise((resolve) => setImmediate(resolve))
      lines += `${seal(this.#key, JSON.stringify(record), CONTEXT)}\n`
    }
    return lines
  }

  #lines(): readonly string[] {
    try {
      const text = readFileSync(this.#path, "latin1")
      this.#bytes = text.length
      this.#baseBytes = Math.floor(text.length / 2)
      return text.split("\n")
    } catch (error) {
      if (!isMissing(error)) this.#log.error("signatures.unreadable", { error: String(error) })
      return []
    }
  }

  #unseal(line: string): SignatureRecord | undefined {
    try {
      return readRecord(JSON.parse(open(this.#key, line, CONTEXT).toString("utf8")))
    } catch {
      return undefined
    }
  }

  /** Said once, until writing works again. */
  #failed(error: unknown): void {
    if (!this.#isBroken) this.#log.error("signatures.not-written", { error: String(error) })
    this.#isBroken = true
    this.#mayBeTorn = true
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT"
}
