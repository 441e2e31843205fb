import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request as httpRequest } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { getIntrospectionQuery } from "graphql"
import { createGraphqlRoute } from "../src/graphql/route.ts"
import { createReadClient } from "../src/http/client.ts"
import { createListener } from "../src/http/listener.ts"
import { createStaticFiles } from "../src/http/static-files.ts"
import { ADMIN_TOKEN, headersOf, startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { MAX_SUBSCRIPTIONS } from "../src/graphql/subscriptions.ts"
import { subscribe } from "./support/event-stream.ts"

const PANEL_DOCUMENT = "query viewer { viewer { name } }"
const PANEL_HASH = createHash("sha256").update(PANEL_DOCUMENT).digest("hex")

let control: TestControlPlane
let folder: string
let web: string
/** The same services under a built panel of our own making, as in production. */
let production: { readonly url: string; readonly close: () => Promise<void> }
let cookie: string

beforeAll(async () => {
  control = await startTestControlPlane({ env: { BEHIND_TLS: "off" } })
  cookie = await control.signIn()
  folder = mkdtempSync(join(tmpdir(), "lagrange-web-"))
  web = join(folder, "web")
  mkdirSync(join(web, "assets"), { recursive: true })
  writeFileSync(join(web, "index.html"), "<!doctype html><title>panel</title>")
  writeFileSync(join(web, "assets", "main-a1b2c3d4.js"), "export {}")
  writeFileSync(join(web, "documents.json"), JSON.stringify({ [PANEL_HASH]: PANEL_DOCUMENT }))
  writeFileSync(join(folder, "outside.txt"), "not for anybody")
  const { services } = control.controlPlane
  const config = { ...services.config, graphqlDevelopment: false, webDirectory: web }
  const listener = createListener({
    log: services.log,
    behindTls: true,
    graphql: createGraphqlRoute({ ...services, config }, createReadClient([], services.log)),
    link: { handle: () => Promise.resolve(false), upgrade: () => false },
    playground: { handle: () => Promise.resolve(false) },
    callback: { handle: () => Promise.resolve(false) },
    files: createStaticFiles(web),
    reasons: () => Promise.resolve(["for the test"]),
  })
  const port = await listener.listen("127.0.0.1", 0)
  production = { url: `http://127.0.0.1:${port}`, close: () => listener.close(1_000) }
})

afterAll(async () => {
  await production.close()
  await control.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly code: unknown
  readonly data: unknown
  readonly message: string | undefined
}

async function post(url: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
  const { data, errors } = await response.json()
  return { status: response.status, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message, data }
}

describe("what a request has to be", () => {
  const query = { query: "{ viewer { name } }" }
  const asToken = headersOf({ token: ADMIN_TOKEN })

  test("GET is refused, also with a query in the address", async () => {
    const response = await fetch(`${control.url}/graphql?query={viewer{name}}`, { headers: asToken })
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
  })

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
  ])("a body of %s is refused", async (type) => {
    expect(await post(control.url, query, { ...asToken, "content-type": type })).toMatchObject({ status: 415 })
  })

  test("a cookie without x-csrf, or from another site, is refused; with a token it is not needed", async () => {
    const { "x-csrf": _csrf, ...without } = headersOf({ cookie })
    expect(await post(control.url, query, without)).toMatchObject({ status: 403, code: "CSRF" })
    const { "x-csrf": _other, ...tokenOnly } = asToken
    expect(await post(control.url, query, tokenOnly)).toMatchObject({
      status: 200,
      data: { viewer: { name: "ADMIN_TOKEN" } },
    })
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { ...headersOf({ cookie }), "sec-fetch-site": "cross-site" }
      const request = httpRequest(`${control.url}/graphql`, { method: "POST", headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      request.once("error", reject)
      request.end(JSON.stringify(query))
    })
    expect(status).toBe(403)
  })

  test("no header allows another origin to read", async () => {
    const response = await fetch(`${control.url}/graphql`, {
      method: "POST",
      headers: { ...asToken, origin: "http://elsewhere.test" },
      body: JSON.stringify(query),
    })
    expect(response.headers.get("access-control-allow-origin")).toBeNull()
    expect(response.headers.get("cache-control")).toBe("no-store")
  })

  test("a batch and a body of more than 100 kB are refused", async () => {
    expect((await post(control.url, [query, query], asToken)).status).toBeGreaterThanOrEqual(400)
    const long = { ...query, variables: { padding: "x".repeat(100_001) } }
    expect((await post(control.url, long, asToken)).status).toBe(413)
  })
})

