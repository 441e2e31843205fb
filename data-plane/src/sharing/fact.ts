/** What data planes tell each other, and its sealed form: a list of facts a text, under a key that only they have. */
import { accountId, apiKeyId } from "#shared/ids.ts"
import { deriveKey, open, seal } from "#shared/sealing.ts"
import { createHash } from "node:crypto"
import type { ConversationFact } from "../pool/affinity.ts"
import { readRecord } from "../signatures/read-record.ts"
import { recordBytes, type SignatureRecord } from "../signatures/store.ts"

export interface SignatureFact {
  readonly type: "signature"
  readonly record: SignatureRecord
}

export type Fact = SignatureFact | ConversationFact

/** Longer than any name of a conversation and any id. */
const MAX_NAME = 1_024
/** Of what is not a signature. */
const SMALL_BYTES = 256

/** About what it takes, in memory and as text. */
export function factBytes(fact: Fact): number {
  return fact.type === "signature" ? recordBytes(fact.record) : SMALL_BYTES
}

/** Of two facts about one thing the later says all there is to say; undefined: it stands for itself. */
export function subjectOf(fact: Fact): string | undefined {
  if (fact.type === "signature") return `signature ${fact.record.key}`
  return fact.type === "home" ? `home ${fact.conversation}` : undefined
}

/** The key, and the stream that belongs to it: installations that share a store do not see each other. */
export interface FactKey {
  readonly key: Buffer
  readonly stream: string
}

/** From the secret that every data plane of an installation has from its snapshot, and that outlives all of them. */
export function factKey(apiKeyPepper: Buffer): FactKey {
  const key = deriveKey(createHash("sha256").update(apiKeyPepper).digest(), "facts that data planes share")
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16)
  return { key, stream: `lagrange:facts:${name}` }
}

/** `by` is the process that says so: another cannot be put in its place. */
export function sealFacts({ key, stream }: FactKey, by: string, facts: readonly Fact[]): string {
  return seal(key, JSON.stringify(facts), [stream, by])
}

/** Facts that are none are undefined; the whole is, when it does not open. */
export function openFacts({ key, stream }: FactKey, by: string, sealed: string): (Fact | undefined)[] | undefined {
  try {
    const value: unknown = JSON.parse(open(key, sealed, [stream, by]).toString("utf8"))
    return Array.isArray(value) ? value.map(readFact) : undefined
  } catch {
    return undefined // of another key, or damaged
  }
}

function readFact(value: unknown): Fact | undefined {
  if (!isObject(value)) return undefined
  switch (value["type"]) {
    case "signature": {
      const record = readRecord(value["record"])
      return record && { type: "signature", record }
    }
    case "home": {
      const { conversation, key, home, standIn, usedAt } = value
      if (!isName(conversation) || !isName(key) || !isName(home) || typeof usedAt !== "number") return undefined
      const other = isName(standIn) ? { standIn: accountId(standIn) } : {}
      return { type: "home", conversation, key: apiKeyId(key), home: accountId(home), ...other, usedAt }
    }
    case "release":
      return readRelease(value["of"])
    default:
      return undefined
  }
}

function readRelease(of: unknown): Fact | undefined {
  if (!isObject(of)) return undefined
  const { accountId: account, apiKeyId: key, conversation } = of
  if (isName(account)) return { type: "release", of: { accountId: accountId(account) } }
  if (isName(key)) return { type: "release", of: { apiKeyId: apiKeyId(key) } }
  return isName(conversation) ? { type: "release", of: { conversation } } : undefined
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_NAME
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}
