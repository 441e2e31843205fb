/**
 * What the panel costs the browser, in a real Chromium over the real planes: how soon its first page can be used; the processor time of its
 * main thread while fifty requests a second end; whether a tab that is open for an hour, or in which one goes from page to page, grows.
 * Times depend on the machine and are only told; growth fails a whole run. An hour and a quarter; `PANEL_MINUTES` makes it shorter, and is not kept then.
 */
import { setTimeout as wait } from "node:timers/promises"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { median, percentile } from "../../bench/src/statistics.ts"
import { launchChromium } from "../support/chromium.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"
import { Book } from "./support/book.ts"
import { type Kept, Tab } from "./support/tab.ts"

const A_SECOND = 50
const SECONDS = 30
const LOADS = 20
const WHOLE_MINUTES = 60
const MINUTES = Number(process.env["PANEL_MINUTES"] ?? WHOLE_MINUTES)
const IS_WHOLE = MINUTES >= WHOLE_MINUTES
/** A browser compiles and keeps things of its own for the first dozens. */
const ROUNDS = IS_WHOLE ? 150 : 30
/** Lists and charts keep what they may after this: the longest chart that moves shows fifteen minutes. */
const FULL_AFTER = IS_WHOLE ? 16 : MINUTES / 4
const MOST_GROWTH = 1.05
const UNLIMITED = { MAX_CONCURRENT_PER_ACCOUNT: "0", MAX_CONCURRENT_PER_MODEL: "0" }
const TESTS = 4

const book = new Book({
  name: "panel",
  title: "What the panel costs the browser",
  about: `The built gateway as processes over the simulator, and Chromium without a graphics card, on the same machine. Main thread: processor time of the
page's own thread, of one core. Heap: what is used after a forced collection. See the [bench's README](../README.md#what-the-panel-costs).`,
})
let taken = 0
let system: System
let browser: Browser
let context: BrowserContext
let page: Page
let stopTraffic: (() => Promise<number>) | undefined
/** When the first of all requests was sent. */
let trafficSince: number | undefined

beforeAll(async () => {
  system = await startSystem({ accounts: 8, env: UNLIMITED })
  browser = await launchChromium()
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(60_000)
  page = await context.newPage()
  await page.goto(system.panelUrl)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
})
afterAll(async () => {
  book.close(IS_WHOLE && taken === TESTS)
  await stopTraffic?.()
  await browser?.close()
  await system?.stop()
})