describe("what a document may ask", () => {
  const asToken = headersOf({ token: ADMIN_TOKEN })
  const ask = (query: string) => post(control.url, { query }, asToken)
  const aliases = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: gatewayUrl`).join(" ")} }`
  /** A document of so many tokens, 16 of them around the list. */
  const ofTokens = (count: number) =>
    `{ accounts(filter: { states: [${"READY ".repeat(count - 16)}] }) { totalCount } }`

  test("15 aliases, not 16", async () => {
    expect((await ask(aliases(15))).message).toBeUndefined()
    expect((await ask(aliases(16))).message).toBeTruthy()
  })

  test("1,000 tokens, not 1,001", async () => {
    expect(await ask(ofTokens(1_000))).toMatchObject({ message: undefined })
    expect((await ask(ofTokens(1_001))).message).toBeTruthy()
  })

  test("every field of a page of 100 accounts, not of 1,000", async () => {
    const page = (
      first: number,
    ) => `{ accounts(first: ${first}) { totalCount pageInfo { endCursor hasNextPage } edges { cursor node {
      id kind label email state stateReason stateSince wayOut wayOutLink enabled tier projectId weight priority tags models
      tokenExpiresAt inFlight requestCount lastUsedAt createdAt } } } }`
    expect((await ask(page(100))).message).toBeUndefined()
    expect((await ask(page(1_000))).message).toBeTruthy()
  })

  test("a page is at most 100, with variables too", async () => {
    const query = "query ($first: Int) { accounts(first: $first) { totalCount } }"
    expect(await post(control.url, { query, variables: { first: 101 } }, asToken)).toMatchObject({
      code: "OUT_OF_RANGE",
    })
    expect(await post(control.url, { query, variables: { first: 100 } }, asToken)).toMatchObject({ code: undefined })
  })

  test("a misspelt field is told without a hint", async () => {
    const { message } = await ask("{ viewr { name } }")
    expect(message).toContain("viewr")
    expect(message).not.toContain("viewer")
  })
})

describe("in production", () => {
  const asCookie = (body: object) => post(production.url, body, headersOf({ cookie }))

  test("a session runs the panel's documents, by either form of their hash", async () => {
    const expected = { status: 200, data: { viewer: { name: "admin" } } }
    expect(await asCookie({ documentId: `sha256:${PANEL_HASH}`, variables: {} })).toMatchObject(expected)
    expect(await asCookie({ extensions: { persistedQuery: { version: 1, sha256Hash: PANEL_HASH } } })).toMatchObject(
      expected,
    )
  })

  test("a session runs no other document, even beside a hash", async () => {
    expect(await asCookie({ query: PANEL_DOCUMENT })).toMatchObject({ status: 403, code: "PERSISTED_DOCUMENTS_ONLY" })
    expect(await asCookie({ documentId: `sha256:${"0".repeat(64)}` })).toMatchObject({
      status: 404,
      code: "PERSISTED_QUERY_NOT_FOUND",
    })
    const both = { documentId: `sha256:${PANEL_HASH}`, query: "{ gatewayUrl }" }
    expect(await asCookie(both)).toMatchObject({ status: 200, data: { viewer: { name: "admin" } } })
  })

  test("introspection is for admin tokens, also when a token asked just before", async () => {
    const body = { query: getIntrospectionQuery() }
    expect(await post(production.url, body, headersOf({ token: ADMIN_TOKEN }))).toMatchObject({ code: undefined })
    const refused = await post(production.url, body, headersOf({}))
    expect(refused.message).toContain("introspection")
    expect(refused.data).toBeFalsy()
  })

  test.each(["production", "development", undefined])(
    "the schema and any document are for development alone, whatever NODE_ENV says (%s)",
    async (NODE_ENV) => {
      const without = await startTestControlPlane({ env: { NODE_ENV, GRAPHQL_DEVELOPMENT: undefined } })
      const session = headersOf({ cookie: await without.signIn() })
      const schema = { query: getIntrospectionQuery() }
      expect(await post(without.url, { query: PANEL_DOCUMENT }, session)).toMatchObject({
        code: "PERSISTED_DOCUMENTS_ONLY",
      })
      expect((await post(without.url, schema, headersOf({}))).message).toContain("introspection")
      await without.stop()
      // As everything else in this file is asked.
      expect(await post(control.url, { query: PANEL_DOCUMENT }, headersOf({ cookie }))).toMatchObject({ status: 200 })
      expect((await post(control.url, schema, headersOf({}))).code).toBeUndefined()
    },
  )

  test("a wrong bearer token is nobody, whatever cookie comes with it", async () => {
    const body = { query: "{ viewer { name } }" }
    expect(await post(production.url, body, { ...headersOf({ cookie }), authorization: "Bearer wrong" })).toMatchObject(
      { data: { viewer: null } },
    )
  })
})

