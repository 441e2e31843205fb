/**
 * Makes the snapshot from rows. Pure: the same rows, settings and stamp give the same bytes, so that a restart of the control
 * plane does not look like a change of the world.
 */
import type {
  AccountModel,
  ApiKeyModel,
  CatalogueModel,
  CooldownModel,
  CooldownReleaseModel,
  CredentialModel,
  QuotaReadingModel,
  ReplacedKeyModel,
} from "#generated/sqlite/models.ts"
import type { Catalogue } from "#shared/catalogue.ts"
import { exhaustedUntil, monthExhaustedUntil } from "../api-keys/key-use.ts"
import { isClientDialect } from "#shared/client-dialect.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { DEFAULT_ALIASES } from "#shared/model-name.ts"
import { isQuotaBucket } from "#shared/quota-bucket.ts"
import type { Routing } from "#shared/routing.ts"
import {
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotApiKey,
  type SnapshotSettings,
} from "#shared/snapshot.ts"
import type { PoolState } from "../accounts/pool-pause.ts"
import { texts } from "../json.ts"
import { toldReadings } from "../quota/told.ts"
import { namedTags } from "../routing/rows.ts"

export interface AccountRows extends AccountModel {
  readonly credential: CredentialModel | null
  readonly cooldowns: readonly CooldownModel[]
  readonly cooldownReleases: readonly CooldownReleaseModel[]
  readonly quota: readonly QuotaReadingModel[]
}

export interface ApiKeyRows extends ApiKeyModel {
  readonly replaced: readonly ReplacedKeyModel[]
}

export interface SnapshotRows {
  readonly accounts: readonly AccountRows[]
  readonly apiKeys: readonly ApiKeyRows[]
  readonly catalogues: readonly CatalogueModel[]
  readonly settings: SnapshotSettings
  /** Absent: there is none. */
  readonly routing?: Routing | undefined
  readonly pool: PoolState
  readonly apiKeyPepper: Buffer
  /** Opens an account's access token; undefined while it has none. */
  readonly openAccessToken: (row: CredentialModel) => string | undefined
}

export interface Stamp {
  readonly epoch: number
  readonly version: number
  readonly issuedAt: number
}

/** May serve as far as the control plane knows. Cool-downs and the pool's pause are told beside it, and no reason to take an account away. */
function isUsable(row: AccountModel): boolean {
  return row.enabled && row.state === "READY"
}

/** To be spread: those that some routing rule names. */
function buildTags(json: unknown, named: ReadonlySet<string>): { readonly tags?: readonly string[] } {
  const tags = texts(json).filter((tag) => named.has(tag))
  return tags.length === 0 ? {} : { tags: tags.toSorted() }
}

function buildAccount(row: AccountRows, rows: SnapshotRows, tags: ReturnType<typeof namedTags>): SnapshotAccount {
  const usable = isUsable(row)
  // A token is sent only where it may be used.
  const accessToken = usable && row.credential !== null ? rows.openAccessToken(row.credential) : undefined
  const expiresAt = row.credential?.accessTokenExpiresAt
  const disabledModels = texts(row.disabledModels)
  return {
    id: accountId(row.id),
    kind: "antigravity",
    label: row.label,
    usable,
    state: row.enabled ? row.state : "DISABLED",
    ...(row.projectId === null ? {} : { projectId: row.projectId }),
    ...(accessToken === undefined || !expiresAt || row.credential === null
      ? {}
      : { credential: { accessToken, expiresAt: expiresAt.getTime(), generation: row.credential.generation } }),
    weight: row.weight,
    priority: row.priority,
    ...buildTags(row.tags, tags.accounts),
    ...(row.maxConcurrent === null ? {} : { maxConcurrent: row.maxConcurrent }),
    ...(row.catalogueId === null ? {} : { catalogue: row.catalogueId }),
    ...(disabledModels.length === 0 ? {} : { disabledModels }),
    ...(row.reserve === null || row.reserve === 0 ? {} : { reserve: row.reserve }),
    ...buildQuota(row),
    ...buildCooldowns(row),
  }
}

/** To be spread into an account. */
function buildQuota({ quota }: AccountRows): Pick<SnapshotAccount, "quota"> {
  const told = toldReadings(quota)
  return told.length === 0 ? {} : { quota: told }
}

/** To be spread into an account. What is over is left in: the same rows give the same bytes, and data planes have clocks. */
function buildCooldowns({ cooldowns, cooldownReleases }: AccountRows): Pick<SnapshotAccount, "cooldowns" | "releases"> {
  const told = cooldowns
    .toSorted((left, right) => (left.bucket < right.bucket ? -1 : 1))
    .flatMap(({ bucket, cause, evidence, since, until }) =>
      isQuotaBucket(bucket) ? [{ bucket, cause, evidence, since: since.getTime(), until: until.getTime() }] : [],
    )
  const releases = cooldownReleases
    .toSorted((left, right) => (left.model < right.model ? -1 : 1))
    .map(({ model, releasedAt }) => ({ ...(model === "" ? {} : { model }), at: releasedAt.getTime() }))
  return {
    ...(told.length === 0 ? {} : { cooldowns: told }),
    ...(releases.length === 0 ? {} : { releases }),
  }
}

