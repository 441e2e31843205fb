/**
 * Checks a snapshot before it is sent and when it arrives, and turns it into the frame that carries it and back. Nothing
 * here throws on bad input.
 */
import { createHash } from "node:crypto"
import type { Catalogue, CatalogueModel } from "./catalogue.ts"
import { EFFORT_NAMES, isEffortBudget, type EffortBudget, type EffortTable } from "./effort-table.ts"
import { accountId } from "./ids.ts"
import type { SnapshotFrame } from "./link-protocol.ts"
import { isPoolStrategyName, poolStrategies, type PoolStrategies } from "./pool-strategy.ts"
import { QUOTA_BUCKETS, QUOTA_SOURCES, QUOTA_WINDOWS } from "./quota-bucket.ts"
import {
  asFields,
  asText,
  booleanAt,
  field,
  listAt,
  mapAt,
  numberAt,
  optionalAt,
  ShapeError,
  textAt,
  type Fields,
  type NumberRule,
  type TextRule,
} from "./shape.ts"
import {
  SNAPSHOT_SCHEMA_VERSION,
  type AttributionBlock,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotCredential,
  type SnapshotQuota,
  type SnapshotCooldown,
  type SnapshotPool,
  type SnapshotRelease,
  type SnapshotSettings,
} from "./snapshot.ts"
import { readApiKey } from "./snapshot-check-key.ts"
import { readRouting } from "./snapshot-check-routing.ts"
import { COUNT, ID, NAME, SLOTS } from "./link-rules.ts"

export type SnapshotCheck =
  | {
      readonly ok: true
      /** With the known fields only. */
      readonly snapshot: Snapshot
    }
  | {
      readonly ok: false
      /** One sentence naming the path. */
      readonly reason: string
    }

/** An account that is to serve nothing is disabled, not weighed at nothing. */
const WEIGHT: NumberRule = { min: 0.001, max: 1_000_000, isFraction: true }
const ATTEMPTS: NumberRule = { min: 1, max: 100 }
const WAIT_MS: NumberRule = { min: 1, max: 86_400_000 }
const TOKENS: NumberRule = { min: -1, max: 1_000_000_000 }
/** What goes into a header must never be able to break it. */
const HEADER_TEXT: TextRule = { min: 1, max: 1_000, pattern: /^[\x20-\x7e]+$/ }
const TOKEN: TextRule = { min: 1, max: 16_384, pattern: /^[\x21-\x7e]+$/ }
const PEPPER: TextRule = { min: 24, max: 1_000, pattern: /^[A-Za-z0-9+/]+={0,2}$/ }
const MAX_ACCOUNTS = 1_000_000
const MAX_KEYS = 1_000_000
const MAX_CATALOGUES = 100_000
const MAX_MODELS = 10_000
const MAX_ALIASES = 10_000
const MAX_URLS = 20
const MAX_TAGS = 100
const EVIDENCE: TextRule = { max: 2_000 }
const REASON: TextRule = { max: 1_000 }
const FRACTION: NumberRule = { min: 0, max: 1, isFraction: true }
const MAX_READINGS = QUOTA_BUCKETS.length * QUOTA_WINDOWS.length

/** Unknown fields are left out; another schema version, a dangling reference, a double id or digest is refused. */
export function checkSnapshot(value: unknown): SnapshotCheck {
  try {
    const snapshot = readSnapshot(value)
    return { ok: true, snapshot }
  } catch (error) {
    return { ok: false, reason: error instanceof ShapeError ? `${error.message}.` : "snapshot cannot be read." }
  }
}

/** sha256 of the text's UTF-8 bytes, in hex. */
export function hashBody(body: string): string {
  return createHash("sha256").update(body, "utf8").digest("hex")
}

/** The frame that carries a snapshot that has passed `checkSnapshot`. */
export function encodeSnapshotFrame(snapshot: Snapshot): SnapshotFrame {
  const body = JSON.stringify(snapshot)
  const { epoch, version, schemaVersion } = snapshot
  return { type: "snapshot", epoch, version, schemaVersion, hash: hashBody(body), body }
}

