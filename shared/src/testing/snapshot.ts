/** A small valid snapshot for tests; `change` replaces what a test is about. Every value is obviously made up. */
import type { Catalogue } from "../catalogue.ts"
import { accountId, apiKeyId } from "../ids.ts"
import { SNAPSHOT_SCHEMA_VERSION, type Snapshot, type SnapshotAccount, type SnapshotApiKey } from "../snapshot.ts"

export function testAccount(id: string, change: Partial<SnapshotAccount> = {}): SnapshotAccount {
  return {
    id: accountId(id),
    kind: "antigravity",
    label: `account ${id}`,
    usable: true,
    state: "READY",
    projectId: "example-project",
    credential: { accessToken: `sim-access-token-${id}`, expiresAt: 1_800_000_000_000, generation: 1 },
    weight: 1,
    priority: 0,
    catalogue: "common",
    ...change,
  }
}

export function testApiKey(id: string, change: Partial<SnapshotApiKey> = {}): SnapshotApiKey {
  const digest = Buffer.alloc(32, id).toString("base64")
  return { id: apiKeyId(id), name: `key ${id}`, lineage: `lineage-${id}`, digest, mayExplain: false, ...change }
}

export const TEST_CATALOGUE: Catalogue = {
  models: [
    {
      id: "claude-opus-4-6-thinking",
      displayName: "Claude Opus 4.6 (Thinking)",
      maxOutputTokens: 64_000,
      supportsThinking: true,
    },
    { id: "gemini-pro-agent", maxInputTokens: 1_048_576, supportsWebSearch: true },
    { id: "chat_20706" },
  ],
  deprecatedModelIds: { "gemini-3-pro-high": "gemini-pro-agent" },
}

export function testSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 7,
    issuedAt: 1_750_000_000_000,
    accounts: [testAccount("a"), testAccount("b")],
    apiKeys: [testApiKey("k")],
    apiKeyPepper: Buffer.alloc(32, "pepper").toString("base64"),
    catalogues: { common: TEST_CATALOGUE },
    aliases: { "claude-opus-4-5": "claude-opus-4-6-thinking" },
    settings: {
      maxConcurrentPerModel: 2,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["http://127.0.0.1:1"],
      antigravityUserAgent: "lagrange/test",
      firstByteTimeoutMs: 120_000,
      streamIdleTimeoutMs: 180_000,
    },
    ...change,
  }
}
