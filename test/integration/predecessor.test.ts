/** What a user of Antigravity-Proxy was promised, kept: docs/guides/migrating.md. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { ENVIRONMENT } from "#shared/environment.ts"
import { PASSWORD } from "../../control-plane/test/support/control-plane.ts"
import { answerText, fetchAnswer } from "../../data-plane/test/support/client.ts"
import { startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

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

/** What its panel and its programs for administrators do, as a row of the guide names it, and what does it here. */
const ADMINISTRATION: Readonly<Record<string, readonly string[]>> = {
  list: ["accounts"],
  add: ["addAccount", "startOAuth", "completeOAuth"],
  "add many": ["importAccounts"],
  switch: ["updateAccount", "updateAccounts"],
  refresh: ["testAccount"],
  quota: ["syncQuota", "quotaForecast"],
  delete: ["removeAccount", "removeAccounts"],
  Export: ["exportAccounts"],
  "requests and attempts": ["requests", "request"],
  Dashboard: ["usage", "trafficSample"],
  Settings: ["settings", "updateSettings"],
}

/** Documents of accounts that people have, each in the shape that its program writes. */
const DOCUMENTS: Readonly<Record<string, object | string>> = {
  "its export": {
    accounts: [{ email: "a@example.test", refresh_token: "1//obviously-fake-token-of-a", project_id: null }],
  },
  "Antigravity-Manager": [{ email: "a@example.test", refresh_token: "1//obviously-fake-token-of-a" }],
  CLIProxyAPI: {
    type: "antigravity",
    access_token: "fake-access",
    refresh_token: "1//obviously-fake-token-of-a",
    expires_in: 3599,
    timestamp: 1_767_225_600_000,
    expired: "2026-01-01T01:00:00Z",
    email: "a@example.test",
    project_id: "a-project",
  },
  "antigravity-claude-proxy": {
    accounts: [
      {
        email: "a@example.test",
        source: "oauth",
        refreshToken: "1//obviously-fake-token-of-a",
        projectId: "p",
        enabled: true,
      },
    ],
    settings: {},
    activeIndex: 0,
  },
  "a token a line": "1//obviously-fake-token-of-a\n1//obviously-fake-token-of-b\n",
  "an address and a token a line": "a@example.test 1//obviously-fake-token-of-a\n",
}

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