/** The other side of `encodeSnapshotFrame`: hash, schema version, JSON, check, and that frame and body agree. */
export function decodeSnapshotFrame(frame: SnapshotFrame): SnapshotCheck {
  if (frame.schemaVersion !== SNAPSHOT_SCHEMA_VERSION) return { ok: false, reason: otherSchema(frame.schemaVersion) }
  if (hashBody(frame.body) !== frame.hash)
    return { ok: false, reason: "snapshot does not have the hash its frame names." }
  let value: unknown
  try {
    value = JSON.parse(frame.body)
  } catch {
    return { ok: false, reason: "snapshot is not JSON." }
  }
  const check = checkSnapshot(value)
  if (check.ok && (check.snapshot.epoch !== frame.epoch || check.snapshot.version !== frame.version)) {
    return { ok: false, reason: "snapshot has another epoch or version than its frame." }
  }
  return check
}

function otherSchema(version: number): string {
  return `snapshot has schema version ${version}; this program knows ${SNAPSHOT_SCHEMA_VERSION}.`
}

function readSnapshot(value: unknown): Snapshot {
  const fields = asFields(value, "snapshot")
  const schemaVersion = numberAt(fields, "schemaVersion", "snapshot", COUNT)
  if (schemaVersion !== SNAPSHOT_SCHEMA_VERSION) throw new ShapeError(otherSchema(schemaVersion).slice(0, -1))
  const snapshot: Snapshot = {
    schemaVersion,
    epoch: numberAt(fields, "epoch", "snapshot", COUNT),
    version: numberAt(fields, "version", "snapshot", COUNT),
    issuedAt: numberAt(fields, "issuedAt", "snapshot", COUNT),
    accounts: listAt(fields, "accounts", "snapshot", { max: MAX_ACCOUNTS }, readAccount),
    apiKeys: listAt(fields, "apiKeys", "snapshot", { max: MAX_KEYS }, readApiKey),
    apiKeyPepper: textAt(fields, "apiKeyPepper", "snapshot", PEPPER),
    catalogues: mapAt(fields, "catalogues", "snapshot", { max: MAX_CATALOGUES }, readCatalogue),
    aliases: mapAt(fields, "aliases", "snapshot", { max: MAX_ALIASES }, (entry, path) => asText(entry, path, ID)),
    ...optionalAt(fields, "routing", (from, name) => readRouting(from[name], "snapshot.routing")),
    settings: readSettings(asFields(fields.settings, "snapshot.settings"), "snapshot.settings"),
    ...optionalAt(fields, "pool", (from, name) => readPool(asFields(from[name], "snapshot.pool"), "snapshot.pool")),
  }
  checkReferences(snapshot)
  return snapshot
}

function readAccount(value: unknown, path: string): SnapshotAccount {
  const fields = asFields(value, path)
  const kind = textAt(fields, "kind", path, ID)
  if (kind !== "antigravity") throw new ShapeError(`${path}.kind is not one this program knows`)
  return {
    id: accountId(textAt(fields, "id", path, ID)),
    kind,
    label: textAt(fields, "label", path, NAME),
    usable: booleanAt(fields, "usable", path),
    state: textAt(fields, "state", path, ID),
    ...optionalAt(fields, "projectId", (from, name) => textAt(from, name, path, NAME)),
    ...optionalAt(fields, "credential", (from, name) => readCredential(from[name], `${path}.${name}`)),
    weight: numberAt(fields, "weight", path, WEIGHT),
    priority: numberAt(fields, "priority", path, { min: -1_000_000, max: 1_000_000 }),
    ...optionalAt(fields, "tags", (from, name) =>
      listAt(from, name, path, { max: MAX_TAGS }, (entry, entryPath) => asText(entry, entryPath, ID)),
    ),
    ...optionalAt(fields, "maxConcurrent", (from, name) => numberAt(from, name, path, SLOTS)),
    ...optionalAt(fields, "catalogue", (from, name) => textAt(from, name, path, NAME)),
    ...optionalAt(fields, "disabledModels", (from, name) =>
      listAt(from, name, path, { max: MAX_MODELS }, (entry, entryPath) => asText(entry, entryPath, ID)),
    ),
    ...optionalAt(fields, "reserve", (from, name) => numberAt(from, name, path, FRACTION)),
    ...optionalAt(fields, "quota", (from, name) => readQuota(from, name, path)),
    ...optionalAt(fields, "cooldowns", (from, name) => listAt(from, name, path, { max: MAX_READINGS }, readCooldown)),
    ...optionalAt(fields, "releases", (from, name) => listAt(from, name, path, { max: MAX_MODELS }, readRelease)),
  }
}

