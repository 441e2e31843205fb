/** Snapshots for tests: accounts of a simulator, one API key, everything else at its default. */
import { digestApiKey, mintApiKey } from "#shared/api-key.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import { DEFAULT_ALIASES } from "#shared/model-name.ts"
import type { Routing } from "#shared/routing.ts"
import {
  SNAPSHOT_SCHEMA_VERSION,
  type Snapshot,
  type SnapshotAccount,
  type SnapshotPool,
  type SnapshotSettings,
} from "#shared/snapshot.ts"
import type { Simulator } from "#simulator/simulator.ts"

export const API_KEY = "test-key"
/** Of another tenant. */
export const OTHER_API_KEY = "other-key"
/** And of a third one. */
export const THIRD_API_KEY = "third-key"
/** May come from 203.0.113.0/24 only. */
export const BOUND_API_KEY = "bound-key"
/** As the control plane makes them. */
export const MINTED_API_KEY = mintApiKey()
/** May use `MODEL` only. */
export const NARROW_API_KEY = "narrow-key"
export const PEPPER = Buffer.alloc(32, 7)
export const MODEL = "gemini-3-flash"

export const SETTINGS: SnapshotSettings = {
  maxConcurrentPerModel: 0,
  maxConcurrentPerAccount: 1,
  antigravityBaseUrls: [],
  antigravityUserAgent: "lagrange/0.1.0",
  firstByteTimeoutMs: 60_000,
  streamIdleTimeoutMs: 60_000,
}

export interface SnapshotInput {
  readonly version?: number
  readonly accounts: readonly SnapshotAccount[]
  readonly settings?: Partial<SnapshotSettings>
  readonly pool?: SnapshotPool
  readonly routing?: Routing
  /** Of `API_KEY`; 0 and absent: it is not captured. */
  readonly captureUntil?: number
}

export function snapshot({
  version = 1,
  accounts,
  settings = {},
  pool,
  routing,
  captureUntil = 0,
}: SnapshotInput): Snapshot {
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version,
    issuedAt: Date.now(),
    accounts,
    apiKeys: [
      {
        id: apiKeyId("key-1"),
        name: "test",
        lineage: "lineage-1",
        digest: digestApiKey(PEPPER, API_KEY),
        mayExplain: true,
        ...(captureUntil === 0 ? {} : { captureUntil }),
      },
      {
        id: apiKeyId("key-2"),
        name: "expired",
        lineage: "lineage-2",
        digest: digestApiKey(PEPPER, "expired-key"),
        expiresAt: 1,
        mayExplain: false,
      },
      {
        id: apiKeyId("key-3"),
        name: "other",
        tags: ["team"],
        lineage: "lineage-3",
        digest: digestApiKey(PEPPER, OTHER_API_KEY),
        mayExplain: false,
      },
      {
        id: apiKeyId("key-4"),
        name: "third",
        lineage: "lineage-4",
        digest: digestApiKey(PEPPER, THIRD_API_KEY),
        mayExplain: false,
      },
      {
        id: apiKeyId("key-narrow"),
        name: "narrow",
        lineage: "lineage-narrow",
        digest: digestApiKey(PEPPER, NARROW_API_KEY),
        models: [MODEL],
        mayExplain: true,
      },
      {
        id: apiKeyId("key-5"),
        name: "bound",
        lineage: "lineage-5",
        digest: digestApiKey(PEPPER, BOUND_API_KEY),
        addresses: ["203.0.113.0/24"],
        mayExplain: false,
      },
      {
        id: apiKeyId("key-6"),
        name: "minted",
        lineage: "lineage-6",
        digest: digestApiKey(PEPPER, MINTED_API_KEY),
        mayExplain: false,
      },
    ],
    apiKeyPepper: PEPPER.toString("base64"),
    catalogues: {
      all: {
        models: ["gemini-3-flash", "gemini-3.1-flash-lite", "gemini-3.1-flash-image", "claude-sonnet-4-6"].map(
          (id) => ({ id, displayName: id, supportsWebSearch: id === MODEL }),
        ),
        deprecatedModelIds: {},
      },
    },
    aliases: { ...DEFAULT_ALIASES, "my-model": MODEL, "team/fast": MODEL },
    settings: { ...SETTINGS, ...settings },
    ...(routing === undefined ? {} : { routing }),
    ...(pool === undefined ? {} : { pool }),
  }
}

export function account(email: string, accessToken: string, more: Partial<SnapshotAccount> = {}): SnapshotAccount {
  return {
    id: accountId(email),
    kind: "antigravity",
    label: email.split("@")[0] ?? email,
    usable: true,
    state: "READY",
    projectId: "sim-project",
    credential: { accessToken, expiresAt: Date.now() + 3_600_000, generation: 1 },
    weight: 1,
    priority: 0,
    catalogue: "all",
    ...more,
  }
}

/** All accounts of the simulator, each with a living token. */
export function accountsOf(
  simulator: Simulator,
  emails: readonly string[],
  more: Partial<SnapshotAccount> = {},
): SnapshotAccount[] {
  return emails.map((email) => {
    const { projectId } = simulator.addAccount({ email })
    return account(email, simulator.accessToken(email), { ...more, ...(projectId === undefined ? {} : { projectId }) })
  })
}
