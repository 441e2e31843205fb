/** The Requests and Keys pages in a real Chromium over real planes: what is shown is traced to traffic that this test sends. */
import OpenAI from "openai"
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { accessibilityProblems } from "../support/panel-rules.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const MODEL = "gemini-3-flash"

let system: System
let browser: Browser
let page: Page
let watch: PageWatch

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  browser = await launchChromium()
  const context = await browser.newContext({
    locale: "en-US",
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  watch = watchPage(page, system.panelUrl)
  await page.goto(`${system.panelUrl}/requests`)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByText("No requests yet").waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

interface Sent {
  readonly id: string
  readonly status: number
  readonly account: string
  readonly input: number | undefined
  readonly output: number | undefined
}

/** One request as a client sends it, with what it was told: tokens, and the account that served it. */
async function send(user: string, apiKey = system.apiKey, extra: object = {}): Promise<Sent> {
  const response = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json", "x-lagrange-explain": "1" },
    body: JSON.stringify({ model: MODEL, messages: [{ role: "user", content: user }], ...extra }),
  })
  const body = (await response.json()) as Partial<OpenAI.ChatCompletion> // the dialect's own shape, or an error
  return {
    id: response.headers.get("x-request-id") ?? "",
    status: response.status,
    account: decodeURIComponent(response.headers.get("x-lagrange-account") ?? "nobody"),
    input: body.usage?.prompt_tokens,
    output: body.usage?.completion_tokens,
  }
}

const table = () => page.getByRole("table", { name: "Requests" })

/** The figure of a name in a list of them. */
const fact = (name: string): Locator => page.locator("dl > div").filter({ has: page.locator("dt", { hasText: name }) })

async function open(id: string): Promise<void> {
  await page.goto(`${system.panelUrl}/requests/${id}`)
  await page.getByRole("heading", { level: 1, name: "One request" }).waitFor()
  await page.getByText(id).first().waitFor()
}

/** The durations of what an attempt did, in milliseconds, by name. */
async function phases(attempt: Locator): Promise<Map<string, number>> {
  const rows = await attempt
    .locator("dl > div")
    .evaluateAll((found) =>
      found.map((row) => [row.querySelector("dt")?.textContent ?? "", row.querySelector("dd")?.textContent ?? ""]),
    )
  return new Map(
    rows.map(([name = "", text = ""]) => [name, Number.parseFloat(text) * (text.endsWith(" ms") ? 1 : 1_000)]),
  )
}

