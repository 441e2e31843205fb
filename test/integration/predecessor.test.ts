/** What a user of Antigravity-Proxy was promised, kept: docs/guides/migrating.md. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ENVIRONMENT } from "#shared/environment.ts"
import { PASSWORD } from "../../control-plane/test/support/control-plane.ts"
import { startPlanes, type Planes } from "../support/planes.ts"

const guide = readFileSync(new URL("../../docs/guides/migrating.md", import.meta.url), "utf8")

/** Of its README's table: they work under the same name, with the same default. */
const SAME: Readonly<Record<string, string | undefined>> = {
  PORT: "8088",
  HOST: "127.0.0.1",
  ADMIN_PASSWORD: undefined,
  API_KEY: undefined,
  MAX_CONCURRENT_PER_MODEL: "2",
  MAX_CONCURRENT_PER_ACCOUNT: "1",
  OUTBOUND_PROXY: undefined,
}

/** Of its file of settings: each has a line that says what took its place. */
const SUCCEEDED = [
  "JWT_SECRET",
  "DB_PATH",
  "ADMIN_PASSWORD_BEARER_COMPAT",
  "OFFICIAL_SYSTEM_PROMPT",
  "DISABLE_LOCAL_LIMITS",
  "UPSTREAM_CAPACITY_RETRY_DELAY_MS",
  "SAME_ACCOUNT_RETRIES",
  "SAME_ACCOUNT_RETRY_DELAY_MS",
  "RETRY_TOTAL_TIMEOUT_MS",
  "ERROR_COUNT_TO_DISABLE",
  "CAPACITY_COOLDOWN_DEFAULT_MS",
  "CAPACITY_COOLDOWN_MAX_MS",
  "FETCH_CONNECT_TIMEOUT_MS",
  "TOOL_RESULT_MAX_CHARS",
  "TOOL_RESULT_TOTAL_MAX_CHARS",
  "TOOL_RESULT_TAIL_CHARS",
  "TOOL_RESULT_TRUNCATE_LOG",
  "MAX_OUTPUT_TOKENS_WITH_TOOLS",
  "CLAUDE_THINKING_SIGNATURE_TTL_MS",
  "CLAUDE_OPENAI_REPLAY_THOUGHT_TEXT",
  "DASHBOARD_TZ_OFFSET_MINUTES",
] as const

const MODELS = [
  "gemini-3-flash",
  "gemini-3-flash-thinking",
  "gemini-3-pro-high",
  "gemini-3-pro-low",
  "gemini-2.5-pro",
  "gemini-2.5-flash",
  "gemini-3-pro-image",
  "claude-opus-4-5",
  "claude-opus-4-5-thinking",
  "claude-sonnet-4-5",
  "claude-sonnet-4-5-thinking",
  "gpt-oss-120b-medium",
] as const

let planes: Planes

beforeAll(async () => {
  planes = await startPlanes()
})
afterAll(() => planes.stop())

describe("variables of the environment", () => {
  const rows = guide.split("\n").filter((line) => line.startsWith("| `"))
  const rowOf = (name: string): string | undefined =>
    rows.find((row) => (row.split(" | ")[0] ?? "").includes(`\`${name}\``))

  test.each(Object.entries(SAME))("%s is the same", (name, value) => {
    const variable = ENVIRONMENT[name as keyof typeof ENVIRONMENT] // of the list above
    expect(variable.default).toBe(value)
    expect(rowOf(name)).toContain("the same")
  })

  test.each(SUCCEEDED)("%s has a line with what took its place", (name) => {
    expect(Object.keys(ENVIRONMENT)).not.toContain(name)
    expect(rowOf(name)?.split(" | ")[1]).toMatch(/none[:,. ]|`[A-Z_]+(?:=0)?`/)
  })

  test("every name that a line offers instead is read by somebody", () => {
    const offered = rows.flatMap((row) => [...(row.split(" | ")[1] ?? "").matchAll(/`([A-Z][A-Z_]+)(?:=\w+)?`/g)])
    const names = offered.map(([, name = ""]) => name)
    expect(names.length).toBeGreaterThan(8)
    expect(names.filter((name) => !Object.hasOwn(ENVIRONMENT, name))).toEqual([])
  })
})

/** The guide's own curl lines, each as the request that it makes, with the password in the place of a key. */
function calls(): { path: string; headers: [string, string][]; body: string }[] {
  const [, block = ""] = /## Calls\s+```sh\n([\s\S]*?)```/.exec(guide) ?? []
  return block
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.startsWith("curl http://localhost:8088/"))
    .map((line) => ({
      path: /localhost:8088(\S+)/.exec(line)?.[1] ?? "",
      headers: [...line.matchAll(/-H "([^:"]+): ([^"]+)"/g)].map(([, name = "", value = ""]): [string, string] => [
        name,
        value.replace("$API_KEY", PASSWORD),
      ]),
      body: /-d '([^']+)'/.exec(line)?.[1] ?? "",
    }))
}

describe("calls", () => {
  const addresses = (): string => planes.plane.url.replace("127.0.0.1", "localhost")

  beforeAll(async () => {
    // Its export, as its panel writes it.
    planes.simulator.addAccount({ email: "mine@example.test", refreshToken: "fake-refresh-token-of-mine" })
    const accounts = [{ email: "mine@example.test", refresh_token: "fake-refresh-token-of-mine", project_id: null }]
    await planes.control.data(
      `mutation ($document: String!) { importAccounts(input: { document: $document, acknowledgedTerms: true }) { __typename } }`,
      { document: JSON.stringify({ accounts }) },
    )
    await planes.addAccount("second@example.test")
    await planes.settled()
  })

  test("there are three, one in each dialect", () => {
    expect(calls().map(({ path }) => path)).toEqual([
      "/v1/chat/completions",
      "/v1/messages",
      "/v1beta/models/gemini-2.5-flash:generateContent",
    ])
  })

  test.each([0, 1, 2])("call %i answers, with the password as the key while API_KEY is not set", async (index) => {
    const { path = "", headers, body } = calls()[index] ?? {}
    const response = await fetch(addresses() + path, { method: "POST", headers: headers ?? [], body: body ?? "" })
    const text = await response.text()
    expect([response.status, text]).toEqual([200, expect.stringContaining("to: Hello!")])
  })

  test.each(MODELS)("the model %s answers, and is on the list", async (model) => {
    const authorization = `Bearer ${PASSWORD}`
    const listed = await (await fetch(`${addresses()}/v1/models`, { headers: { authorization } })).json()
    expect(listed.data.map(({ id }: { id: string }) => id)).toContain(model)
    expect(guide).toContain(`\`${model}\``)
    const response = await fetch(`${addresses()}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello!" }] }),
    })
    expect(await response.json()).toMatchObject({ model, choices: [{ message: { role: "assistant" } }] })
  })

  test("a browser that opens the old address is sent to the panel", async () => {
    const response = await fetch(`${addresses()}/`, { redirect: "manual" })
    expect([response.status, response.headers.get("location")]).toEqual([302, expect.stringMatching(/^http/)])
  })
})
