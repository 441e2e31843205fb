/** How the control plane goes out: through the proxy that is named, trusting whom it is told to. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startConnectProxy, type ConnectProxy } from "../../test/support/connect-proxy.ts"
import { startSimulator, type Simulator } from "../../test/support/simulator.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"

const ADD = `mutation { addAccount(input: { kind: ANTIGRAVITY, acknowledgedTerms: true, refreshToken: "sim-refresh-a@example.test" }) {
  ... on AddAccountSuccess { account { id } } ... on Failure { message } } }`

let folder: string
let proxy: ConnectProxy
let simulator: Simulator
let control: TestControlPlane | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-outbound-"))
  proxy = await startConnectProxy()
  simulator = await startSimulator({ accounts: 0, tlsPort: 0 })
  simulator.addAccount({ email: "a@example.test" })
  await writeFile(join(folder, "ca.pem"), simulator.ca ?? "")
})
afterEach(async () => {
  await control?.stop()
  control = undefined
  await simulator.close()
  await proxy.stop()
  await rm(folder, { recursive: true, force: true })
})

async function addThrough(env: Record<string, string>): Promise<{ state: string; stateReason: string | null }> {
  control = await startTestControlPlane({ simulatorUrl: simulator.httpsUrl ?? "", env })
  await control.data(ADD)
  return waitFor(async () => {
    const { accounts } = await control!.data<{
      accounts: { edges: { node: { state: string; stateReason: string | null } }[] }
    }>("{ accounts { edges { node { state stateReason } } } }")
    const account = accounts.edges[0]?.node
    return account !== undefined && (account.state === "READY" || account.stateReason !== null) ? account : undefined
  })
}

test("each call goes through OUTBOUND_PROXY, and UPSTREAM_CA_FILE is trusted", async () => {
  const env = { OUTBOUND_PROXY: proxy.url, UPSTREAM_CA_FILE: join(folder, "ca.pem") }
  expect(await addThrough(env)).toEqual({ state: "READY", stateReason: null })
  const { host } = new URL(simulator.httpsUrl ?? "")
  expect(new Set(proxy.targets)).toEqual(new Set([host]))
})

test("whom nobody named is not trusted, and no proxy is asked where none is set", async () => {
  const { state, stateReason } = await addThrough({})
  expect(state).toBe("ONBOARDING")
  expect(stateReason).toMatch(/cannot be reached|certificate/)
  expect([proxy.targets, simulator.seen()]).toEqual([[], []])
})

test("the provider's pages and tokens are where the environment says", async () => {
  // Of the test's own: nothing else leads to the simulator.
  control = await startTestControlPlane({
    env: {
      ANTIGRAVITY_BASE_URLS: simulator.url,
      GOOGLE_OAUTH_AUTH_URL: `${simulator.url}/o/oauth2/v2/auth`,
      GOOGLE_OAUTH_TOKEN_URL: `${simulator.url}/token`,
      GOOGLE_USERINFO_URL: `${simulator.url}/oauth2/v2/userinfo`,
    },
  })
  const { startOAuth } = await control.data<{ startOAuth: { authorizationUrl: string } }>(
    `mutation { startOAuth(input: { kind: ANTIGRAVITY, acknowledgedTerms: true }) { ... on StartOAuthSuccess { authorizationUrl } } }`,
  )
  const url = new URL(startOAuth.authorizationUrl)
  expect(url.origin).toBe(simulator.url)
  url.pathname += "/allow"
  url.searchParams.set("account", "a@example.test")
  for (const scope of (url.searchParams.get("scope") ?? "").split(" ")) url.searchParams.append("granted", scope)
  const callback = (await fetch(url, { redirect: "manual" })).headers.get("location")
  const complete = `mutation ($callback: String!) { completeOAuth(input: { callback: $callback }) {
    ... on CompleteOAuthSuccess { account { email } } ... on Failure { message } } }`
  expect(await control.data(complete, { callback })).toEqual({
    completeOAuth: { account: { email: "a@example.test" } },
  })
  const asked = simulator.seen().map(({ path }) => path.split("?")[0])
  expect(asked).toEqual(expect.arrayContaining(["/token", "/oauth2/v2/userinfo"]))
})
