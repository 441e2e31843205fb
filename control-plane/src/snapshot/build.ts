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
} from "#generated/sqlite/models.ts"
import type { Catalogue } from "#shared/catalogue.ts"
import { exhaustedUntil } from "../api-keys/token-budget.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { DEFAULT_ALIASES } from "#shared/model-name.ts"
import { isQuotaBucket, QUOTA_BUCKETS, QUOTA_SOURCES, QUOTA_WINDOWS } from "#shared/quota-bucket.ts"
import {
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotApiKey,
  type SnapshotQuota,
  type SnapshotSettings,
} from "#shared/snapshot.ts"
import type { PoolState } from "../accounts/pool-pause.ts"
import { texts } from "../json.ts"

export interface AccountRows extends AccountModel {
  readonly credential: CredentialModel | null
  readonly cooldowns: readonly CooldownModel[]
  readonly cooldownReleases: readonly CooldownReleaseModel[]
  readonly quota: readonly QuotaReadingModel[]
}

export interface SnapshotRows {
  readonly accounts: readonly AccountRows[]
  readonly apiKeys: readonly ApiKeyModel[]
  readonly catalogues: readonly CatalogueModel[]
  readonly settings: SnapshotSettings
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

/** May serve as far as the control plane knows. Cooling is the data plane's own knowledge and no reason to take an account away. */
function isUsable(row: AccountModel): boolean {
  return row.enabled && (row.state === "READY" || row.state === "COOLING")
}

function buildAccount(row: AccountRows, rows: SnapshotRows): SnapshotAccount {
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
    ...(row.maxConcurrent === null ? {} : { maxConcurrent: row.maxConcurrent }),
    ...(row.catalogueId === null ? {} : { catalogue: row.catalogueId }),
    ...(disabledModels.length === 0 ? {} : { disabledModels }),
    ...(row.reserve === null || row.reserve === 0 ? {} : { reserve: row.reserve }),
    ...buildQuota(row),
    ...buildCooldowns(row),
  }
}

/**
 * To be spread into an account: of each bucket and window the reading that data planes are to know. What the list of models shows is one
 * of the two windows of the summary, seen more dimly, so it counts only where no window of the summary has outlasted it.
 */
function buildQuota({ quota }: AccountRows): Pick<SnapshotAccount, "quota"> {
  const told = QUOTA_BUCKETS.flatMap((bucket) => {
    const readings = QUOTA_WINDOWS.flatMap((window) => {
      const row = quota.find((one) => one.bucket === bucket && one.window === window)
      return row === undefined ? [] : buildReading(row, bucket, window)
    })
    const nearest = readings.find(({ window }) => window === "nearest")
    const summary = readings.filter(
      ({ window, resetsAt = Infinity }) => window !== "nearest" && resetsAt > (nearest?.readAt ?? 0),
    )
    return summary.length > 0 ? summary : readings.filter(({ window }) => window === "nearest")
  })
  return told.length === 0 ? {} : { quota: told }
}

function buildReading(
  row: QuotaReadingModel,
  bucket: SnapshotQuota["bucket"],
  window: SnapshotQuota["window"],
): SnapshotQuota[] {
  const source = QUOTA_SOURCES.find((known) => known === row.source)
  if (source === undefined) return []
  const resetsAt = row.toldResetsAt?.getTime()
  return [
    {
      bucket,
      window,
      remainingFraction: row.toldFraction,
      ...(resetsAt === undefined ? {} : { resetsAt }),
      source,
      readAt: row.toldReadAt.getTime(),
    },
  ]
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

function buildApiKey(row: ApiKeyModel): SnapshotApiKey {
  const until = exhaustedUntil(row)
  return {
    id: apiKeyId(row.id),
    name: row.name,
    lineage: row.lineage,
    digest: row.digest,
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.getTime() }),
    ...(row.maxConcurrent === null ? {} : { maxConcurrent: row.maxConcurrent }),
    ...(row.tokensPerDay === null ? {} : { tokensPerDay: Number(row.tokensPerDay) }),
    ...(until === undefined ? {} : { exhaustedUntil: until }),
    mayExplain: row.mayExplain,
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
  const catalogues = rows.catalogues.filter((row) => named.has(row.id)).toSorted(byId)
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: stamp.epoch,
    version: stamp.version,
    issuedAt: stamp.issuedAt,
    accounts: accounts.map((row) => buildAccount(row, rows)),
    apiKeys: rows.apiKeys.toSorted(byId).map(buildApiKey),
    apiKeyPepper: rows.apiKeyPepper.toString("base64"),
    catalogues: Object.fromEntries(catalogues.map((row) => [row.id, row.body as unknown as Catalogue])), // written from one; checkSnapshot looks again
    aliases: DEFAULT_ALIASES,
    settings: rows.settings,
    ...buildPool(rows.pool),
  }
}
