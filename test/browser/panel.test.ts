/** What holds for every page of the panel, over real planes with traffic: both themes, a phone and a wall, the weight of the first load. */
import { gzipSync } from "node:zlib"
import OpenAI from "openai"
import type { Browser, BrowserContext, Page, Response } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { accessibilityProblems, overflow } from "../support/panel-rules.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const MOST_SCRIPT_BYTES = 120_000

/** Each page with what is there when it has its data; `:account` and `:request` are those that this test made. */
const PAGES: readonly (readonly [path: string, ready: string])[] = [
  ["/", "Requests/s"],
  ["/requests", "gemini-3-flash"],
  ["/requests/:request", "Where the time went"],
  ["/playground", "Say something"],
  ["/accounts", "account-1@example.test"],
  ["/accounts/:account", "What is left"],
  ["/accounts/:account?tab=settings", "Weight"],
  ["/models", "gemini-3-flash"],
  ["/nodes", "Snapshot"],
  ["/keys", "lag_"],
  ["/connect?client=opencode", "opencode.json"],
  ["/connect?client=cursor", "Override OpenAI Base URL"],
  ["/alerts", "Nothing is the matter"],
  ["/alerts?tab=rules", "Accounts need attention"],
  ["/alerts?tab=webhooks", "Add webhook"],
  ["/settings", "MAX_ATTEMPTS"],
  ["/administrators", "Last sign-in"],
  ["/administrators?tab=tokens", "Create token"],
  ["/administrators?tab=sessions", "This one"],
  ["/audit", "Administrator · 127.0.0.1"],
]

interface Connection {
  readonly edges: readonly { readonly node: { readonly id: string } }[]
}

let system: System
let browser: Browser
let context: BrowserContext
let page: Page
let watch: PageWatch
/** By the name that stands for it in a path. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  const openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 2 })
  await openai.chat.completions.create({ model: "gemini-3-flash", messages: [{ role: "user", content: "hello" }] })
  const made = await waitFor(async () => {
    const { accounts, requests } = await system.graphql<{ accounts: Connection; requests: Connection }>(
      "{ accounts(first: 1) { edges { node { id } } } requests(first: 1) { edges { node { id } } } }",
    )
    const [account, request] = [accounts.edges[0], requests.edges[0]]
    return account !== undefined && request !== undefined && { account: account.node.id, request: request.node.id }
  })
  Object.assign(ids, made)
  browser = await launchChromium()
  // Nothing is looked at while it fades in: half of a colour is no colour of ours.
  context = await browser.newContext({
    locale: "en-US",
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  })
  context.setDefaultTimeout(60_000)
  page = await context.newPage()
  watch = watchPage(page, system.panelUrl)
  await page.goto(system.panelUrl)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

async function open(path: string, ready: string): Promise<void> {
  await page.goto(system.panelUrl + path.replace(/:(\w+)/, (_, name: string) => ids[name] ?? ""))
  await page.getByText(ready).first().waitFor()
}

/** Goes round the three themes by their button until this one is shown. */
async function choose(theme: string): Promise<void> {
  await waitFor(async () => {
    const shown = await page.evaluate("document.documentElement.dataset['theme']")
    if (shown !== theme) await page.getByRole("button", { name: /^Theme: / }).click()
    return shown === theme
  })
  // Half of the way from one colour to the other is no colour of ours.
  await waitFor(() => page.evaluate("document.getAnimations().every(({ playState }) => playState === 'finished')"))
}

test("the first page is there with no more script than a slow line bears", async () => {
  const fresh = await context.newPage()
  const scripts: Response[] = []
  fresh.on("response", (response) => {
    if (response.url().endsWith(".js")) scripts.push(response)
  })
  await fresh.goto(system.panelUrl)
  await fresh.getByText("Requests/s").first().waitFor()
  const bodies = await Promise.all(scripts.map((response) => response.body()))
  await fresh.close()
  const scriptBytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
  expect(bodies.length).toBeGreaterThan(2)
  expect(scriptBytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES)
})

test.each(PAGES)("%s: nothing sticks out on a phone or on a wall, axe finds nothing serious", async (path, ready) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await open(path, ready)
  expect({ on: "a phone", overflow: await overflow(page) }).toEqual({ on: "a phone", overflow: 0 })
  await page.setViewportSize({ width: 3840, height: 2160 })
  expect({ on: "a wall", overflow: await overflow(page) }).toEqual({ on: "a wall", overflow: 0 })
  await page.setViewportSize({ width: 1280, height: 800 })
  for (const theme of ["light", "dark"]) {
    await choose(theme)
    expect({ theme, problems: await accessibilityProblems(page) }).toEqual({ theme, problems: [] })
  }
})

test("on a phone every page is reached through the bar or what is behind it", async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(`${system.panelUrl}/keys`)
  await page.getByRole("navigation", { name: "Main pages" }).getByRole("link", { name: "Accounts" }).click()
  await page.getByRole("heading", { level: 1, name: "Accounts" }).waitFor()
  await page.getByRole("button", { name: "More" }).click()
  const dialog = page.getByRole("dialog", { name: "Pages" })
  expect(await accessibilityProblems(page)).toEqual([])
  await dialog.getByRole("link", { name: "Nodes" }).click()
  await page.getByRole("heading", { level: 1, name: "Nodes" }).waitFor()
  await dialog.waitFor({ state: "hidden" })
  await page.setViewportSize({ width: 1280, height: 800 })
})

test("from the keyboard alone: the palette, a page, another language, and out", async () => {
  await page.goto(system.panelUrl)
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
  await page.keyboard.press("Control+k")
  await page.getByRole("combobox").waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.type("page req")
  await page.keyboard.press("Enter")
  await page.getByRole("heading", { level: 1, name: "Requests" }).waitFor()
  await page.keyboard.press("Control+k")
  await page.keyboard.type("简体")
  await page.keyboard.press("Enter")
  await page.getByRole("heading", { level: 1, name: "请求" }).waitFor()
  await page.keyboard.press("Control+k")
  await page.keyboard.type("退出")
  await page.keyboard.press("Enter")
  await page.getByLabel("密码").waitFor()
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
