import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { InvalidInputError } from "../../failure.ts"
import type { ImportedDocument, ImportedRow } from "./imported-row.ts"
import { MAX_DOCUMENT_LENGTH, MAX_ROWS, readDocument, sealedPart } from "./read-document.ts"
import { readTokenList } from "./read-token-list.ts"

// Obviously no tokens of anybody.
const TOKEN = "fake-refresh-token-number-1"
const OTHER = "fake-refresh-token-number-2"

/** A row as a person would tell it. */
function told(row: ImportedRow): object {
  if (row.type === "invalid") return { email: row.email, message: row.message }
  const { refreshToken, client, ...said } = row.account
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined && value !== false))
  return {
    token: refreshToken.reveal(),
    ...given,
    ...(said.enabled === false ? { enabled: false } : {}),
    ...(client === undefined ? {} : { client: client.clientId.reveal() }),
    ...(row.notCarried.length > 0 ? { notCarried: row.notCarried } : {}),
  }
}

const read = (document: unknown): ImportedDocument =>
  readDocument(typeof document === "string" ? document : JSON.stringify(document))
const rowsOf = (document: unknown): object[] => read(document).rows.map(told)

function refusalOf(document: string): InvalidInputError {
  try {
    readDocument(document)
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
  throw new Error("it was taken")
}

describe("what people have", () => {
  test("the export of Antigravity-Proxy", () => {
    const document = { accounts: [{ email: "A@Example.test", refresh_token: TOKEN, project_id: "a-project-1" }] }
    expect(read(document).formats).toEqual(["ANTIGRAVITY_PROXY"])
    expect(rowsOf(document)).toEqual([{ token: TOKEN, email: "a@example.test", projectId: "a-project-1" }])
    const without = { accounts: [{ email: "a@example.test", refresh_token: TOKEN, project_id: null }] }
    expect(rowsOf(without)).toEqual([{ token: TOKEN, email: "a@example.test" }])
  })

  test("both exports of Antigravity-Manager", () => {
    const list = [{ email: "a@example.test", refresh_token: TOKEN }]
    for (const document of [list, { accounts: list }]) {
      expect(read(document).formats).toEqual(["ANTIGRAVITY_MANAGER"])
      expect(rowsOf(document)).toEqual([{ token: TOKEN, email: "a@example.test" }])
    }
  })

  test("an account file of Antigravity-Manager, with what has no place here by name", () => {
    const document = {
      id: "00000000-0000-0000-0000-000000000000",
      email: "a@example.test",
      name: "A. Person",
      token: {
        access_token: "fake-access-token",
        refresh_token: TOKEN,
        expires_in: 3599,
        expiry_timestamp: 1_770_000_000,
        token_type: "Bearer",
        project_id: "a-project-1",
        session_id: "1",
        is_gcp_tos: true,
      },
      device_profile: { machine_id: "x" },
      quota: { models: [] },
      disabled: false,
      proxy_disabled: true,
      protected_models: ["claude"],
      custom_label: "work",
      proxy_id: "proxy-1",
      created_at: 1,
      last_used: 2,
    }
    expect(read(document).formats).toEqual(["ANTIGRAVITY_MANAGER"])
    expect(rowsOf(document)).toEqual([
      {
        token: TOKEN,
        email: "a@example.test",
        label: "work",
        projectId: "a-project-1",
        enabled: false,
        notCarried: ["name", "device_profile", "protected_models", "proxy_id"],
      },
    ])
  })

  test("the index of Antigravity-Manager holds no tokens, and says so", () => {
    const index = { version: "2.0", accounts: [{ id: "1", email: "a@example.test" }], current_account_id: "1" }
    expect(refusalOf(JSON.stringify(index))).toMatchObject({ code: "no_tokens" })
  })

  const authFile = {
    type: "antigravity",
    access_token: "fake-access-token",
    refresh_token: TOKEN,
    expires_in: 3599,
    timestamp: 1_770_000_000_000,
    expired: "2026-02-02T02:02:02Z",
    email: "a@example.test",
    project_id: "a-project-1",
    disabled: true,
    priority: "7",
    note: "from the laptop",
    excluded_models: ["gemini-3-flash", "claude-*"],
    proxy_url: "socks5://user:fake-password@proxy.test",
    prefix: "team",
  }

  test("an auth file of CLIProxyAPI", () => {
    expect(read(authFile).formats).toEqual(["CLI_PROXY_API"])
    const [row] = rowsOf(authFile)
    expect(row).toEqual({
      token: TOKEN,
      email: "a@example.test",
      label: "from the laptop",
      projectId: "a-project-1",
      enabled: false,
      priority: 7,
      disabledModels: ["gemini-3-flash"],
      notCarried: ["proxy_url", "prefix", "excluded models (patterns; name the models)"],
    })
    expect(JSON.stringify(row)).not.toContain("fake-password")
  })

  test("several auth files one after the other, each with its line", () => {
    const second = { ...authFile, email: "b@example.test", refresh_token: OTHER }
    const document = `${JSON.stringify(authFile, undefined, 2)}\n${JSON.stringify(second)}\n`
    const { formats, rows } = readDocument(document)
    expect(formats).toEqual(["CLI_PROXY_API"])
    const lines = JSON.stringify(authFile, undefined, 2).split("\n").length
    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 1],
      [2, lines + 1],
    ])
  })

  test("an auth file of another provider is told, and holds up no other", () => {
    const rows = rowsOf([
      { ...authFile, type: "codex" },
      { type: "antigravity", refresh_token: OTHER },
    ])
    expect(rows[0]).toMatchObject({
      email: "a@example.test",
      message: expect.stringMatching(/only those of Antigravity/),
    })
    expect(rows[1]).toEqual({ token: OTHER })
  })

  test("the accounts file of antigravity-claude-proxy, and projects written behind the token", () => {
    const accounts = [
      { email: "a@example.test", source: "oauth", refreshToken: TOKEN, projectId: "a-project-1", enabled: true },
      { email: "b@example.test", source: "oauth", refreshToken: `${OTHER}|b-project-1`, modelRateLimits: {} },
      { email: "c@example.test", source: "database", dbPath: "/somewhere" },
    ]
    const document = { accounts, settings: {}, activeIndex: 0 }
    expect(read(document).formats).toEqual(["ANTIGRAVITY_CLAUDE_PROXY"])
    const rows = rowsOf(document)
    expect(rows.slice(0, 2)).toEqual([
      { token: TOKEN, email: "a@example.test", projectId: "a-project-1" },
      { token: OTHER, email: "b@example.test", projectId: "b-project-1" },
    ])
    expect(rows[2]).toMatchObject({ message: expect.stringMatching(/no refresh token/) })
  })

  test("credentials that bring their OAuth client", () => {
    const document = {
      type: "authorized_user",
      client_id: "fake-client",
      client_secret: "fake-client-secret",
      refresh_token: TOKEN,
    }
    expect(rowsOf(document)).toEqual([{ token: TOKEN, client: "fake-client" }])
  })

  test("a bare list, with whatever people put between address and token", () => {
    const document = [
      "# my accounts",
      TOKEN,
      "",
      `b@example.test ${OTHER}`,
      `c@example.test,fake-refresh-token-number-3`,
      `fake-refresh-token-number-4----d@example.test`,
    ].join("\r\n")
    const { formats, rows } = readDocument(document)
    expect(formats).toEqual(["TOKEN_LIST"])
    expect(rows.map((row) => [row.line, told(row)])).toEqual([
      [2, { token: TOKEN }],
      [4, { token: OTHER, email: "b@example.test" }],
      [5, { token: "fake-refresh-token-number-3", email: "c@example.test" }],
      [6, { token: "fake-refresh-token-number-4", email: "d@example.test" }],
    ])
    expect(rowsOf([TOKEN, OTHER])).toEqual([{ token: TOKEN }, { token: OTHER }])
  })

  test.each([
    ["ya29.fake", /access token/],
    ["AIzafake-key-of-nobody-000000000", /API key/],
    ["a@example.test", /no refresh token/],
    [`${TOKEN} ${OTHER}`, /more on this line/],
    ["short", /too short/],
  ])("%s is no refresh token", (line, message) => {
    const [row] = rowsOf(`${line}\n${TOKEN}`)
    expect(row).toMatchObject({ message: expect.stringMatching(message) })
  })

  test("settings that cannot be kept are named with the reason, and the account is taken", () => {
    const document = {
      format: "lagrange-accounts",
      version: 1,
      accounts: [{ refreshToken: TOKEN, weight: 0, priority: 3, reserve: 2, tags: ["a", 5], maxConcurrent: 1.5 }],
    }
    const [row] = read(document).rows
    expect(row?.type === "account" && row.account.priority).toBe(3)
    expect(row?.type === "account" && row.notCarried.map((name) => name.split(" ")[0])).toEqual([
      "weight",
      "maxConcurrent",
      "reserve",
      "tags",
    ])
  })

  test("nothing that is said gets lost without a word", () => {
    const document = {
      refresh_token: TOKEN,
      email: "not an address",
      label: "first",
      note: "second",
      project_id: 5,
      enabled: "yes",
      reserve: "much",
      oauthClient: "0000000000000000",
    }
    const ours = { format: "lagrange-accounts", version: 1, accounts: [document] }
    const [row] = read(ours).rows
    expect(row?.type === "account" && row.notCarried.map((name) => name.split(" ")[0])).toEqual([
      "project_id",
      "enabled",
      "note",
      "email",
      "reserve",
      "OAuth",
    ])
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`field${index}`, "x"]))
    const [long] = read({ refresh_token: TOKEN, ...many }).rows
    expect(long?.type === "account" && long.notCarried.at(-1)).toBe("and 5 more")
  })
})

