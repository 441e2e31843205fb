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

const panelFolder = join(import.meta.dirname, "../../dist/web")

let fake: FakeControlPlane
let browser: Browser
let page: Page

beforeAll(async () => {
  const documents = JSON.parse(readFileSync(join(panelFolder, "documents.json"), "utf8")) as Record<string, string> // our build's
  fake = await startFakeControlPlane({ panelFolder, documents, signedIn: true })
  fake.world.accounts = Array.from({ length: ACCOUNTS }, (_, index) => {
    const reason =
      index % 7 === 0 ? "The provider asks the person to verify this account before it serves again." : null
    return fakeAccount({ id: `account-${String(index).padStart(4, "0")}`, stateReason: reason, requestCount: index })
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

test("a column sorts all of them", async () => {
  await page.getByRole("button", { name: "Requests" }).click()
  await page.getByRole("button", { name: "Requests" }).click()
  await page.evaluate("window.scrollTo(0, 0)")
  await page.getByText("account-4999", { exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe("?sort=-requests")
})
