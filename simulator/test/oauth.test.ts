/** The OAuth pages and the token endpoint, clicked through as a browser would. */
import { createHash } from "node:crypto"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, overHttp1 } from "./client.ts"

let simulator: Simulator
let now = 1_800_000_000_000

beforeAll(async () => {
  simulator = await startSimulator({
    seed: "oauth",
    now: () => now,
    tokenLifetime: 100,
    otherClients: { "other-client": "other-secret" },
  })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  simulator.addAccount({ email, projectId: "example-project" })
  simulator.addAccount({ email: "<odd>&\"'@simulator.example" })
})

const verifier = "a-verifier-of-at-least-forty-three-characters-long"
const query = (more: Record<string, string | undefined> = {}): string => {
  const all = {
    client_id: "simulator-client",
    redirect_uri: "http://localhost:51121/oauth-callback",
    response_type: "code",
    scope: "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email",
    state: "state-1",
    access_type: "offline",
    prompt: "consent",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  }
  return new URLSearchParams(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()
}
const get = (path: string, headers: Record<string, string> = {}) =>
  overHttp1(simulator.url, { method: "GET", path, headers })
const token = async (form: Record<string, string>, type = "application/x-www-form-urlencoded") => {
  const secrets = { client_id: "simulator-client", client_secret: "simulator-secret" }
  const body = new URLSearchParams({ ...secrets, ...form }).toString()
  const answer = await overHttp1(simulator.url, { path: "/token", headers: { "content-type": type }, body })
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> } // the token endpoint always answers an object
}

const unescape = (text: string): string =>
  text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))

/** Where the form of the consent page leads, with the boxes that `keep` leaves ticked. */
function submitted(html: string, keep: (scope: string) => boolean): string {
  const fields = [...html.matchAll(/<input type="(\w+)" name="([^"]*)" value="([^"]*)"/g)].flatMap(
    ([, type, name = "", value = ""]): [string, string][] =>
      type === "hidden" || keep(unescape(value)) ? [[unescape(name), unescape(value)]] : [],
  )
  const action = /<form action="([^"]+)"/.exec(html)?.[1] ?? ""
  return `${action}?${new URLSearchParams(fields).toString()}`
}

/** Opens the page, clicks the account, agrees where that is asked, and gives what the redirect carries. */
async function consent(
  more: Record<string, string | undefined> = {},
  who = email,
  keep: (scope: string) => boolean = () => true,
): Promise<URLSearchParams> {
  const page = await get(`/o/oauth2/v2/auth?${query(more)}`)
  expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"])
  const link = new RegExp(`data-account="${who}" href="([^"]+)"`).exec(page.body)?.[1]
  const chosen = await get(unescape(link ?? ""))
  const clicked = chosen.status === 200 ? await get(submitted(chosen.body, keep)) : chosen
  expect(clicked.status).toBe(302)
  const address = new URL(String(clicked.headers["location"]))
  expect(address.origin + address.pathname).toBe("http://localhost:51121/oauth-callback")
  return address.searchParams
}

const redeem = (code: string | null, more: Record<string, string> = {}) =>
  token({
    grant_type: "authorization_code",
    code: code ?? "",
    redirect_uri: "http://localhost:51121/oauth-callback",
    code_verifier: verifier,
    ...more,
  })