describe("what is no document of accounts", () => {
  const MILLION_PIECES = "{} ".repeat(MAX_DOCUMENT_LENGTH / 4)

  test.each([
    ["", "empty"],
    ["  \n", "empty"],
    ["hello there\nthis is a text", "not_understood"],
    ["42", "not_understood"],
    ['{"a":', "malformed"],
    ["[]", "no_accounts"],
    ['{"accounts":[]}', "no_accounts"],
    ['{"format":"lagrange-accounts","version":2,"accounts":[]}', "version"],
    ["x".repeat(MAX_DOCUMENT_LENGTH + 1), "too_long"],
    [`${TOKEN}\n`.repeat(5_001), "too_many"],
    [MILLION_PIECES, "too_many"],
    [`[0${",0".repeat(MAX_DOCUMENT_LENGTH / 4)}]`, "too_many"],
    ["[".repeat(MAX_DOCUMENT_LENGTH), "malformed"],
  ])("%.40s", (document, code) => {
    expect(refusalOf(document)).toMatchObject({ code, path: ["input", "document"] })
  })

  test("one of a million pieces is asked for no passphrase", () => {
    expect(sealedPart(MILLION_PIECES)).toBeUndefined()
  })

  test("where it breaks off is told by its line, without a word of it", () => {
    const document = `{"accounts":[\n{"refresh_token":"${TOKEN}"},\n{"refresh_token":"${OTHER}`
    const { message } = refusalOf(document)
    expect(message).toContain("line 3")
    expect(message).not.toContain("fake")
  })
})

