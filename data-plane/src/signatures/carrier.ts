/**
 * A signature on its way through a client: `gw1.` and the base64url of a family byte, a kind byte, a key byte, a seal of 16 bytes
 * and a JSON list. The seal is an HMAC over all the rest and the key lineage it was made for, so that nobody makes, changes or
 * lends one; it hides nothing. A carrier that does not hold is absent, never an error.
 */
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto"
import type { SealTarget } from "../dialects/dialect.ts"
import type { SigningFamily } from "./family.ts"

const PREFIX = "gw1."
const HEAD_BYTES = 3
const SEAL_BYTES = 16
/** Upstream signatures have up to some 30 kB; a hidden thought comes on top. */
const MAX_LENGTH = 4 * 1024 * 1024

const FAMILIES: readonly SigningFamily[] = ["other", "claude", "gemini-3", "gemini-2.5"]
const KINDS = ["thought", "hidden", "call", "text"] as const
type Kind = (typeof KINDS)[number]

/** What a carrier held. */
export type Carried =
  /** `text` only where the client was not given it. */
  | {
      readonly kind: "thought"
      readonly family: SigningFamily
      readonly signature: string
      /** Whether the signature was made for this text. */
      isOver(text: string): boolean
      readonly text?: string
    }
  | { readonly kind: "call"; readonly family: SigningFamily; readonly signature: string; readonly callId: string }
  /** No signature, but a text of the gateway's own making; any family may have it. */
  | { readonly kind: "text"; readonly text: string }

export interface CarrierKey {
  readonly id: number
  readonly secret: Buffer
}

const derivedKeys = new WeakMap<Buffer, CarrierKey>()

/** A sealing key from a secret that all nodes share and that outlives them. Derived once for each buffer. */
export function carrierKey(secret: Buffer): CarrierKey {
  const known = derivedKeys.get(secret) ?? derive(secret)
  derivedKeys.set(secret, known)
  return known
}

function derive(secret: Buffer): CarrierKey {
  const derived = Buffer.from(hkdfSync("sha256", secret, "", "lagrange signature carrier", 32))
  return { id: createHash("sha256").update(derived).digest().readUInt8(0), secret: derived }
}

export function isCarrier(value: string): boolean {
  return value.startsWith(PREFIX)
}

export function sealCarrier(
  key: CarrierKey,
  lineage: string,
  family: SigningFamily,
  signature: string,
  target: SealTarget,
): string {
  const kind: Kind = target.kind === "call" ? "call" : target.isHidden === true ? "hidden" : "thought"
  const fields =
    kind === "call" && target.kind === "call" ? [signature, target.callId] : [signature, textOf(target, kind)]
  return sealed(key, lineage, [FAMILIES.indexOf(family), KINDS.indexOf(kind)], fields)
}

export function sealText(key: CarrierKey, lineage: string, text: string): string {
  return sealed(key, lineage, [FAMILIES.indexOf("other"), KINDS.indexOf("text")], [text])
}

function sealed(key: CarrierKey, lineage: string, tags: readonly number[], fields: readonly string[]): string {
  const head = Buffer.from([...tags, key.id])
  const payload = Buffer.from(JSON.stringify(fields))
  const seal = sealOf(key, lineage, head, payload)
  return PREFIX + Buffer.concat([head, seal, payload]).toString("base64url")
}

/** Undefined: no carrier, another's, or changed on its way. */
export function openCarrier(keys: readonly CarrierKey[], lineage: string, value: string): Carried | undefined {
  if (!isCarrier(value) || value.length > MAX_LENGTH) return undefined
  const bytes = Buffer.from(value.slice(PREFIX.length), "base64url")
  if (bytes.length < HEAD_BYTES + SEAL_BYTES) return undefined
  const head = bytes.subarray(0, HEAD_BYTES)
  const seal = bytes.subarray(HEAD_BYTES, HEAD_BYTES + SEAL_BYTES)
  const payload = bytes.subarray(HEAD_BYTES + SEAL_BYTES)
  const family = FAMILIES[head.readUInt8(0)]
  const kind = KINDS[head.readUInt8(1)]
  const isSealed = keys.some(
    (key) => key.id === head.readUInt8(2) && timingSafeEqual(seal, sealOf(key, lineage, head, payload)),
  )
  if (!isSealed || family === undefined || kind === undefined) return undefined
  const [signature = "", second = ""] = JSON.parse(payload.toString()) as string[] // sealed: we wrote it
  if (kind === "text") return { kind, text: signature }
  if (kind === "call") return { kind, family, signature, callId: second }
  if (kind === "hidden") {
    // A client that was given no text returns none, or what it was given before.
    return { kind: "thought", family, signature, isOver: (text) => text === "" || text === second, text: second }
  }
  return { kind, family, signature, isOver: (text) => digestOf(text) === second }
}

function textOf(target: SealTarget, kind: Kind): string {
  if (target.kind === "call") return ""
  return kind === "hidden" ? target.text : digestOf(target.text)
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22)
}

function sealOf(key: CarrierKey, lineage: string, head: Buffer, payload: Buffer): Buffer {
  const name = Buffer.from(lineage)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(name.length)
  return createHmac("sha256", key.secret)
    .update(length)
    .update(name)
    .update(head)
    .update(payload)
    .digest()
    .subarray(0, SEAL_BYTES)
}
