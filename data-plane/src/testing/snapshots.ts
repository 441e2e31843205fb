/** Small snapshots for unit tests of the pool and of what stands on it. */
import { accountId } from "#shared/ids.ts"
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import {
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotSettings,
} from "#shared/snapshot.ts"

export const MODEL = "gemini-3-flash"
export const OTHER_MODEL = "claude-sonnet-4-6"
export const IMAGE_MODEL = "gemini-3-pro-image"

export function testAccount(id: string, more: Partial<SnapshotAccount> = {}): SnapshotAccount {
  return {
    id: accountId(id),
    kind: "antigravity",
    label: id,
    usable: true,
    state: "READY",
    projectId: "project",
    credential: { accessToken: `token-${id}`, expiresAt: Number.MAX_SAFE_INTEGER, generation: 1 },
    weight: 1,
    priority: 0,
    catalogue: "both",
    ...more,
  }
}

export function testSnapshot(
  accounts: readonly SnapshotAccount[],
  settings: Partial<SnapshotSettings> = {},
  version = 1,
): Snapshot {
  const model = (id: string): { id: string } => ({ id })
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version,
    issuedAt: 0,
    accounts,
    apiKeys: [],
    apiKeyPepper: Buffer.alloc(32).toString("base64"),
    catalogues: {
      both: { models: [model(MODEL), model(OTHER_MODEL)], deprecatedModelIds: {} },
      images: { models: [model(MODEL), model(OTHER_MODEL), model(IMAGE_MODEL)], deprecatedModelIds: {} },
      one: { models: [model(MODEL)], deprecatedModelIds: {} },
    },
    aliases: {},
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["http://one", "http://two"],
      antigravityUserAgent: "test/1.0.0",
      firstByteTimeoutMs: 1_000,
      streamIdleTimeoutMs: 1_000,
      ...settings,
    },
  }
}

export function compiled(
  accounts: readonly SnapshotAccount[],
  settings: Partial<SnapshotSettings> = {},
  version = 1,
): CompiledSnapshot {
  return compileSnapshot(testSnapshot(accounts, settings, version))
}