const email = fc.constantFrom("a@example.test", "B@Example.test", "no address", "")
const token = fc.constantFrom(TOKEN, OTHER, "", "two words", "ya29.fake")
const anything = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(true, -1, 1e9, 0.5, "x", [], {}, null))
const entry = fc.record(
  {
    email: fc.oneof(email, anything),
    refresh_token: fc.oneof(token, anything),
    refreshToken: fc.oneof(token, anything),
    token: fc.oneof(fc.record({ refresh_token: token }), anything),
    type: fc.oneof(fc.constant("antigravity"), anything),
    kind: fc.oneof(fc.constant("ANTIGRAVITY"), anything),
    project_id: anything,
    label: anything,
    tags: anything,
    weight: anything,
    priority: anything,
    maxConcurrent: anything,
    reserve: anything,
    disabledModels: anything,
    enabled: anything,
    oauthClient: anything,
    client_id: anything,
    client_secret: anything,
    unknown: anything,
  },
  { requiredKeys: [] },
)
const whole = fc.oneof(
  fc.array(entry).map((accounts) => JSON.stringify(accounts)),
  fc.array(entry).map((accounts) => JSON.stringify({ accounts })),
  fc
    .array(entry)
    .map((accounts) => JSON.stringify({ format: "lagrange-accounts", version: 1, accounts, oauthClients: accounts })),
  fc.array(entry).map((accounts) => accounts.map((one) => JSON.stringify(one)).join("\n")),
  fc.array(fc.tuple(email, token)).map((lines) => lines.map((line) => line.join(" ")).join("\n")),
  fc.string({ unit: "binary" }),
)

