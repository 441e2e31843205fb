/** Settings: where a value comes from, what is refused, and what data planes are told. */
import { afterEach, describe, expect, it } from "vitest"
import type { SnapshotFrame } from "#shared/link-protocol.ts"
import { decodeSnapshotFrame } from "#shared/snapshot-check.ts"
import type { SnapshotSettings } from "#shared/snapshot.ts"
import { SETTING_NAMES, type SettingName } from "../src/settings/table.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

let control: TestControlPlane
afterEach(() => control.stop())

interface Entry {
  readonly name: SettingName
  readonly value: string | null
  readonly origin: string
  readonly environmentValue: string | null
  readonly defaultValue: string | null
  readonly changedAt: string | null
}

interface State {
  readonly revision: string
  readonly entries: readonly Entry[]
}

interface Update {
  readonly settings?: State
  readonly code?: string
  readonly message?: string
  readonly path?: readonly string[]
}

const FIELDS = "revision entries { name value origin environmentValue defaultValue changedAt }"
const UPDATE = `mutation ($input: UpdateSettingsInput!) { updateSettings(input: $input) {
  ... on UpdateSettingsSuccess { settings { ${FIELDS} } } ... on Failure { code message path } } }`

async function read(): Promise<State> {
  return (await control.data<{ settings: State }>(`{ settings { ${FIELDS} } }`)).settings
}

async function update(input: object): Promise<Update> {
  return (await control.data<{ updateSettings: Update }>(UPDATE, { input })).updateSettings
}

const entryOf = (state: State | undefined, name: SettingName): Entry | undefined =>
  state?.entries.find((entry) => entry.name === name)

describe("a setting", () => {
  it("is the default, the environment's, or what was set; unset it is the environment's again", async () => {
    control = await startTestControlPlane({ env: { MAX_CONCURRENT_PER_ACCOUNT: " 3 " } })
    const before = await read()
    expect(before.entries.map(({ name }) => name)).toEqual(SETTING_NAMES)
    expect(entryOf(before, "MAX_CONCURRENT_PER_MODEL")).toMatchObject({ value: "2", origin: "DEFAULT" })
    expect(entryOf(before, "DEFAULT_MODEL")).toMatchObject({ value: null, origin: "DEFAULT", defaultValue: null })
    const given = { value: "3", origin: "ENVIRONMENT", environmentValue: "3", defaultValue: "1", changedAt: null }
    expect(entryOf(before, "MAX_CONCURRENT_PER_ACCOUNT")).toMatchObject(given)

    const { settings: set } = await update({ set: [{ name: "MAX_CONCURRENT_PER_ACCOUNT", value: "7" }] })
    expect(entryOf(set, "MAX_CONCURRENT_PER_ACCOUNT")).toMatchObject({
      value: "7",
      origin: "SET",
      environmentValue: "3",
    })
    expect(Date.parse(entryOf(set, "MAX_CONCURRENT_PER_ACCOUNT")?.changedAt ?? "")).toBeGreaterThan(0)
    expect(await read()).toEqual(set)

    const { settings: unset } = await update({ unset: ["MAX_CONCURRENT_PER_ACCOUNT"] })
    expect(unset).toEqual(before)
  })

  it("outlives a restart, and a value that a later version does not take counts as unset", async () => {
    control = await startTestControlPlane()
    await update({ set: [{ name: "MAX_CONCURRENT_PER_MODEL", value: "9" }] })
    const { dataDirectory } = control
    await control.stop({ keep: true })
    control = await startTestControlPlane({ dataDirectory })
    expect(entryOf(await read(), "MAX_CONCURRENT_PER_MODEL")).toMatchObject({ value: "9", origin: "SET" })
    const { prisma } = control.controlPlane.services.database
    await prisma.setting.update({ where: { key: "MAX_CONCURRENT_PER_MODEL" }, data: { value: "many" } })
    expect(entryOf(await read(), "MAX_CONCURRENT_PER_MODEL")).toMatchObject({ value: "2", origin: "DEFAULT" })
    expect(control.log()).toContain("setting.not-taken")
  })
})

it("tells what each takes, for who makes a form of it", async () => {
  control = await startTestControlPlane()
  const { settings } = await control.data<{
    settings: { entries: ({ name: SettingName } & Record<string, unknown>)[] }
  }>("{ settings { entries { name group form { kind minimum maximum choices keys } } } }")
  const plain = { minimum: null, maximum: null, choices: [], keys: [] }
  const of = (wanted: SettingName) => settings.entries.find(({ name }) => name === wanted)
  expect(of("MAX_ATTEMPTS")).toMatchObject({ form: { ...plain, kind: "INTEGER", minimum: 1, maximum: 10 } })
  expect(of("ATTRIBUTION_BLOCK")).toMatchObject({
    group: "Translation",
    form: { ...plain, kind: "CHOICE", choices: ["drop", "keep"] },
  })
  expect(of("POOL_STRATEGY")).toMatchObject({ form: { kind: "MAP", keys: ["gemini", "third_party", "image"] } })
  expect(of("DEFAULT_MODEL")).toMatchObject({ form: { ...plain, kind: "TEXT" } })
})

