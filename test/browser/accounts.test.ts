/**
 * The list of accounts in a real Chromium over the real planes: an account that must be verified and comes back, a quota that is used up
 * and recovers, a reserve and a priority that are moved by hand. Each number is the simulator's, or what this file sent.
 */
import OpenAI from "openai"
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { expectRefusals } from "../support/simulator.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const [ONE, TWO] = ["account-1@example.test", "account-2@example.test"] as const
const VERIFY = "https://accounts.google.com/signin/continue?REDACTED"

let system: System
let browser: Browser
let context: BrowserContext
let page: Page
let watch: PageWatch
let openai: OpenAI

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  browser = await launchChromium()
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(60_000)
  page = await context.newPage()
  watch = watchPage(page, system.panelUrl)
  await page.goto(`${system.panelUrl}/accounts`)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await row(TWO).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const row = (email: string): Locator => page.getByRole("row").filter({ hasText: email })

const bar = (email: string, name: string) => row(email).getByRole("meter", { name, exact: true })

async function tellSimulator(path: string, body: object): Promise<void> {
  const answer = await fetch(`${system.simulator.url}/simulator/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
}

const setQuota = (email: string, bucket: string, window: string, remainingFraction: number) =>
  tellSimulator("quota", { email, bucket, window, remainingFraction })

let asked = 0
/** Each is a conversation of its own, which any account may have. */
const chat = (model: string) =>
  openai.chat.completions.create({ model, messages: [{ role: "user", content: `hello ${++asked}` }] })

async function choose(email: string, entry: string): Promise<void> {
  await row(email)
    .getByRole("button", { name: /^Actions for/ })
    .click()
  await page.getByRole("menuitem", { name: entry }).click()
}

/** With those that are chosen, of which the dialog says who is left out. */
async function chooseForMany(entry: string, submit: string, leftOut: string): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click()
  await page.getByRole("menuitem", { name: entry }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByText(leftOut).waitFor()
  await dialog.getByRole("button", { name: submit, exact: true }).click()
}

const accounts = async () => {
  const query = "{ accounts { edges { node { email state reserve priority requestCount } } } }"
  type Node = { email: string; state: string; reserve: number | null; priority: number; requestCount: number }
  const { accounts: found } = await system.graphql<{ accounts: { edges: { node: Node }[] } }>(query)
  return new Map(found.edges.map(({ node }) => [node.email, node]))
}

test("the bars show what the simulator has, and follow when it is read anew", async () => {
  await bar(ONE, "Gemini, 5 hours").waitFor()
  await setQuota(ONE, "gemini", "fiveHours", 0.62)
  await setQuota(ONE, "gemini", "weekly", 0.25)
  await choose(ONE, "Read its quota now")
  await row(ONE).getByText("62%").waitFor()
  await row(ONE).getByText("25%").waitFor()
  expect(await bar(ONE, "Gemini, week").getAttribute("aria-valuetext")).toBe("25%")
  expect(await row(ONE).locator("[title*='62% left']").getAttribute("title")).toMatch(
    /Renewed at .*Read .*From the provider's summary/s,
  )
})

test("the reserve is dragged on a bar and saved; Escape while it is dragged leaves it", async () => {
  const marker = row(ONE).getByRole("slider").first()
  const drag = async (share: number) => {
    const track = await bar(ONE, "Gemini, 5 hours").boundingBox()
    const from = await marker.boundingBox()
    if (track === null || from === null) throw new Error("no bar to drag on")
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(track.x + track.width * share, from.y + 2, { steps: 4 })
  }
  const reserve = async () => (await accounts()).get(ONE)?.reserve
  await drag(0.4)
  await page.mouse.up()
  await waitFor(async () => Math.abs(((await reserve()) ?? 0) - 0.4) < 0.03)
  const kept = String(await reserve())
  await waitFor(async () => (await marker.getAttribute("aria-valuenow")) === kept)
  await drag(0.9)
  await page.keyboard.press("Escape")
  await page.mouse.up()
  expect(await marker.getAttribute("aria-valuenow")).toBe(kept)
  // Kept with the keys, and put back after that.
  await marker.press("Home")
  await marker.press("Enter")
  await waitFor(async () => (await reserve()) === null)
  await marker.press("Escape")
  await waitFor(async () => (await reserve()) === Number(kept))
  // Above what is left of the week nothing would be served from it.
  await marker.press("Home")
  await marker.press("Enter")
  await waitFor(async () => (await reserve()) === null)
})

test("an account that must be verified says so, its link opens on a click alone, and it comes back when it is tested", async () => {
  await tellSimulator("accounts/state", { email: TWO, state: "validation-required" })
  await waitFor(async () => {
    await chat("gemini-3-flash")
    return (await accounts()).get(TWO)?.state === "NEEDS_VERIFICATION"
  })
  await row(TWO).getByText("Needs verification").waitFor()
  expect(await row(TWO).innerText()).toMatch(/Verify your account/)
  const link = row(TWO).getByRole("link", { name: "Open the provider's page" })
  expect(await link.getAttribute("href")).toBe(VERIFY)
  expect(context.pages()).toHaveLength(1)
  const [provider, request] = await Promise.all([
    context.waitForEvent("page"),
    context.waitForEvent("request", (one) => one.url() === VERIFY),
    link.click(),
  ])
  expect(request.headers()["referer"]).toBeUndefined()
  await provider.close()
  await page.getByRole("button", { name: /^Need a hand\s*1$/ }).click()
  await row(ONE).waitFor({ state: "detached" })

  await tellSimulator("accounts/state", { email: TWO, state: "ok" })
  await choose(TWO, "Test it")
  await page.getByRole("button", { name: "Test the account" }).click()
  await waitFor(async () => (await accounts()).get(TWO)?.state === "READY")
  await page.goto(`${system.panelUrl}/accounts`)
  await row(TWO).getByText("Ready", { exact: true }).waitFor()
})

test("one that is chosen is switched off after one question", async () => {
  await row(TWO).getByRole("checkbox").check()
  await page.getByText("1 of 2 chosen").waitFor()
  await page.getByRole("button", { name: "Switch off", exact: true }).click()
  const dialog = page.getByRole("dialog", { name: "Switch off 1 account?" })
  await dialog.getByRole("button", { name: "Switch off 1 account" }).click()
  await row(TWO).getByText("Switched off", { exact: true }).waitFor()
  expect((await accounts()).get(TWO)?.state).toBe("DISABLED")
})

test("a quota that is used up is seen at once on its bar and state, and so is that it is back", async () => {
  const buckets = [
    ["gemini", "gemini-3-flash", "Gemini"],
    ["third_party", "claude-sonnet-4-6", "Claude and GPT-OSS"],
  ] as const
  for (const [bucket, model, name] of buckets) {
    await setQuota(ONE, bucket, "fiveHours", 0)
    await expect(chat(model)).rejects.toThrow()
    // The refusal alone makes the control plane read it anew.
    await row(ONE)
      .getByText(/^rests for/)
      .first()
      .waitFor()
    await waitFor(async () => (await bar(ONE, `${name}, 5 hours`).getAttribute("aria-valuetext")) === "0%")
  }
  await setQuota(ONE, "image", "fiveHours", 0)
  await openai.images.generate({ model: "gemini-3-pro-image", prompt: "a point" }).catch(() => undefined)
  await row(ONE).getByText("Cooling", { exact: true }).waitFor()
  expect(await row(ONE).innerText()).toMatch(/quota is used up/)

  await setQuota(ONE, "gemini", "fiveHours", 1)
  // The other one is still chosen, and is switched off.
  const other = await row(TWO).getByRole("link").first().innerText()
  await row(ONE).getByRole("checkbox").check()
  await chooseForMany(
    "Read their quota now",
    "Read 1 account",
    `Left out, being switched off, not set up yet or waiting for a person: ${other}.`,
  )
  await page.getByText("The quota of 1 account is being read, two at a time.").waitFor()
  await row(ONE).getByText("Ready", { exact: true }).waitFor()
  await waitFor(async () => (await bar(ONE, "Gemini, 5 hours").getAttribute("aria-valuetext")) === "100%")
  const before = (await accounts()).get(ONE)?.requestCount ?? 0
  await setQuota(ONE, "gemini", "weekly", 1)
  // The panel has it from the control plane, the data plane a moment later; what it refuses until then is no request of the account.
  await waitFor(() =>
    chat("gemini-3-flash").then(
      () => true,
      () => false,
    ),
  )
  await waitFor(async () => ((await accounts()).get(ONE)?.requestCount ?? 0) === before + 1)
  await row(ONE)
    .getByText(String(before + 1), { exact: true })
    .waitFor()

  // The two others that are used up rest on, until they are let go by hand.
  await row(ONE)
    .getByText(/^rests for/)
    .first()
    .waitFor()
  await chooseForMany("End their rests", "End their rests (1)", `Left out, because nothing rests on them: ${other}.`)
  await page.getByText("The rests of 1 account were ended: 2 in all.").waitFor()
  await waitFor(
    async () =>
      (await row(ONE)
        .getByText(/^rests for/)
        .count()) === 0,
  )
  expectRefusals(system.simulator, [])
})

test("a row that is dragged above another one serves before it", async () => {
  await page.goto(`${system.panelUrl}/accounts?sort=-priority`)
  const handle = row(TWO).getByRole("button", { name: /^Move/ })
  const [from, to] = [await handle.boundingBox(), await row(ONE).boundingBox()]
  if (from === null || to === null) throw new Error("no row to drag")
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(from.x + 10, to.y + 4, { steps: 5 })
  await page.locator('tr[data-drop="before"]').waitFor()
  await page.mouse.up()
  await waitFor(async () => (await accounts()).get(TWO)?.priority === 10)
  await waitFor(async () => (await page.getByRole("row").nth(1).innerText()).includes(TWO))
  await page.getByRole("button", { name: "Undo" }).click()
  await waitFor(async () => (await accounts()).get(TWO)?.priority === 0)
})

test("no foreign request of the panel's, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
