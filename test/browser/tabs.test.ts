/** Eight tabs of one browser: they share one event stream, whoever leaves, and say so when the control plane is away. */
import OpenAI from "openai"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium } from "../support/chromium.ts"
import { startStreamProxy, type StreamProxy } from "../support/stream-proxy.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const TABS = 8

let system: System
let proxy: StreamProxy
let browser: Browser
let context: BrowserContext
let tabs: Page[] = []

beforeAll(async () => {
  system = await startSystem({ accounts: 1 })
  proxy = await startStreamProxy(system.panelUrl)
  browser = await launchChromium()
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(60_000)
  const first = await context.newPage()
  await first.goto(`${proxy.url}/requests`)
  await first.getByLabel("Password").fill(system.adminPassword)
  await first.getByRole("button", { name: "Sign in" }).click()
  await first.getByText("No requests yet").waitFor()
  tabs = [first]
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await system?.stop()
})

async function ask(user: string): Promise<void> {
  const openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 2 })
  await openai.chat.completions.create({ model: "gemini-3-flash", messages: [{ role: "user", content: user }] })
}

/** Waits until each tab has so many requests in its list. */
async function seenByAll(count: number): Promise<void> {
  await Promise.all(tabs.map((tab) => waitFor(async () => (await tab.locator("tbody tr").count()) === count, 60_000)))
}

test("eight tabs that follow what happens hold one event stream", async () => {
  const others = await Promise.all(Array.from({ length: TABS - 1 }, () => context.newPage()))
  await Promise.all(others.map((tab) => tab.goto(`${proxy.url}/requests`)))
  await Promise.all(others.map((tab) => tab.getByText("No requests yet").waitFor()))
  tabs = [...tabs, ...others]
  await ask("one")
  await seenByAll(1)
  await waitFor(() => proxy.openStreams() === 1)
})

test("when the leading tab is closed another one leads, and nothing is missed", async () => {
  const [leader, ...others] = tabs
  tabs = others
  await Promise.all([leader?.close(), ask("two")])
  await seenByAll(2)
  await waitFor(() => proxy.openStreams() === 1)
  await ask("three")
  await seenByAll(3)
})

test("while the control plane is away each tab says how old it is, and is as new as ever afterwards", async () => {
  proxy.setAway(true)
  await Promise.all(tabs.map((tab) => tab.getByText(/what is shown is of \d\d:\d\d:\d\d/).waitFor()))
  await Promise.all(tabs.map((tab) => tab.getByText("Reconnecting…").first().waitFor()))
  await ask("four")
  await waitFor(async () => {
    const data = await system.graphql<{ requests: { edges: unknown[] } }>(
      "{ requests(first: 10) { edges { cursor } } }",
    )
    return data.requests.edges.length === 4
  })
  expect(await tabs[0]?.locator("tbody tr").count()).toBe(3)
  proxy.setAway(false)
  await seenByAll(4)
  await Promise.all(tabs.map((tab) => tab.getByText(/what is shown is of/).waitFor({ state: "hidden" })))
  await Promise.all(tabs.map((tab) => tab.getByText("Reconnecting…").first().waitFor({ state: "hidden" })))
  await waitFor(() => proxy.openStreams() === 1)
})

test("a session that ends in one tab leads every tab to the sign-in page", async () => {
  await tabs[0]?.getByRole("button", { name: "Sign out" }).first().click()
  await Promise.all(tabs.map((tab) => tab.getByLabel("Password").waitFor()))
  await waitFor(() => proxy.openStreams() === 0)
})