describe("promises of its README", () => {
  const chat = (body: object) =>
    fetchAnswer(`${planes.plane.url}/v1/chat/completions`, {
      headers: { authorization: `Bearer ${PASSWORD}` },
      body: { model: "gemini-3-flash", ...body },
    })
  const user = (content: unknown) => ({ role: "user", content })
  const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

  test("streams, thinking included", async () => {
    const prompt = "[[sim:think=A thought.]] [[sim:text=An answer.]]"
    const answer = await chat({ stream: true, reasoning_effort: "low", messages: [user(prompt)] })
    expect(answer.text).toContain('"reasoning_content":"A thought."')
    expect(answerText(answer)).toBe("An answer.")
    expect(answer.text).toMatch(/data: \[DONE\]\n\n$/)
  })

  test("calls tools in the manner of OpenAI", async () => {
    const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }]
    const answer = await chat({ tools, messages: [user("[[sim:call=look]]")] })
    expect(JSON.parse(answer.text)).toMatchObject({
      choices: [{ finish_reason: "tool_calls", message: { tool_calls: [{ function: { name: "look" } }] } }],
    })
  })

  test("calls tools in the manner of Anthropic, round after round, without the client minding signatures", async () => {
    const messages: object[] = [user("[[sim:think=A thought.]] [[sim:call=look {}]]")]
    const send = (body: object) =>
      fetchAnswer(`${planes.plane.url}/v1/messages`, { headers: { "x-api-key": PASSWORD, authorization: [] }, body })
    const common = {
      model: "claude-opus-4-5-thinking",
      max_tokens: 4_000,
      thinking: { type: "enabled", budget_tokens: 2_000 },
      tools: [{ name: "look", input_schema: { type: "object", properties: {} } }],
    }
    const first = JSON.parse((await send({ ...common, messages })).text)
    const call = first.content.find(({ type }: { type: string }) => type === "tool_use")
    expect(call).toMatchObject({ name: "look" })
    // The call alone comes back: neither the thought nor its signature.
    const result = { type: "tool_result", tool_use_id: call.id, content: "seen" }
    const more = [...messages, { role: "assistant", content: [call] }, user([result])]
    const second = await send({ ...common, messages: more })
    expect([second.status, second.text]).toEqual([200, expect.stringContaining("Result of look")])
  })

  test("takes images, and gives them by its image model", async () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } }
    expect((await chat({ messages: [user([{ type: "text", text: "What is this?" }, image])] })).status).toBe(200)
    const drawn = await chat({ model: "gemini-3-pro-image", messages: [user("a cat")] })
    expect(drawn.text).toMatch(/data:image\/\w+;base64,/)
  })

  test("an account is used up: another answers, and the panel shows which rests, why and until when", async () => {
    planes.simulator.script({ fault: { kind: "quota-individual" }, match: { account: "mine@example.test" } })
    for (const prompt of ["one", "two"]) expect((await chat({ messages: [user(prompt)] })).status).toBe(200)
    planes.simulator.clearFaults()
    const document = `{ accounts(first: 10) { edges { node { email cooldowns { cause until } quota { remaining } } } } }`
    const [resting, ...others] = await waitFor(async () => {
      const { accounts } = await planes.control.data<{ accounts: { edges: { node: Row }[] } }>(document)
      const rows = accounts.edges.map(({ node }) => node)
      return (
        rows.some(({ cooldowns }) => cooldowns.length > 0) && rows.toSorted((a, b) => a.email.localeCompare(b.email))
      )
    })
    expect(resting).toMatchObject({ email: "mine@example.test", cooldowns: [{ cause: "quota" }] })
    expect(others).toMatchObject([{ email: "second@example.test", cooldowns: [] }])
    // Quota by model, synced.
    expect([resting, ...others].map((row) => (row?.quota.length ?? 0) > 0)).toEqual([true, true])
  })

  test("the panel opens with ADMIN_PASSWORD", async () => {
    expect(await planes.control.signIn()).toContain("=")
  })

  test.each(Object.entries(DOCUMENTS))("accounts come from %s", async (_, document) => {
    const text = typeof document === "string" ? document : JSON.stringify(document)
    const { importAccounts } = await planes.control.data<{ importAccounts: { rows: { outcome: string }[] } }>(
      `mutation ($document: String!) { importAccounts(input: { document: $document, acknowledgedTerms: true, dryRun: true }) {
        ... on ImportAccountsSuccess { rows { outcome } } ... on Failure { message } } }`,
      { document: text },
    )
    expect(new Set(importAccounts.rows.map(({ outcome }) => outcome))).toEqual(new Set(["WOULD_ADD"]))
  })

  test("what its administrators did has a row in the guide, and somebody who does it", () => {
    const [, table = ""] = /## Its panel and its administration\n([^]*?)\n## /.exec(guide) ?? []
    const schema = readFileSync(new URL("../../control-plane/schema.graphql", import.meta.url), "utf8")
    for (const [deed, fields] of Object.entries(ADMINISTRATION)) {
      expect(table, deed).toContain(deed)
      const missing = fields.filter((field) => !new RegExp(`^  ${field}[(:]`, "m").test(schema))
      expect(missing, deed).toEqual([])
    }
  })

  test("the question that its README answers is answered by the guide", () => {
    expect(guide).toMatch(/"Resource has been exhausted" [^]*not of a quota, and no account is benched for it/)
    expect(guide).toContain("Thought signatures need nothing of the client")
  })
})

interface Row {
  readonly email: string
  readonly cooldowns: readonly object[]
  readonly quota: readonly object[]
}
