/** Five thousand accounts in a real Chromium: only what is seen is in the page, and the last one is a key or a scroll away. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type FakeControlPlane, startFakeControlPlane } from "../../web/test/fake-control-plane.ts"
import { fakeAccount } from "../../web/test/fake-world.ts"
import { launchChromium } from "../support/chromium.ts"
import { waitFor } from "../support/wait-for.ts"

const ACCOUNTS = 5_000
const MOST_ROWS = 100
const PIXELS = 8_000

const panelFolder = join(import.meta.dirname, "../../dist/web")

/** All five bars that an account of the upstream has. */
function quotaOf(index: number) {
  const readAt = new Date().toISOString()
  const reading = (bucket: string, window: string, hours: number) => ({
    bucket,
    window,
    remaining: (index % 101) / 100,
    resetAt: new Date(Date.now() + hours * 3_600_000).toISOString(),
    source: "SUMMARY",
    readAt,
  })
  return [
    ...["GEMINI", "THIRD_PARTY"].flatMap((bucket) => [reading(bucket, "FIVE_HOURS", 4), reading(bucket, "WEEKLY", 90)]),
    reading("IMAGE", "NEAREST", 4),
  ]
}

let fake: FakeControlPlane
let browser: Browser
let page: Page

beforeAll(async () => {
  const documents = JSON.parse(readFileSync(join(panelFolder, "documents.json"), "utf8")) as Record<string, string> // our build's
  fake = await startFakeControlPlane({ panelFolder, documents, signedIn: true })
  fake.world.accounts = Array.from({ length: ACCOUNTS }, (_, index) => {
    const reason =
      index % 7 === 0 ? "The provider asks the person to verify this account before it serves again." : null
    const id = `account-${String(index).padStart(4, "0")}`
    return fakeAccount({ id, stateReason: reason, requestCount: index, quota: quotaOf(index) })
  })
  browser = await launchChromium()
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(60_000)
  await page.goto(`${fake.url}/accounts`)
  await page.getByText(`${ACCOUNTS} accounts`).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await fake?.close()
})

/** Scrolls step by step, a frame each, and says which rows were made for it. */
const scrollAndCount = (selector: string) =>
  page.evaluate<{ made: number; different: number; kept: number }>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
    const made = []
    const observer = new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes)
          if (node.nodeType === 1) made.push(...[node, ...node.querySelectorAll("*")].filter((one) => one.matches("${selector}")))
    })
    observer.observe(document.querySelector("#content"), { childList: true, subtree: true })
    for (let top = 0; top <= ${PIXELS}; top += 200) {
      window.scrollTo(0, top)
      await frame()
    }
    observer.disconnect()
    const labels = made.map((one) => one.querySelector("a").textContent)
    return { made: made.length, different: new Set(labels).size, kept: document.querySelectorAll("${selector}").length }
  })()`)

const rowCount = () => page.locator("tbody tr[role=row]").count()

test("only the rows that are seen are in the page", async () => {
  await page.getByText("account-0000", { exact: true }).waitFor()
  expect(await rowCount()).toBeLessThan(MOST_ROWS)
})

test("a scroll to the end shows the last one, and back the first", async () => {
  for (const [share, index] of [
    [1, ACCOUNTS - 1],
    [0, 0],
  ] as const) {
    await waitFor(async () => {
      await page.evaluate(`window.scrollTo(0, document.documentElement.scrollHeight * ${share})`)
      return page.getByText(`account-${String(index).padStart(4, "0")}`, { exact: true }).isVisible()
    })
    expect(await rowCount()).toBeLessThan(MOST_ROWS)
  }
})

test("the End key leads to the last row, and a change far away moves nothing", async () => {
  await page.evaluate("window.scrollTo(0, 0)")
  await page.getByText("account-0000", { exact: true }).waitFor()
  await page.locator("tbody tr[role=row][tabindex='0']").focus()
  await page.keyboard.press("End")
  await page.getByText("account-4999", { exact: true }).waitFor()
  expect(await page.evaluate<string>("document.activeElement.getAttribute('aria-rowindex')")).toBe(String(ACCOUNTS + 1))
  const before = await page.getByText("account-4999", { exact: true }).boundingBox()
  await waitFor(() => fake.openStreams() === 3)
  fake.world.publish("accountChanged", { ...fake.world.accounts[4998], label: "seen to change" })
  await page.getByText("seen to change").waitFor()
  expect(await page.getByText("account-4999", { exact: true }).boundingBox()).toEqual(before)
})

test("a scroll makes the rows that come, and no others anew", async () => {
  const { made, different, kept } = await scrollAndCount("tr[data-key]")
  // One at the rim may go and come back when the heights of those before it are seen.
  expect(made).toBeLessThan(different * 1.25)
  // No row with its bars is lower than sixty pixels; some stand ready above and below.
  expect(made).toBeLessThan(PIXELS / 60 + MOST_ROWS)
  expect(made).toBeGreaterThan(PIXELS / 200)
  expect(kept).toBeLessThan(MOST_ROWS)
})

test("all of them are chosen at once, and the bar says how many", async () => {
  await page.evaluate("window.scrollTo(0, 0)")
  await page.getByRole("checkbox", { name: "Choose all that are listed" }).check()
  await page.getByText("5,000 of 5,000 chosen").waitFor()
  await page.getByRole("button", { name: "Choose none" }).click()
  await page.getByText("5,000 of 5,000 chosen").waitFor({ state: "detached" })
})

test("as cards only those that are seen are in the page too, to the last one", async () => {
  await page.getByRole("button", { name: "Show as cards" }).click()
  await page.locator(".account-card").first().waitFor()
  const { made, different, kept } = await scrollAndCount(".account-card")
  expect(made).toBeLessThan(different * 1.25)
  expect(kept).toBeLessThan(MOST_ROWS)
  await waitFor(async () => {
    await page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    return page.getByText("account-4999", { exact: true }).isVisible()
  })
  await page.getByRole("button", { name: "Show as a table" }).click()
  await page.getByRole("table").waitFor()
})

test("a column sorts all of them", async () => {
  await page.getByRole("button", { name: "Requests", exact: true }).click()
  await page.getByRole("button", { name: "Requests", exact: true }).click()
  await page.evaluate("window.scrollTo(0, 0)")
  await page.getByText("account-4999", { exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe("?sort=-requests")
})