function readCooldown(value: unknown, path: string): SnapshotCooldown {
  const fields = asFields(value, path)
  return {
    bucket: wordAt(fields, "bucket", path, QUOTA_BUCKETS),
    cause: textAt(fields, "cause", path, ID),
    evidence: textAt(fields, "evidence", path, EVIDENCE),
    since: numberAt(fields, "since", path, COUNT),
    until: numberAt(fields, "until", path, COUNT),
  }
}

function readRelease(value: unknown, path: string): SnapshotRelease {
  const fields = asFields(value, path)
  return {
    ...optionalAt(fields, "model", (from, name) => textAt(from, name, path, ID)),
    at: numberAt(fields, "at", path, COUNT),
  }
}

function readQuota(from: Fields, name: string, path: string): readonly SnapshotQuota[] {
  const readings = listAt(from, name, path, { max: MAX_READINGS }, readReading)
  const seen = new Set<string>()
  for (const [index, { bucket, window }] of readings.entries()) {
    const both = `${bucket} ${window}`
    if (seen.has(both)) throw new ShapeError(`${path}.${name}[${index}] reads a bucket and window a second time`)
    seen.add(both)
  }
  return readings
}

function readReading(value: unknown, path: string): SnapshotQuota {
  const fields = asFields(value, path)
  return {
    bucket: wordAt(fields, "bucket", path, QUOTA_BUCKETS),
    window: wordAt(fields, "window", path, QUOTA_WINDOWS),
    remainingFraction: numberAt(fields, "remainingFraction", path, FRACTION),
    ...optionalAt(fields, "resetsAt", (from, name) => numberAt(from, name, path, COUNT)),
    source: wordAt(fields, "source", path, QUOTA_SOURCES),
    readAt: numberAt(fields, "readAt", path, COUNT),
    ...optionalAt(fields, "emptyAt", (from, name) => numberAt(from, name, path, COUNT)),
  }
}

function wordAt<Word extends string>(fields: Fields, name: string, path: string, words: readonly Word[]): Word {
  const value = field(fields, name)
  const word = words.find((known) => known === value)
  if (word === undefined) throw new ShapeError(`${path}.${name} must be one of ${words.join(", ")}`)
  return word
}

function readCredential(value: unknown, path: string): SnapshotCredential {
  const fields = asFields(value, path)
  return {
    accessToken: textAt(fields, "accessToken", path, TOKEN),
    expiresAt: numberAt(fields, "expiresAt", path, COUNT),
    generation: numberAt(fields, "generation", path, COUNT),
  }
}

function readCatalogue(value: unknown, path: string): Catalogue {
  const fields = asFields(value, path)
  return {
    models: listAt(fields, "models", path, { max: MAX_MODELS }, readModel),
    deprecatedModelIds: mapAt(fields, "deprecatedModelIds", path, { max: MAX_MODELS }, (entry, entryPath) =>
      asText(entry, entryPath, ID),
    ),
  }
}

function readModel(value: unknown, path: string): CatalogueModel {
  const fields = asFields(value, path)
  const tokens = (from: Fields, name: string): number => numberAt(from, name, path, TOKENS)
  const flag = (from: Fields, name: string): boolean => booleanAt(from, name, path)
  return {
    id: textAt(fields, "id", path, ID),
    ...optionalAt(fields, "displayName", (from, name) => textAt(from, name, path, NAME)),
    ...optionalAt(fields, "maxInputTokens", tokens),
    ...optionalAt(fields, "maxOutputTokens", tokens),
    ...optionalAt(fields, "supportsThinking", flag),
    ...optionalAt(fields, "supportsImages", flag),
    ...optionalAt(fields, "thinkingBudget", tokens),
    ...optionalAt(fields, "minThinkingBudget", tokens),
    ...optionalAt(fields, "supportsWebSearch", flag),
  }
}