describe("the consent page", () => {
  it("lists the accounts, escaped, and sends the browser back with code and state", async () => {
    const page = await get(`/o/oauth2/v2/auth?${query()}`)
    expect(page.body).toContain(email)
    expect(page.body).not.toContain("<odd>")
    const answer = await consent()
    expect(answer.get("state")).toBe("state-1")
    expect(answer.get("code")).toMatch(/^sim-code-/)
  })

  it("asks which scopes to give, and gives those", async () => {
    const answer = await consent({}, email, (scope) => scope.endsWith("cloud-platform"))
    expect(answer.get("scope")).toBe("https://www.googleapis.com/auth/cloud-platform")
    expect((await redeem(answer.get("code"))).body["scope"]).toBe("https://www.googleapis.com/auth/cloud-platform")
  })

  it("asks once, and again only when the client wants it", async () => {
    await redeem((await consent()).get("code"))
    const path = `/o/oauth2/v2/auth/choose?${query({ prompt: undefined })}&account=${email}`
    expect((await get(path)).status).toBe(302)
    expect((await get(path.replace("&account", "&prompt=consent&account"))).status).toBe(200)
  })

  it("sends the browser back with access_denied when the owner cancels", async () => {
    const answer = await get(`/o/oauth2/v2/auth/choose?${query()}&deny=1`)
    expect(answer.headers["location"]).toBe("http://localhost:51121/oauth-callback?error=access_denied&state=state-1")
  })

  it.each([
    ["client_id", "unknown", "invalid_client"],
    ["client_id", undefined, "invalid_request"],
    ["redirect_uri", "https://evil.example/", "redirect_uri_mismatch"],
    ["redirect_uri", undefined, "invalid_request"],
    ["response_type", "token", "unsupported_response_type"],
    ["scope", "", "invalid_request"],
    ["scope", "everything", "invalid_scope"],
    ["code_challenge_method", "plain", "invalid_request"],
    ["code_challenge", "short", "invalid_request"],
    ["access_type", "forever", "invalid_request"],
  ])("refuses %s=%s with %s and no redirect", async (name, value, fault) => {
    for (const path of ["auth", "auth/choose", "auth/allow"]) {
      const page = await get(`/o/oauth2/v2/${path}?${query({ [name]: value })}&account=${email}`)
      expect(page.status).toBe(400)
      expect(page.body).toContain(fault)
      expect(page.headers["location"]).toBeUndefined()
    }
  })
})

