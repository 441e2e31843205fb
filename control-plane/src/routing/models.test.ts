import { describe, expect, test } from "vitest"
import { compileSnapshot } from "#shared/snapshot-compile.ts"
import { accountId } from "#shared/ids.ts"
import { SNAPSHOT_SCHEMA_VERSION, type Snapshot, type SnapshotAccount } from "#shared/snapshot.ts"
import { censusOf } from "./census.ts"
import { knownModels } from "./models.ts"

const DAY_MS = 24 * 3_600_000
const NOW = 100 * DAY_MS

const account = (id: string, more: Partial<SnapshotAccount> = {}): SnapshotAccount => ({
  id: accountId(id),
  kind: "antigravity",
  label: id,
  usable: true,
  state: "READY",
  weight: 1,
  priority: 0,
  catalogue: "list",
  ...more,
})

function world(accounts: readonly SnapshotAccount[]) {
  const list = { models: [{ id: "fast", maxInputTokens: 10 }, { id: "chat_1" }], deprecatedModelIds: { old: "fast" } }
  const snapshot: Snapshot = {
    schemaVersion: SNAPSHOT_SCHEMA_VERSION,
    epoch: 1,
    version: 1,
    issuedAt: 0,
    accounts,
    apiKeys: [],
    apiKeyPepper: Buffer.alloc(32).toString("base64"),
    catalogues: { list },
    aliases: { quick: "fast" },
    settings: {
      maxConcurrentPerModel: 0,
      maxConcurrentPerAccount: 1,
      antigravityBaseUrls: ["http://one"],
      antigravityUserAgent: "test/1.0.0",
      firstByteTimeoutMs: 1,
      streamIdleTimeoutMs: 1,
    },
  }
  return compileSnapshot(snapshot)
}

describe("models", () => {
  const row = (model: string, daysAgo: number, goneAt: Date | null = null) => ({
    model,
    body: { id: model, maxInputTokens: 5 },
    firstSeenAt: new Date(NOW - daysAgo * DAY_MS),
    goneAt,
  })

  test("are new for so many days, but not those of the first list", () => {
    const of = (days: number, rows = [row("fast", 3), row("chat_1", 90)]) =>
      knownModels(rows, world([account("a")]), days, NOW).filter(({ isNew }) => isNew)
    expect(of(3).map(({ id }) => id)).toEqual(["fast"])
    expect(of(2)).toEqual([])
    expect(of(7, [row("fast", 3), row("chat_1", 3)])).toEqual([])
    expect(of(7, [row("fast", 3, new Date(NOW)), row("chat_1", 90)])).toEqual([])
  })

  test("tell who offers them, their names, and what was last known of one that is gone", () => {
    const rows = [row("fast", 3), row("chat_1", 90), row("gone", 90, new Date(NOW))]
    const models = knownModels(rows, world([account("a"), account("b", { usable: false })]), 7, NOW)
    expect(models.map(({ id, isInternal }) => [id, isInternal])).toEqual([
      ["chat_1", true],
      ["fast", false],
      ["gone", false],
    ])
    const fast = { offeredBy: 2, usableBy: 1, aliases: ["quick"], retiredNames: ["old"], about: { maxInputTokens: 10 } }
    expect(models[1]).toMatchObject(fast)
    expect(models[2]).toMatchObject({ offeredBy: 0, usableBy: 0, aliases: [], about: { maxInputTokens: 5 } })
  })
})

test("a census places each account once", () => {
  const reading = { bucket: "third_party", window: "5h", source: "summary", readAt: 0 } as const
  const cooldown = { bucket: "third_party", cause: "quota", evidence: "", since: 0 } as const
  const { catalogue: _none, ...unread } = account("unread", { tags: ["team"] })
  const accounts = [
    account("fine", { tags: ["team", "x"] }),
    unread,
    account("off", { tags: ["team"], usable: false }),
    account("outside"),
    account("taken", { tags: ["team"], disabledModels: ["fast"] }),
    account("cools", { tags: ["team"], cooldowns: [{ ...cooldown, until: NOW + 1 }] }),
    account("cooled", { tags: ["team"], cooldowns: [{ ...cooldown, until: NOW }] }),
    account("empty", {
      tags: ["team"],
      quota: [{ ...reading, remainingFraction: 0.1, resetsAt: NOW + 1 }],
      reserve: 0.1,
    }),
    account("back", { tags: ["team"], quota: [{ ...reading, remainingFraction: 0, resetsAt: NOW }] }),
  ]
  const group = { name: "team", tags: ["team"] }
  const counts = { known: 9, unusable: 1, outside: 1, notOffered: 0, modelOff: 1, resting: 2, candidates: 4 }
  expect(censusOf(world(accounts), "fast", group, NOW)).toEqual(counts)
  expect(censusOf(world(accounts), "other", undefined, NOW)).toMatchObject({ notOffered: 7, candidates: 1, outside: 0 })
})
