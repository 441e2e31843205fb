/**
 * What the panel costs the browser while fifty requests a second end: the processor time of its main thread, on the page of
 * requests and on the overview, and whether its heap grows. A real Chromium, the real planes, traffic of simulated clients. Times depend
 * on the machine and are only told.
 */
import type { Browser, CDPSession, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { setTimeout as wait } from "node:timers/promises"
import { launchChromium } from "../support/chromium.ts"
import { startSystem, type System } from "../support/start-system.ts"

const A_SECOND = 50
const SECONDS = 30
const UNLIMITED = { MAX_CONCURRENT_PER_ACCOUNT: "0", MAX_CONCURRENT_PER_MODEL: "0" }

let system: System
let browser: Browser
let page: Page
let devtools: CDPSession
let stopTraffic = () => Promise.resolve(0)

beforeAll(async () => {
  system = await startSystem({ accounts: 8, env: UNLIMITED })
  browser = await launchChromium()
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(60_000)
  await page.goto(system.panelUrl)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor()
  devtools = await page.context().newCDPSession(page)
  // Processor time: what else the machine does is not the panel's.
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" })
  stopTraffic = startTraffic()
})
afterAll(async () => {
  await stopTraffic()
  await browser?.close()
  await system?.stop()
})

/** Sends so many requests a second, evenly; resolves with how many ended well when it is stopped. */
function startTraffic(): () => Promise<number> {
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
    const one = send().finally(() => running.delete(one))
    running.add(one)
  }, 1_000 / A_SECOND)
  return async () => {
    clearInterval(timer)
    await Promise.allSettled(running)
    return served
  }
}

/** Of the renderer's main thread, in seconds since it began; of its heap, in bytes. */
async function metrics(): Promise<Record<string, number>> {
  const { metrics: all } = await devtools.send("Performance.getMetrics")
  return Object.fromEntries(all.map(({ name, value }) => [name, value]))
}

test.each([
  ["/requests", "table"],
  ["/", "slider"],
] as const)("%s while fifty requests a second end", async (path, role) => {
  await page.goto(system.panelUrl + path)
  await page.getByRole(role).first().waitFor()
  await wait(5_000)
  await devtools.send("HeapProfiler.collectGarbage")
  const begin = performance.now()
  const before = await metrics()
  await wait(SECONDS * 1_000)
  const after = await metrics()
  const seconds = (performance.now() - begin) / 1_000
  await devtools.send("HeapProfiler.collectGarbage")
  const settled = await metrics()
  const share = (name: string) => `${((((after[name] ?? 0) - (before[name] ?? 0)) / seconds) * 100).toFixed(1)} %`
  const heap = (one: Record<string, number>) => `${((one["JSHeapUsedSize"] ?? 0) / 1e6).toFixed(1)} MB`
  const figures = {
    path,
    "main thread busy": share("TaskDuration"),
    script: share("ScriptDuration"),
    layout: share("LayoutDuration"),
    styles: share("RecalcStyleDuration"),
    "heap before and after": `${heap(before)}, ${heap(settled)}`,
  }
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
  expect(seconds).toBeGreaterThan(SECONDS - 1)
})

test("the traffic was what it was to be", async () => {
  const served = await stopTraffic()
  process.stdout.write(`${served} requests were served\n`)
  expect(served).toBeGreaterThan(0)
})