describe("an update", () => {
  it.each([
    [{ set: [{ name: "MAX_CONCURRENT_PER_MODEL", value: "-1" }] }, "not_allowed", ["input", "set", "0", "value"]],
    [{ set: [{ name: "MAX_CONCURRENT_PER_MODEL", value: " " }] }, "empty", ["input", "set", "0", "value"]],
    [
      { set: [{ name: "DEFAULT_MODEL", value: "m" }], unset: ["DEFAULT_MODEL"] },
      "twice",
      ["input", "set", "0", "name"],
    ],
    [
      {
        set: [
          { name: "MAX_CONCURRENT_PER_MODEL", value: "4" },
          { name: "ANTIGRAVITY_BASE_URLS", value: "not a url" },
        ],
      },
      "not_allowed",
      ["input", "set", "1", "value"],
    ],
  ])("%j is refused whole, with its place", async (input, code, path) => {
    control = await startTestControlPlane()
    const before = await read()
    const refused = await update(input)
    expect(refused).toMatchObject({ code, path })
    expect(refused.message).toMatch(/\.$/)
    expect(await read()).toEqual(before)
  })

  it("is refused when somebody else was quicker, and only then", async () => {
    control = await startTestControlPlane()
    const { revision } = await read()
    const first = await update({ set: [{ name: "DEFAULT_MODEL", value: "one" }], revision })
    expect(first.settings?.revision).not.toBe(revision)
    expect(await update({ set: [{ name: "DEFAULT_MODEL", value: "two" }], revision })).toMatchObject({
      code: "changed_meanwhile",
    })
    expect(entryOf(await read(), "DEFAULT_MODEL")?.value).toBe("one")
    const second = await update({ unset: ["DEFAULT_MODEL"], revision: first.settings?.revision })
    expect(second.settings?.revision).toBe(revision)
  })
})

const CHANGES: Readonly<Record<SettingName, readonly [text: string, told: Partial<SnapshotSettings>]>> = {
  MAX_CONCURRENT_PER_MODEL: ["11", { maxConcurrentPerModel: 11 }],
  MAX_CONCURRENT_PER_ACCOUNT: ["12", { maxConcurrentPerAccount: 12 }],
  POOL_STRATEGY: [
    "weighted,image=fill-first",
    { poolStrategies: { gemini: "weighted", third_party: "weighted", image: "fill-first" } },
  ],
  POOL_WAIT_MS: ["15000", { poolWaitMs: 15_000 }],
  POOL_COOLING_WAIT_MS: ["16000", { poolCoolingWaitMs: 16_000 }],
  MAX_ATTEMPTS: ["2", { maxAttempts: 2 }],
  ATTEMPT_BUDGET_MS: ["12000", { attemptBudgetMs: 12_000 }],
  POOL_PAUSE_ON_WALLS: ["off", { pausesOnWalls: false }],
  QUOTA_HISTORY_DAYS: ["30", {}],
  FIRST_BYTE_TIMEOUT_MS: ["13000", { firstByteTimeoutMs: 13_000 }],
  STREAM_IDLE_TIMEOUT_MS: ["14000", { streamIdleTimeoutMs: 14_000 }],
  THINKING_BUDGETS: ["low=2000", { thinkingBudgets: expect.objectContaining({ low: 2000 }) }],
  ATTRIBUTION_BLOCK: ["keep", { attributionBlock: "keep" }],
  FETCH_REMOTE_MEDIA: ["off", { fetchRemoteMedia: false }],
  DEFAULT_MODEL: ["gemini-3-flash", { defaultModel: "gemini-3-flash" }],
  ANTIGRAVITY_BASE_URLS: [
    "http://127.0.0.1:9,http://127.0.0.1:10",
    { antigravityBaseUrls: ["http://127.0.0.1:9", "http://127.0.0.1:10"] },
  ],
  ANTIGRAVITY_USER_AGENT: ["somebody/1.0", { antigravityUserAgent: "somebody/1.0" }],
  // Of the control plane alone: data planes send no alerts.
  ALERT_WEBHOOK_HOSTS: ["hooks.example.com", {}],
  AUDIT_RETENTION_DAYS: ["90", {}],
  CAPTURE_RETENTION_HOURS: ["2", {}],
  CAPTURE_MAX_MIB: ["64", {}],
  REQUEST_RETENTION_DAYS: ["7", {}],
  REQUEST_RETENTION_COUNT: ["5000", {}],
  USAGE_MINUTE_DAYS: ["1", {}],
  USAGE_HOUR_DAYS: ["30", {}],
  USAGE_DAY_DAYS: ["365", {}],
}

it("each is told to the data planes without a restart, and taken back", async () => {
  control = await startTestControlPlane()
  const { publisher } = control.controlPlane.services
  const told = (): SnapshotSettings => {
    const frame = JSON.parse(publisher.current?.line ?? "") as SnapshotFrame // what the publisher wrote
    const checked = decodeSnapshotFrame(frame)
    if (!checked.ok) throw new Error(checked.reason)
    return checked.snapshot.settings
  }
  const before = told()
  for (const name of SETTING_NAMES) {
    const [value, change] = CHANGES[name]
    await update({ set: [{ name, value }] })
    expect(told()).toEqual({ ...before, ...change })
    await update({ unset: [name] })
    expect(told()).toEqual(before)
  }
})