/** Sends so many requests a second, evenly; resolves with how many ended well when it is stopped. */
function startTraffic(): () => Promise<number> {
  trafficSince ??= performance.now()
  const running = new Set<Promise<void>>()
  let served = 0
  const send = async () => {
    const response = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content: "[[sim:words=20]]" }] }),
    })
    await response.arrayBuffer()
    if (response.ok) served += 1
  }
  const timer = setInterval(() => {
    const one = send()
      .catch(() => undefined)
      .finally(() => running.delete(one))
    running.add(one)
  }, 1_000 / A_SECOND)
  return async () => {
    clearInterval(timer)
    await Promise.allSettled(running)
    return served
  }
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`
const megabytes = ({ heapBytes }: Pick<Kept, "heapBytes">): string => `${(heapBytes / 1e6).toFixed(1)} MB`

/** The middle of each of what was kept. */
const middle = (samples: readonly Kept[]): Kept => ({
  heapBytes: median(samples.map(({ heapBytes }) => heapBytes)),
  domNodes: median(samples.map(({ domNodes }) => domNodes)),
  listeners: median(samples.map(({ listeners }) => listeners)),
})

/** Whether a tab grew from some samples to some later ones; the heap counts, the rest is told. */
function tellGrowth(promise: string, n: string, early: readonly Kept[], late: readonly Kept[]): void {
  const [before, after] = [middle(early), middle(late)]
  const isMet = after.heapBytes <= before.heapBytes * MOST_GROWTH
  const rest = `${before.domNodes} and ${after.domNodes} nodes, ${before.listeners} and ${after.listeners} listeners`
  book.add({
    promise: `${promise}: heap before and after`,
    n,
    figure: `${megabytes(before)} and ${megabytes(after)} (${rest})`,
    goal: "at most 5 % more",
    isMet,
  })
  if (IS_WHOLE) expect(isMet).toBe(true)
}

test("how soon the first page can be used", async () => {
  const times: number[] = []
  const storageState = await context.storageState()
  for (let load = 0; load < LOADS; load += 1) {
    // A browser that was never here: nothing of the panel is kept.
    const fresh = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 }, storageState })
    const tab = await fresh.newPage()
    // By the page's own clock, from the navigation: its figures are there, and a key is answered with the palette.
    await tab.addInitScript(`{
      let isAsked = false
      const look = () => {
        if (!isAsked && document.querySelector("h1") && document.body.innerText.includes("Requests/s")) {
          isAsked = true
          document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "k", code: "KeyK", ctrlKey: true, bubbles: true }))
        }
        if (document.querySelector("[role=combobox]")) window.usableAfter = performance.now()
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    }`)
    await tab.goto(system.panelUrl)
    // Asked from outside: the page's policy takes no script as a text.
    times.push(await waitFor(() => tab.evaluate<number | undefined>("window.usableAfter"), 60_000))
    await fresh.close()
  }
  const typical = median(times)
  book.add({
    promise:
      "the first page, to a browser that was never here: until its figures are there and a key is answered with the palette",
    n: String(LOADS),
    figure: `${Math.round(typical)} ms in the median, ${Math.round(percentile(times, 95))} ms (p95)`,
    goal: "≤ 1 s",
    isMet: typical <= 1_000,
  })
  taken += 1
})

test("the main thread while fifty requests a second end", async () => {
  stopTraffic = startTraffic()
  for (const [path, role] of [
    ["/requests", "table"],
    ["/", "slider"],
  ] as const) {
    await page.goto(system.panelUrl + path)
    await page.getByRole(role).first().waitFor()
    await wait(5_000)
    const tab = await Tab.of(page)
    const { share, scriptShare } = await tab.busy(() => wait(SECONDS * 1_000))
    book.add({
      promise: `${path} while ${A_SECOND} requests a second are sent: the main thread is busy`,
      n: `${SECONDS} s`,
      figure: `${percent(share)}, script ${percent(scriptShare)}`,
      goal: "< 20 %",
      isMet: share < 0.2,
    })
  }
  const served = await stopTraffic()
  const seconds = 2 * (SECONDS + 5)
  book.add({
    promise: "of those requests were served",
    n: String(served),
    figure: `${Math.round(served / seconds)} a second`,
    goal: "–",
  })
  expect(served).toBeGreaterThan(0)
  taken += 1
})

test("tabs that are open for an hour", { timeout: (MINUTES + 10) * 60_000 }, async () => {
  stopTraffic = startTraffic()
  const paths = ["/", "/requests", "/accounts"]
  const tabs: { readonly path: string; readonly page: Page; readonly tab: Tab; readonly samples: Kept[] }[] = []
  for (const path of paths) {
    const opened = await context.newPage()
    await opened.goto(system.panelUrl + path)
    await opened.getByRole("heading", { level: 1 }).waitFor()
    tabs.push({ path, page: opened, tab: await Tab.of(opened), samples: [] })
  }
  const samples = Math.max(8, Math.round(MINUTES))
  for (let sample = 0; sample < samples; sample += 1) {
    await wait((MINUTES * 60_000) / samples)
    for (const { tab, samples: kept } of tabs) kept.push(await tab.kept())
  }
  const served = await stopTraffic()
  const full = Math.ceil((FULL_AFTER / MINUTES) * samples)
  const some = Math.max(2, Math.floor((samples - full) / 4))
  for (const { path, page: opened, samples: kept } of tabs) {
    process.stdout.write(`${path}: ${kept.map(megabytes).join(", ")}\n`)
    const n = `${MINUTES} min, ${served} requests`
    tellGrowth(`${path} open with live traffic`, n, kept.slice(full, full + some), kept.slice(-some))
    await opened.close()
  }
  taken += 1
})

test("a tab in which one goes from page to page", { timeout: (FULL_AFTER + 60) * 60_000 }, async () => {
  stopTraffic = startTraffic()
  // Run alone, charts would grow while it looks.
  await wait(Math.max(0, (trafficSince ?? 0) + FULL_AFTER * 60_000 - performance.now()))
  await page.goto(system.panelUrl)
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
  const links = await page
    .locator("nav a[href^='/']")
    .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""))
  const paths = [...new Set(links)].filter((path) => !path.includes("?"))
  const tab = await Tab.of(page)
  const samples: Kept[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const path of paths) await tab.follow(path)
    samples.push(await tab.kept())
  }
  process.stdout.write(`by round: ${samples.map(megabytes).join(", ")}\n`)
  await stopTraffic()
  const some = Math.floor(ROUNDS / 5)
  tellGrowth(
    `from page to page (${paths.length} pages) with live traffic`,
    `${ROUNDS * paths.length} pages`,
    samples.slice(2 * some, 3 * some),
    samples.slice(-some),
  )
  taken += 1
})
