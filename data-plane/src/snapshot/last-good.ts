/**
 * The last good snapshot on disk, sealed under a key derived from the link token, so that a node starts and serves with no control
 * plane at all. Two generations: a damaged newest one is put aside and the one before is used. A write is whole or not there.
 */
import type { SnapshotFrame } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { deriveKey, open, seal } from "#shared/sealing.ts"
import type { Secret } from "#shared/secret.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, renameSync } from "node:fs"
import { mkdir, open as openFile, rename } from "node:fs/promises"
import { join } from "node:path"

const NEWEST = "snapshot.sealed"
const PREVIOUS = "snapshot.previous.sealed"
const CONTEXT = ["data-plane", "last-good-snapshot"]
const KEY_PURPOSE = "lagrange data plane last good snapshot"

export interface LastGoodOptions {
  readonly dataDirectory: string
  readonly linkToken: Secret<string>
  readonly log: Logger
}

export interface LoadedSnapshot {
  readonly snapshot: Snapshot
  /** Of the frame it came in. */
  readonly hash: string
}

export class LastGood {
  readonly #directory: string
  readonly #key: Buffer
  readonly #log: Logger
  #next: SnapshotFrame | undefined
  #writing: Promise<void> | undefined

  constructor(options: LastGoodOptions) {
    this.#directory = join(options.dataDirectory, "data-plane")
    this.#key = deriveKey(createHash("sha256").update(options.linkToken.reveal()).digest(), KEY_PURPOSE)
    this.#log = options.log
  }

  /** The newest snapshot that opens and is sound; undefined when there is none. Files that are neither are put aside. */
  load(): LoadedSnapshot | undefined {
    for (const name of [NEWEST, PREVIOUS]) {
      const sealed = this.#read(name)
      if (sealed === undefined) continue
      const found = this.#unseal(sealed)
      if (typeof found !== "string") return found
      this.#putAside(name, found)
    }
    return undefined
  }

  /** Writes in the background; of several snapshots that come while one is being written only the newest is. */
  save(frame: SnapshotFrame): void {
    this.#next = frame
    this.#writing ??= this.#writeAll()
  }

  /** Resolves when all that was given to `save` is on disk or has failed. */
  async settled(): Promise<void> {
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    while (this.#next !== undefined) {
      const frame = this.#next
      this.#next = undefined
      try {
        await this.#write(seal(this.#key, JSON.stringify(frame), CONTEXT))
      } catch (error) {
        this.#log.error("snapshot.last-good-not-written", { error: String(error), version: frame.version })
      }
    }
    this.#writing = undefined
  }

  async #write(sealed: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const temporary = join(this.#directory, `${NEWEST}.${process.pid}.tmp`)
    const file = await openFile(temporary, "w", 0o600)
    try {
      await file.writeFile(sealed)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(join(this.#directory, NEWEST), join(this.#directory, PREVIOUS)).catch(ignoreMissing)
    await rename(temporary, join(this.#directory, NEWEST))
    await this.#syncDirectory()
  }

  /** Makes the renames durable. Not every platform can open a directory; the files themselves are synced already. */
  async #syncDirectory(): Promise<void> {
    const directory = await openFile(this.#directory, "r")
    try {
      await directory.sync()
    } catch (error) {
      this.#log.debug("snapshot.directory-not-synced", { error: String(error) })
    } finally {
      await directory.close()
    }
  }

  #read(name: string): string | undefined {
    try {
      return readFileSync(join(this.#directory, name), "utf8")
    } catch (error) {
      if (!isMissing(error)) this.#log.error("snapshot.last-good-unreadable", { file: name, error: String(error) })
      return undefined
    }
  }

  /** The snapshot, or the reason why there is none in it. */
  #unseal(sealed: string): LoadedSnapshot | string {
    try {
      const text = open(this.#key, sealed.trim(), CONTEXT).toString("utf8")
      const frame = JSON.parse(text) as SnapshotFrame // the next line checks every field of it that is read
      const checked = decodeSnapshotFrame(frame)
      return checked.ok ? { snapshot: checked.snapshot, hash: frame.hash } : checked.reason
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  #putAside(name: string, reason: string): void {
    const aside = `${name}.damaged`
    this.#log.warn("snapshot.damaged-aside", { file: name, reason, movedTo: aside })
    try {
      mkdirSync(this.#directory, { recursive: true })
      renameSync(join(this.#directory, name), join(this.#directory, aside))
    } catch (error) {
      this.#log.warn("snapshot.damaged-left", { file: name, error: String(error) })
    }
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT"
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error
}