/** Reads it, or is refused with a sentence; nothing else may happen. */
function rowsOrRefusal(document: string): readonly ImportedRow[] {
  try {
    return readDocument(document).rows
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return []
  }
}

describe("whatever is given", () => {
  test("each row is an account with a token, or says what is wrong; nothing throws", () => {
    fc.assert(
      fc.property(whole, (document) => {
        const rows = rowsOrRefusal(document)
        expect(rows.map(({ row }) => row)).toEqual(rows.map((_, index) => index + 1))
        for (const row of rows) {
          if (row.type === "invalid") expect(row.message.length).toBeGreaterThan(10)
          else expect(row.account.refreshToken.reveal()).toMatch(/^[\x21-\x7e]+$/)
        }
        sealedPart(document)
      }),
    )
  })

  test("cut anywhere, it brings no account that is not in it", () => {
    fc.assert(
      fc.property(whole, fc.nat(), (document, at) => {
        const cut = document.slice(0, at % (document.length + 1))
        for (const row of rowsOrRefusal(cut)) {
          if (row.type === "account") expect(document).toContain(row.account.refreshToken.reveal())
        }
      }),
    )
  })

  test("a mark at its beginning and the way in which its lines end make no difference", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(email, token), { minLength: 1 }), (lines) => {
        const document = lines.map((line) => line.join(" ")).join("\n")
        const plain = rowsOrRefusal(document).map(told)
        expect(rowsOrRefusal(`\uFEFF${document.replaceAll("\n", "\r\n")}`).map(told)).toEqual(plain)
      }),
    )
  })

  test("no message and no name of what was lost repeats a value", () => {
    const secret = "fake-value-that-nobody-may-see"
    fc.assert(
      fc.property(
        fc.constantFrom("proxy_url", "headers", "type", "kind", "client_secret", "weight", secret),
        (name) => {
          const rows = read([
            { refresh_token: TOKEN, email: "a@example.test", [name]: name === secret ? "x" : secret },
          ]).rows
          const said = rows.map((row) => (row.type === "invalid" ? row.message : row.notCarried.join()))
          if (name !== secret) expect(said.join()).not.toContain(secret)
        },
      ),
    )
  })
})

test("of a text of many short lines no more becomes rows than may be taken", () => {
  const lines = readTokenList("a\n# no row\n\r\nb\rc\nd\n".repeat(1_000), 3)
  expect(lines.map(({ line }) => line)).toEqual([1, 4, 5, 6])
  expect(readTokenList("a\n\nb", 3).map(({ line }) => line)).toEqual([1, 3])
  expect(readTokenList("", 3)).toEqual([])
  const row = ["1/", "/0a-refresh-token-of-nobody"].join("")
  const list = `${`${row}\n`.repeat(MAX_ROWS + 1)}${"x\n".repeat(10)}`
  expect(() => readDocument(list)).toThrow(`at most ${MAX_ROWS}`)
})

test("many values of many accounts are refused together", () => {
  const piece = JSON.stringify(Array.from({ length: 1_000 }, () => ({ email: "a@example.test", refresh_token: "x" })))
  expect(() => readDocument(`${piece}\n`.repeat(6))).toThrow(`at most ${MAX_ROWS}`)
})