test("what ends appears in the open list, and its way adds up to what the client saw", async () => {
  const sent = await send("[[sim:words=40]] hello")
  expect(sent.status).toBe(200)
  const row = table().getByRole("row").nth(1)
  await row.getByText("Completed").waitFor()
  const text = await row.innerText()
  for (const part of [MODEL, "test", sent.account, `${sent.input} / ${sent.output}`]) expect(text).toContain(part)

  await row.getByRole("button").click()
  await page.getByRole("link", { name: "Open by itself" }).click()
  await page.getByRole("heading", { level: 1, name: "One request" }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/requests/${sent.id}`)
  expect(await fact("Tokens in").innerText()).toContain(String(sent.input))
  expect(await fact("Tokens out").innerText()).toContain(String(sent.output))
  expect(await fact("Key").first().innerText()).toContain("test")
  const attempt = page.locator("ol > li").filter({ hasText: sent.account })
  expect(await attempt.innerText()).toMatch(/answered[\s\S]*Chosen .+, of 2 that could serve/)
  const order = [...(await phases(attempt)).keys()]
  const names = [
    "Account chosen",
    "Connection opened",
    "Upstream's first byte",
    "First part of the answer",
    "Rest of the answer",
  ]
  expect(order).toEqual(names.filter((name) => order.includes(name)))
  expect(order).toContain("Upstream's first byte")
  expect(await accessibilityProblems(page)).toEqual([])
})

test("an account that fails is told with its class and what it means, and another one serves", async () => {
  system.simulator.script({ fault: { kind: "quota-model" }, times: 1 })
  const sent = await send("after a failure")
  expect(sent.status).toBe(200)
  await open(sent.id)
  const [first, second] = [page.locator("ol > li").nth(0), page.locator("ol > li").nth(1)]
  expect(await first.innerText()).toContain("Quota used up")
  await first.getByText("The account's quota for this bucket is used up.").waitFor()
  await first.getByText("Wait for the reset, or add accounts.").waitFor()
  expect(await second.innerText()).toContain(sent.account)
  expect(await second.innerText()).toContain("answered")
})

test("a request that failed says what the client was told, why, and what helps", async () => {
  const sent = await send("[[sim:fault=invalid-argument]]")
  expect(sent.status).toBe(400)
  await open(sent.id)
  await page.getByRole("heading", { name: /Refused by the upstream/ }).waitFor()
  await page.getByText("The upstream refused the request as it is.").waitFor()
  await page.getByText("Read the message; the same request fails again.").waitFor()

  // The list finds it again by what failed, and the address keeps that.
  await page.goto(`${system.panelUrl}/requests?class=bad_request`)
  await waitFor(async () => (await table().locator("tbody tr").count()) === 1)
  await page.getByRole("button", { name: /^Take off An attempt failed as/ }).click()
  await waitFor(async () => (await table().locator("tbody tr").count()) === 3)
  await page.getByRole("button", { name: "Failed", exact: true }).click()
  await waitFor(async () => (await table().locator("tbody tr").count()) === 1)
  expect(new URL(page.url()).search).toBe("?outcome=FAILED")
})

test("while paused what ends is counted, and shown afterwards", async () => {
  await page.goto(`${system.panelUrl}/requests`)
  await waitFor(async () => (await table().locator("tbody tr").count()) === 3)
  await page.getByRole("button", { name: "Pause" }).click()
  await send("one")
  await send("two")
  await page.getByRole("button", { name: "2 new" }).waitFor()
  expect(await table().locator("tbody tr").count()).toBe(3)
  await page.getByRole("button", { name: "Resume" }).click()
  await waitFor(async () => (await table().locator("tbody tr").count()) === 5)
})

test("a key is captured for a time, what it said is laid beside what went upstream, and sent again", async () => {
  await page.goto(`${system.panelUrl}/keys`)
  await page.getByRole("button", { name: "Capture what the requests of test say" }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Capture" }).click()
  const again = page.getByRole("dialog", { name: "Your password, once more" })
  // Whoever has just signed in is not asked again.
  await page
    .getByText(/^captured, ends in 1\d min/)
    .or(again)
    .first()
    .waitFor()
  await page.getByText(/^captured, ends in 1\d min/).waitFor()

  const sent = await send("[[sim:text=what was said]]", system.apiKey, { logit_bias: {}, user: "u-1" })
  expect(sent.status).toBe(200)
  await open(sent.id)
  await page.getByRole("button", { name: "Read what was said" }).click()
  const translation = page.getByRole("tab", { name: "Translation" })
  const later = page.getByRole("button", { name: "Try again" })
  // What was captured may come after the record.
  await waitFor(async () => {
    await translation.or(later).first().waitFor()
    if (await later.isVisible()) await later.click()
    return translation.isVisible()
  }, 60_000)
  const changes = page.getByRole("list", { name: "Changes, with their reasons" })
  await changes.waitFor()
  expect(await page.getByRole("group", { name: "The client's request" }).innerText()).toContain(
    "[[sim:text=what was said]]",
  )
  expect(await page.getByRole("group", { name: "The upstream's request" }).innerText()).toContain(
    "[[sim:text=what was said]]",
  )
  expect(await changes.innerText()).toMatch(/The upstream's envelope/)
  expect(await accessibilityProblems(page)).toEqual([])

  await page.getByRole("tab", { name: "Send again" }).click()
  await page.getByRole("radio", { name: /^The pool/ }).check()
  await page.getByRole("button", { name: "Send again", exact: true }).click()
  const result = page.getByRole("group", { name: "What came of it" })
  await result.getByText("Completed").waitFor()
  await result.getByRole("link", { name: "Open the new request" }).click()
  await page.getByText("Replay of").waitFor()
  expect(await fact("Replay of").innerText()).toContain(sent.id)

  await page.goto(`${system.panelUrl}/keys`)
  await page.getByRole("button", { name: "End now" }).click()
  await page.getByText("The requests of test are captured no longer.").waitFor()
  const after = await send("not kept")
  await open(after.id)
  await page.getByText("Not captured").waitFor()
  expect(await page.getByRole("link", { name: "Capture the key test" }).getAttribute("href")).toMatch(
    /^\/keys\?capture=/,
  )
})

test("a key that reaches its limit is refused, and the panel shows why and how much it used", async () => {
  await page.goto(`${system.panelUrl}/keys`)
  await page.getByRole("button", { name: "Create key" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Name").fill("short")
  await dialog.getByText("Limits").first().click()
  await dialog.getByLabel("Tokens a day (UTC)").fill("5")
  await dialog.getByRole("button", { name: "Create key" }).click()
  const secret = (await dialog.getByRole("textbox", { name: "Secret" }).innerText()).trim()
  await dialog.getByRole("button", { name: "Done" }).click()
  const first = await send("one answer is more than that", secret)
  expect(first.status).toBe(200)
  const second = await waitFor(async () => {
    const next = await send("too much", secret)
    return next.status === 429 && next
  })
  await open(second.id)
  await page.getByRole("heading", { name: /Key's budget used up/ }).waitFor()
  expect(await fact("Key").first().innerText()).toContain("short")

  await page.goto(`${system.panelUrl}/keys`)
  const row = page.getByRole("row").filter({ hasText: "short" })
  const used = (first.input ?? 0) + (first.output ?? 0)
  await row.getByText(`${used} of 5 tokens`).first().waitFor()
  expect(await row.getByRole("meter", { name: "Left of the budget" }).first().getAttribute("aria-valuetext")).toBe("0%")
})

test("the overview counts what was sent, by model and by key", async () => {
  await page.goto(`${system.panelUrl}/?by=key`)
  const used = page.getByRole("table", { name: "Who used what" })
  await used.getByText("short").waitFor()
  const sums = await system.graphql<{ usage: { requests: number }[] }>(
    `{ usage(range: { since: "${new Date(Date.now() - 86_400_000).toISOString()}" }) { requests } }`,
  )
  const cells = await used
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => Number(row.querySelectorAll("td")[1]?.lastChild?.textContent)))
  expect(cells.reduce((sum, count) => sum + count, 0)).toBe(sums.usage[0]?.requests)
  const chart = page.getByRole("slider", { name: "Requests a second" })
  await waitFor(async () => (await chart.locator("canvas").count()) === 1)
  expect(await page.getByRole("link", { name: /^Data planes/ }).innerText()).toContain("1 of 1 serve")
  expect(await accessibilityProblems(page)).toEqual([])
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