function buildApiKey(row: ApiKeyRows, tags: ReturnType<typeof namedTags>): SnapshotApiKey {
  return {
    id: apiKeyId(row.id),
    name: row.name,
    ...buildTags(row.tags, tags.keys),
    lineage: row.lineage,
    digest: row.digest,
    ...buildReplaced(row),
    ...(row.disabledAt === null ? {} : { isDisabled: true }),
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.getTime() }),
    ...buildRestrictions(row),
    ...buildLimits(row),
    mayExplain: row.mayExplain,
    // Also when it is over: the same rows give the same bytes, and data planes have clocks.
    ...(row.captureUntil === null ? {} : { captureUntil: row.captureUntil.getTime() }),
    ...(row.capturesErasedAt === null ? {} : { capturesErasedAt: row.capturesErasedAt.getTime() }),
  }
}

/** To be spread into a key. Those whose overlap is over are told too: their clients hear that they were replaced. */
function buildReplaced({ replaced }: ApiKeyRows): Pick<SnapshotApiKey, "replaced"> {
  if (replaced.length === 0) return {}
  const told = replaced.map(({ digest, worksUntil }) => ({ digest, worksUntil: worksUntil.getTime() }))
  return { replaced: told.toSorted((left, right) => (left.digest < right.digest ? -1 : 1)) }
}

/** To be spread into a key. */
function buildRestrictions(row: ApiKeyRows): Pick<SnapshotApiKey, "models" | "dialects" | "addresses"> {
  const models = texts(row.models)
  const dialects = texts(row.dialects)
  const addresses = texts(row.addresses)
  return {
    ...(models.length === 0 ? {} : { models }),
    // One that this program does not know any more must not open all the others.
    ...(dialects.length === 0 ? {} : { dialects: dialects.filter(isClientDialect) }),
    ...(addresses.length === 0 ? {} : { addresses }),
  }
}

/** To be spread into a key. */
function buildLimits(row: ApiKeyRows): Partial<SnapshotApiKey> {
  const until = exhaustedUntil(row)
  const monthUntil = monthExhaustedUntil(row)
  return {
    ...(row.maxConcurrent === null ? {} : { maxConcurrent: row.maxConcurrent }),
    ...(row.requestsPerMinute === null ? {} : { requestsPerMinute: row.requestsPerMinute }),
    ...(row.tokensPerMinute === null ? {} : { tokensPerMinute: Number(row.tokensPerMinute) }),
    ...(row.tokensPerDay === null ? {} : { tokensPerDay: Number(row.tokensPerDay) }),
    ...(until === undefined ? {} : { exhaustedUntil: until }),
    ...(row.tokensPerMonth === null ? {} : { tokensPerMonth: Number(row.tokensPerMonth) }),
    ...(monthUntil === undefined ? {} : { monthExhaustedUntil: monthUntil }),
  }
}

/** To be spread into a snapshot. */
function buildPool({ pausedAt, reason, resumedAt }: PoolState): Pick<Snapshot, "pool"> {
  if (pausedAt === undefined && resumedAt === undefined) return {}
  const pause = pausedAt === undefined ? {} : { pause: { since: pausedAt.getTime(), reason: reason ?? "" } }
  return { pool: { ...pause, ...(resumedAt === undefined ? {} : { resumedAt: resumedAt.getTime() }) } }
}

const byId = (left: { readonly id: string }, right: { readonly id: string }): number => (left.id < right.id ? -1 : 1)

/** The state of the world. Kinds that no data plane can serve yet are left out. */
export function buildSnapshot(rows: SnapshotRows, stamp: Stamp): Snapshot {
  const accounts = rows.accounts.filter((row) => row.kind === "ANTIGRAVITY").toSorted(byId)
  const named = new Set(accounts.map((row) => row.catalogueId))
  const tags = namedTags(rows.routing)
  const catalogues = rows.catalogues.filter((row) => named.has(row.id)).toSorted(byId)
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: stamp.epoch,
    version: stamp.version,
    issuedAt: stamp.issuedAt,
    accounts: accounts.map((row) => buildAccount(row, rows, tags)),
    apiKeys: rows.apiKeys.toSorted(byId).map((row) => buildApiKey(row, tags)),
    apiKeyPepper: rows.apiKeyPepper.toString("base64"),
    catalogues: Object.fromEntries(catalogues.map((row) => [row.id, row.body as unknown as Catalogue])), // written from one; checkSnapshot looks again
    aliases: DEFAULT_ALIASES,
    ...(rows.routing === undefined ? {} : { routing: rows.routing }),
    settings: rows.settings,
    ...buildPool(rows.pool),
  }
}