describe("an error nobody expected", () => {
  test("is told as an id that the log has", async () => {
    const { services } = control.controlPlane
    const broken = Object.create(services.database.prisma.account, {
      findUnique: { value: () => Promise.reject(new Error("a-detail-of-the-database")) },
    })
    const prisma = Object.create(services.database.prisma, { account: { value: broken } })
    const listener = createListener({
      log: services.log,
      behindTls: false,
      files: createStaticFiles(web),
      reasons: () => Promise.resolve([]),
      link: { handle: () => Promise.resolve(false), upgrade: () => false },
      playground: { handle: () => Promise.resolve(false) },
      callback: { handle: () => Promise.resolve(false) },
      graphql: createGraphqlRoute(
        {
          ...services,
          database: {
            ...services.database,
            prisma,
          },
        },
        createReadClient([], services.log),
      ),
    })
    const port = await listener.listen("127.0.0.1", 0)
    try {
      const answer = await post(
        `http://127.0.0.1:${port}`,
        { query: `{ account(id: "x") { id } }` },
        headersOf({ token: ADMIN_TOKEN }),
      )
      expect(answer).toMatchObject({ code: "INTERNAL", data: { account: null } })
      expect(answer.message).not.toContain("a-detail-of-the-database")
      const id = /err_\w+/.exec(answer.message ?? "")?.[0] ?? "none"
      const line = control
        .log()
        .split("\n")
        .find((text) => text.includes(id))
      expect(line).toContain("a-detail-of-the-database")
    } finally {
      await listener.close(1_000)
    }
  })
})

describe("subscriptions of one session", () => {
  test("are capped, and end with the session", async () => {
    const own = await control.signIn()
    const streams = await Promise.all(
      Array.from({ length: MAX_SUBSCRIPTIONS }, () =>
        subscribe(control.url, "subscription { accountRemoved }", { cookie: own }),
      ),
    )
    const beyond = await post(
      control.url,
      { query: "subscription { accountRemoved }" },
      { ...headersOf({ cookie: own }), accept: "application/json" },
    ).catch((error: unknown) => ({ message: String(error), code: undefined }))
    expect(beyond.message).toBeTruthy()
    await control.ask("mutation { signOut { __typename } }", {}, { cookie: own })
    await Promise.all(streams.map((stream) => stream.ended))
  })
})

describe("the panel's files", () => {
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${production.url}${path}`, { headers })

  test("the page and its routes, asked for each time, under the policy", async () => {
    for (const path of ["/", "/accounts", "/keys?x=1"]) {
      const response = await get(path, { accept: "text/html" })
      expect(response.status).toBe(200)
      expect(await response.text()).toContain("<title>panel</title>")
      expect(response.headers.get("cache-control")).toBe("no-cache")
      const policy = response.headers.get("content-security-policy") ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("require-trusted-types-for 'script'; trusted-types lagrange-templates")
      expect(policy).not.toContain("unsafe")
      expect(response.headers.get("x-content-type-options")).toBe("nosniff")
      expect(response.headers.get("strict-transport-security")).toBeTruthy()
    }
  })

  test("hashed assets for ever, with their type", async () => {
    const response = await get("/assets/main-a1b2c3d4.js")
    expect(response.headers.get("cache-control")).toContain("immutable")
    expect(response.headers.get("content-type")).toContain("text/javascript")
    const again = await get("/assets/main-a1b2c3d4.js", { "if-none-match": response.headers.get("etag") ?? "" })
    expect(again.status).toBe(304)
  })

  test.each([
    "/outside.txt",
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/..%2foutside.txt",
    "/assets/..%5c..%5coutside.txt",
    "/documents.json",
    "/.env",
    "/nothing.js",
    "/%",
  ])("%s is nothing", async (path) => {
    // fetch would tidy the path up; a socket does not.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(production.url)
      httpRequest({ hostname, port, path }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .once("error", reject)
        .end()
    })
    expect(status).toBe(404)
  })

  test("live, ready with its reasons, and 404", async () => {
    expect((await get("/live")).status).toBe(200)
    const ready = await get("/ready")
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({ status: "not ready", reasons: ["for the test"] })
    expect((await fetch(`${control.url}/ready`)).status).toBe(200)
    expect((await fetch(`${production.url}/accounts`, { method: "POST" })).status).toBe(404)
  })
})