describe("the token endpoint", () => {
  it("redeems a code once; the tokens work until they expire", async () => {
    const code = (await consent()).get("code")
    const first = await redeem(code)
    expect(first).toMatchObject({
      status: 200,
      body: { expires_in: 100, token_type: "Bearer", refresh_token: `sim-refresh-${email}` },
    })
    expect(await redeem(code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    const headers = { authorization: `Bearer ${String(first.body["access_token"])}` }
    expect(JSON.parse((await get("/oauth2/v2/userinfo", headers)).body)).toMatchObject({ email, verified_email: true })
    now += 99_999
    expect((await get("/oauth2/v2/userinfo", headers)).status).toBe(200)
    now += 1
    expect((await get("/oauth2/v2/userinfo", headers)).status).toBe(401)
    const next = await token({ grant_type: "refresh_token", refresh_token: `sim-refresh-${email}` })
    expect(next.body["refresh_token"]).toBeUndefined()
    expect(
      (await get("/oauth2/v2/userinfo", { authorization: `Bearer ${String(next.body["access_token"])}` })).status,
    ).toBe(200)
  })

  it("gives a refresh token only offline, and a second one only with consent", async () => {
    expect((await redeem((await consent({ access_type: "online" })).get("code"))).body["refresh_token"]).toBeUndefined()
    expect((await redeem((await consent({ prompt: undefined })).get("code"))).body["refresh_token"]).toBeDefined()
    expect((await redeem((await consent({ prompt: undefined })).get("code"))).body["refresh_token"]).toBeUndefined()
    expect((await redeem((await consent()).get("code"))).body["refresh_token"]).toBeDefined()
  })

  it("gives no refresh token where the account withholds it", async () => {
    simulator.addAccount({ email, withholdsRefreshToken: true })
    const answer = await redeem((await consent()).get("code"))
    expect(answer).toMatchObject({ status: 200, body: { token_type: "Bearer" } })
    expect(answer.body["refresh_token"]).toBeUndefined()
  })

  it.each([
    [{ grant_type: "refresh_token", client_id: "other" }, 401, "invalid_client"],
    [{ grant_type: "refresh_token", client_secret: "other" }, 401, "invalid_client"],
    [{ grant_type: "password" }, 400, "unsupported_grant_type"],
    [{}, 400, "invalid_request"],
    [{ grant_type: "refresh_token" }, 400, "invalid_request"],
    [{ grant_type: "refresh_token", refresh_token: "unknown" }, 400, "invalid_grant"],
    [{ grant_type: "authorization_code" }, 400, "invalid_request"],
    [{ grant_type: "authorization_code", code: "unknown", redirect_uri: "http://localhost/" }, 400, "invalid_grant"],
  ])("answers %j with %i %s", async (form, status, error) => {
    expect(await token(form as Record<string, string>)).toMatchObject({ status, body: { error } }) // the table's rows have different members
  })

  it("refuses a code with another redirect address, another verifier, none, or too late", async () => {
    expect((await redeem((await consent()).get("code"), { redirect_uri: "http://localhost:1/" })).body["error"]).toBe(
      "redirect_uri_mismatch",
    )
    expect((await redeem((await consent()).get("code"), { code_verifier: "wrong" })).body["error"]).toBe(
      "invalid_grant",
    )
    const { code_verifier: _none, ...form } = {
      code_verifier: "",
      grant_type: "authorization_code",
      redirect_uri: "http://localhost:51121/oauth-callback",
    }
    expect((await token({ ...form, code: (await consent()).get("code") ?? "" })).body["error"]).toBe("invalid_grant")
    const late = (await consent()).get("code")
    now += 600_000
    expect((await redeem(late)).body["error"]).toBe("invalid_grant")
  })

  it("binds codes and refresh tokens to the client they were given to", async () => {
    const other = { client_id: "other-client", client_secret: "other-secret" }
    expect((await redeem((await consent()).get("code"), other)).body["error"]).toBe("invalid_grant")
    expect((await redeem((await consent()).get("code"))).status).toBe(200)
    const form = { grant_type: "refresh_token", refresh_token: `sim-refresh-${email}` }
    expect((await token({ ...form, ...other })).body["error"]).toBe("unauthorized_client")
    expect((await redeem((await consent({ client_id: "other-client" })).get("code"), other)).status).toBe(200)
    expect((await token({ ...form, ...other })).status).toBe(200)
    expect((await token(form)).body["error"]).toBe("unauthorized_client")
  })

  it("wants a form", async () => {
    expect(await token({ grant_type: "refresh_token" }, "application/json")).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    })
  })

  it("rotates refresh tokens where the account does", async () => {
    simulator.addAccount({ email, rotatesRefreshToken: true })
    const first = await token({ grant_type: "refresh_token", refresh_token: `sim-refresh-${email}` })
    const rotated = String(first.body["refresh_token"])
    expect(rotated).not.toBe(`sim-refresh-${email}`)
    expect((await token({ grant_type: "refresh_token", refresh_token: `sim-refresh-${email}` })).body["error"]).toBe(
      "invalid_grant",
    )
    expect((await token({ grant_type: "refresh_token", refresh_token: rotated })).status).toBe(200)
  })

  it("revokes: the tokens are void until the owner consents again", async () => {
    const headers = bearer(simulator)
    const revoke = (value: string) =>
      overHttp1(simulator.url, {
        path: "/revoke",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `token=${value}`,
      })
    expect((await revoke(`sim-refresh-${email}`)).status).toBe(200)
    expect((await revoke("unknown")).status).toBe(400)
    expect((await get("/oauth2/v2/userinfo", headers)).status).toBe(401)
    expect((await token({ grant_type: "refresh_token", refresh_token: `sim-refresh-${email}` })).body["error"]).toBe(
      "invalid_grant",
    )
    expect((await redeem((await consent()).get("code"))).body["refresh_token"]).toBeDefined()
  })

  it("access tokens outlive a restart with the same seed, and no other", async () => {
    const headers = bearer(simulator)
    const options = { now: () => now, accounts: [{ email }] }
    const same = await startSimulator({ seed: "oauth", ...options })
    const other = await startSimulator({ seed: "another", ...options })
    const ask = (url: string) => overHttp1(url, { method: "GET", path: "/oauth2/v2/userinfo", headers })
    expect([(await ask(same.url)).status, (await ask(other.url)).status]).toEqual([200, 401])
    await Promise.all([same.close(), other.close()])
  })
})