function readSettings(fields: Fields, path: string): SnapshotSettings {
  const antigravityBaseUrls = listAt(fields, "antigravityBaseUrls", path, { max: MAX_URLS }, readUrl)
  if (antigravityBaseUrls.length === 0)
    throw new ShapeError(`${path}.antigravityBaseUrls must name at least one address`)
  return {
    maxConcurrentPerModel: numberAt(fields, "maxConcurrentPerModel", path, SLOTS),
    maxConcurrentPerAccount: numberAt(fields, "maxConcurrentPerAccount", path, SLOTS),
    ...optionalAt(fields, "poolStrategies", (from, name) => readStrategies(from[name], `${path}.${name}`)),
    ...optionalAt(fields, "poolWaitMs", (from, name) => numberAt(from, name, path, WAIT_MS)),
    ...optionalAt(fields, "poolCoolingWaitMs", (from, name) => numberAt(from, name, path, WAIT_MS)),
    ...optionalAt(fields, "maxAttempts", (from, name) => numberAt(from, name, path, ATTEMPTS)),
    ...optionalAt(fields, "attemptBudgetMs", (from, name) => numberAt(from, name, path, WAIT_MS)),
    ...optionalAt(fields, "pausesOnWalls", (from, name) => booleanAt(from, name, path)),
    antigravityBaseUrls,
    antigravityUserAgent: textAt(fields, "antigravityUserAgent", path, HEADER_TEXT),
    firstByteTimeoutMs: numberAt(fields, "firstByteTimeoutMs", path, WAIT_MS),
    streamIdleTimeoutMs: numberAt(fields, "streamIdleTimeoutMs", path, WAIT_MS),
    ...optionalAt(fields, "thinkingBudgets", (from, name) => readEffortTable(from[name], `${path}.${name}`)),
    ...optionalAt(fields, "attributionBlock", (from, name) => readAttributionBlock(from[name], `${path}.${name}`)),
    ...optionalAt(fields, "fetchRemoteMedia", (from, name) => booleanAt(from, name, path)),
    ...optionalAt(fields, "defaultModel", (from, name) => textAt(from, name, path, HEADER_TEXT)),
  }
}

function readPool(fields: Fields, path: string): SnapshotPool {
  return {
    ...optionalAt(fields, "pause", (from, name) => {
      const pause = asFields(from[name], `${path}.pause`)
      return { since: numberAt(pause, "since", path, COUNT), reason: textAt(pause, "reason", path, REASON) }
    }),
    ...optionalAt(fields, "resumedAt", (from, name) => numberAt(from, name, path, COUNT)),
  }
}

function readEffortTable(value: unknown, path: string): EffortTable {
  const fields = asFields(value, path)
  const table: Record<string, EffortBudget> = {}
  for (const name of EFFORT_NAMES) {
    const budget = field(fields, name)
    if (!isEffortBudget(name, budget)) throw new ShapeError(`${path}.${name} must be a number of tokens or maximum`)
    table[name] = budget
  }
  return table as unknown as EffortTable // every name was read, and auto is checked to be a number
}

function readStrategies(value: unknown, path: string): PoolStrategies {
  const fields = asFields(value, path)
  return poolStrategies((group) => {
    const strategy = textAt(fields, group, path, ID)
    if (!isPoolStrategyName(strategy)) throw new ShapeError(`${path}.${group} is not a strategy this program knows`)
    return strategy
  })
}

function readAttributionBlock(value: unknown, path: string): AttributionBlock {
  if (value === "drop" || value === "keep") return value
  throw new ShapeError(`${path} must be drop or keep`)
}

function readUrl(value: unknown, path: string): string {
  const url = asText(value, path, HEADER_TEXT)
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ShapeError(`${path} must be an http or https address`)
  }
  return url
}

function checkReferences(snapshot: Snapshot): void {
  refuseDoubles(
    snapshot.accounts.map(({ id }) => id),
    "accounts",
    "id",
  )
  refuseDoubles(
    snapshot.apiKeys.map(({ id }) => id),
    "apiKeys",
    "id",
  )
  refuseDoubles(
    snapshot.apiKeys.flatMap(({ digest, replaced = [] }) => [digest, ...replaced.map((one) => one.digest)]),
    "apiKeys",
    "digest",
  )
  for (const [index, { catalogue }] of snapshot.accounts.entries()) {
    if (catalogue !== undefined && !Object.hasOwn(snapshot.catalogues, catalogue)) {
      throw new ShapeError(`snapshot.accounts[${index}].catalogue names no entry of catalogues`)
    }
  }
}

function refuseDoubles(values: readonly string[], list: string, name: string): void {
  const seen = new Set<string>()
  for (const [index, value] of values.entries()) {
    if (seen.has(value)) throw new ShapeError(`snapshot.${list}[${index}].${name} is used twice`)
    seen.add(value)
  }
}
