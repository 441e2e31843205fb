import { createHash } from "node:crypto"
import type { Clock } from "../clock.ts"
import type { SigningFamily } from "./family.ts"
import type { KnownCall, KnownTurn, SignatureLookUp, SignedThought, TurnPlace } from "./look-up.ts"

export const SIGNATURE_TTL_MS = 24 * 60 * 60 * 1000
export const SIGNATURE_STORE_BYTES = 64 * 1024 * 1024

/** What is used again and again is told of so often. */
const REUSE_MS = 60 * 60 * 1000

/** What keys, entries and the map itself cost beside the texts in them; measured generously. */
const ENTRY_BYTES = 320

/** What is known of a call, of a thought (its signature alone), of a turn, or nothing more than that it was seen. */
export type KnownThing = KnownCall & { readonly turn?: KnownTurn }

/** One thing to keep, as the journal writes it. */
export interface SignatureRecord {
  readonly key: string
  readonly value: KnownThing
  readonly usedAt: number
}

export interface SignatureStoreOptions {
  readonly clock: Pick<Clock, "now">
  readonly maxBytes?: number
  readonly ttlMs?: number
  /** Told of everything that is kept, in order. */
  readonly onKeep?: (record: SignatureRecord) => void
  /** Told of what is used again after an hour or more: whoever keeps it too would forget it otherwise. */
  readonly onReuse?: (record: SignatureRecord) => void
}

interface Entry {
  readonly value: KnownThing
  readonly bytes: number
  usedAt: number
}

/**
 * The signatures of answers given in the last day, in memory. Bounded by bytes; what was not used for longest goes first, and after
 * a day without use everything goes. Every key begins with the key lineage: there is no way to ask across tenants.
 */
export class SignatureStore implements SignatureLookUp {
  readonly #clock: Pick<Clock, "now">
  readonly #maxBytes: number
  readonly #ttlMs: number
  readonly #onKeep: ((record: SignatureRecord) => void) | undefined
  readonly #onReuse: ((record: SignatureRecord) => void) | undefined
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(options: SignatureStoreOptions) {
    const { clock, maxBytes = SIGNATURE_STORE_BYTES, ttlMs = SIGNATURE_TTL_MS, onKeep, onReuse } = options
    this.#clock = clock
    this.#maxBytes = maxBytes
    this.#ttlMs = ttlMs
    this.#onKeep = onKeep
    this.#onReuse = onReuse
  }

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.size
  }

  call(lineage: string, family: SigningFamily, callId: string): KnownCall | undefined {
    return this.#get(keyOf("call", lineage, family, callId))
  }

  thought(lineage: string, family: SigningFamily, text: string): string | undefined {
    return this.#get(keyOf("thought", lineage, family, text))?.signature
  }

  media(lineage: string, family: SigningFamily, digest: string): string | undefined {
    return this.#get(keyOf("media", lineage, family, digest))?.signature
  }

  hasSeen(lineage: string, family: SigningFamily, signature: string): boolean {
    return this.#get(keyOf("signature", lineage, family, signature)) !== undefined
  }

  turn({ lineage, family, session }: TurnPlace, digest: string): KnownTurn | undefined {
    return this.#get(keyOf("turn", lineage, family, `${session} ${digest}`))?.turn
  }

  keepCall(lineage: string, family: SigningFamily, callId: string, call: KnownCall): void {
    this.#keep(keyOf("call", lineage, family, callId), call)
    if (call.signature !== undefined) this.#keep(keyOf("signature", lineage, family, call.signature), {})
  }

  keepThought(lineage: string, family: SigningFamily, text: string, signature: string): void {
    this.#keep(keyOf("thought", lineage, family, text), { signature })
    this.#keep(keyOf("signature", lineage, family, signature), {})
  }

  keepMedia(lineage: string, family: SigningFamily, digest: string, signature: string): void {
    this.#keep(keyOf("media", lineage, family, digest), { signature })
    this.#keep(keyOf("signature", lineage, family, signature), {})
  }

  /** Thoughts and calls in it are kept by themselves; a signature on a text is known from here only. */
  keepTurn({ lineage, family, session }: TurnPlace, digest: string, turn: KnownTurn): void {
    this.#keep(keyOf("turn", lineage, family, `${session} ${digest}`), { turn })
    if (turn.textSignature !== undefined) this.#keep(keyOf("signature", lineage, family, turn.textSignature), {})
  }

  /** From the journal or from another data plane; of two records with one key the later counts. Older than a day is left out. */
  restore({ key, value, usedAt }: SignatureRecord): void {
    if (usedAt + this.#ttlMs <= this.#clock.now()) return
    if ((this.#entries.get(key)?.usedAt ?? 0) > usedAt) return
    this.#put(key, value, Math.min(usedAt, this.#clock.now()))
  }

  /** Everything kept, what was used last at the end. */
  *records(): Iterable<SignatureRecord> {
    for (const [key, { value, usedAt }] of this.#entries) yield { key, value, usedAt }
  }

  #get(key: string): KnownThing | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const now = this.#clock.now()
    this.#delete(key, entry)
    if (entry.usedAt + this.#ttlMs <= now) return undefined
    const isReuse = now - entry.usedAt >= REUSE_MS
    entry.usedAt = now
    this.#entries.set(key, entry)
    this.#bytes += entry.bytes
    if (isReuse) this.#onReuse?.({ key, value: entry.value, usedAt: now })
    return entry.value
  }

  #keep(key: string, value: KnownThing): void {
    const usedAt = this.#clock.now()
    this.#put(key, value, usedAt)
    this.#onKeep?.({ key, value, usedAt })
  }

  #put(key: string, value: KnownThing, usedAt: number): void {
    const old = this.#entries.get(key)
    if (old !== undefined) this.#delete(key, old)
    const bytes = sizeOf(key, value)
    if (bytes > this.#maxBytes) return
    this.#entries.set(key, { value, bytes, usedAt })
    this.#bytes += bytes
    this.#shed()
  }

  #shed(): void {
    const expired = this.#clock.now() - this.#ttlMs
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes && entry.usedAt > expired) return
      this.#delete(key, entry)
    }
  }

  #delete(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }
}

type KeyKind = "call" | "thought" | "media" | "signature" | "turn"

/** A digest: long ids and texts cost nothing, and a key says nothing of what it stands for. */
function keyOf(kind: KeyKind, lineage: string, family: SigningFamily, what: string): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, lineage, family]))
    .update(what)
    .digest("base64url")
}

/** What a record takes, about. */
export function recordBytes({ key, value }: Pick<SignatureRecord, "key" | "value">): number {
  return sizeOf(key, value)
}

function sizeOf(key: string, { signature = "", thoughts = [], upstreamId = "", turn }: KnownThing): number {
  const letters = key.length + signature.length + upstreamId.length
  return ENTRY_BYTES + letters + sizeOfThoughts(thoughts) + (turn === undefined ? 0 : sizeOfTurn(turn))
}

/** What a part of a turn costs beside its texts. */
const PART_BYTES = 64

/** A text of other than Latin letters takes two bytes each. */
function sizeOfThoughts(thoughts: readonly SignedThought[]): number {
  return thoughts.reduce((bytes, { text, signature }) => bytes + PART_BYTES + text.length * 2 + signature.length, 0)
}

function sizeOfTurn({ thoughts, calls, textSignature = "" }: KnownTurn): number {
  let bytes = sizeOfThoughts(thoughts) + textSignature.length + calls.length * PART_BYTES
  for (const { signature = "", upstreamId = "" } of calls) bytes += signature.length + upstreamId.length
  return bytes
}
