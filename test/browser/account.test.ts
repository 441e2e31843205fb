/**
 * One account from its arrival to its doctor, in a real Chromium over real planes: taken from a document that is half wrong, served
 * from, tested while it works and when it does not, and given out under a passphrase.
 */
import { readFile } from "node:fs/promises"
import OpenAI from "openai"
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { accessibilityProblems, overflow } from "../support/panel-rules.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

const EMAIL = "imported@example.test"
const PASSPHRASE = "orbit lantern velvet quarry"

let system: System
let browser: Browser
let context: BrowserContext
let page: Page
let watch: PageWatch

beforeAll(async () => {
  system = await startSystem({ accounts: 0 })
  browser = await launchChromium()
  context = await browser.newContext({
    locale: "en-US",
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  })
  context.setDefaultTimeout(60_000)
  page = await context.newPage()
  watch = watchPage(page, system.panelUrl)
  await page.goto(`${system.panelUrl}/accounts`)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

interface Shown {
  readonly id: string
  readonly state: string
  readonly requestCount: number
  readonly weight: number
  readonly disabledModels: readonly string[]
  readonly cooldowns: readonly object[]
}

/** The accounts as GraphQL tells them. */
async function accounts(): Promise<Shown[]> {
  const document = "{ accounts { edges { node { id state requestCount weight disabledModels cooldowns { cause } } } } }"
  const { accounts: found } = await system.graphql<{ accounts: { edges: { node: Shown }[] } }>(document)
  return found.edges.map(({ node }) => node)
}

const only = async (): Promise<Shown> => {
  const [account, ...more] = await accounts()
  if (account === undefined || more.length > 0) throw new Error(`there are ${more.length + 1} accounts`)
  return account
}

const openPart = (name: string) => page.getByRole("tab", { name: new RegExp(`^${name}`) }).click()
const fact = (name: string): Locator => page.locator("dl > div", { has: page.getByText(name, { exact: true }) })
/** Saves what was changed, and waits until it is in force. */
async function save(): Promise<void> {
  await page.getByRole("button", { name: "Save changes" }).click()
  await page.getByRole("button", { name: /Save changes|Saving/ }).waitFor({ state: "hidden" })
}
/** The button that saves is not under this, nor this under it, once the page is laid out anew. */
async function clearOf(other: Locator): Promise<void> {
  await waitFor(async () => {
    const [button, box] = [
      await page.getByRole("button", { name: "Save changes" }).boundingBox(),
      await other.boundingBox(),
    ]
    if (button === null || box === null) throw new Error("one of the two is not shown")
    return button.y + button.height <= box.y || box.y + box.height <= button.y
  })
}
const steps = () => page.getByRole("list", { name: "What was tried" }).getByRole("listitem")

async function ask(text: string): Promise<void> {
  const openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 0 })
  await openai.chat.completions.create({ model: "gemini-3-flash", messages: [{ role: "user", content: text }] })
}

test("a document with errors: nothing is written before each row was told, then the good ones are taken", async () => {
  const { refreshToken } = system.simulator.addAccount({
    email: EMAIL,
    models: ["gemini-3-flash", "gemini-3.1-flash-image"],
  })
  await page.getByRole("button", { name: "Add account" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("button", { name: "File or list" }).click()
  const rows = [
    { email: EMAIL, refreshToken, proxy: "socks5://10.0.0.1:1080" },
    { email: "no-token@example.test" },
    { email: "key@example.test", refreshToken: "ya29.an-access-token" },
    { email: EMAIL, refreshToken },
  ]
  await dialog.getByLabel("Or paste the text").fill(JSON.stringify({ accounts: rows }))
  await dialog.getByRole("button", { name: "Check the document" }).click()
  const list = dialog.getByRole("list", { name: "Rows of the document" }).getByRole("listitem")
  await list.first().waitFor()
  const told = async () => (await list.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "))
  expect(await told()).toEqual([
    expect.stringMatching(/imported@example\.test Will be added Not carried over: proxy/),
    expect.stringMatching(/no-token@example\.test Cannot be taken There is no refresh token in it/),
    expect.stringMatching(/key@example\.test Cannot be taken This is an access token/),
    expect.stringMatching(/imported@example\.test Twice in it The same account as in row 1/),
  ])
  expect(await accounts()).toEqual([])
  expect(await accessibilityProblems(page)).toEqual([])

  await dialog.getByRole("checkbox", { name: /I have read this/ }).click({ force: true })
  await dialog.getByRole("button", { name: "Import 1 account" }).click()
  await dialog.getByText("This is what became of each row").waitFor()
  expect((await told())[0]).toMatch(/Added/)
  await dialog.getByRole("link", { name: "Open the account" }).click()
  await page.getByRole("heading", { level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/accounts/${(await only()).id}`)
  await dialog.waitFor({ state: "hidden" })
  await page.getByText("Ready", { exact: true }).waitFor()
})

test("what it serves is counted and listed as it ends, each with the way to the whole of it", async () => {
  await openPart("Requests")
  await page.getByText("No request of this account is kept").waitFor()
  await ask("hello")
  const row = page.getByRole("row", { name: /Completed/ })
  await row.waitFor()
  await fact("Requests").getByText("1", { exact: true }).waitFor()
  expect((await only()).requestCount).toBe(1)
  const href = await row.getByRole("link").getAttribute("href")
  const { requests } = await system.graphql<{ requests: { edges: { node: { id: string } }[] } }>(
    "{ requests { edges { node { id } } } }",
  )
  expect(requests.edges.map(({ node }) => `/requests/${node.id}`)).toEqual([href])
})

test("a quota that is used up is told with what the upstream said, and let go", async () => {
  await openPart("Quota")
  await page.getByText("Nothing rests").waitFor()
  system.simulator.script({ fault: { kind: "quota-model", delayMs: 3_600_000 }, times: 1 })
  await ask("used up").then(
    () => expect.unreachable(),
    (error: unknown) => expect(error).toMatchObject({ status: 429 }),
  )
  const rests = page.getByRole("region", { name: "What rests" })
  await rests.getByText("Quota used up").waitFor()
  await rests.getByText(/QUOTA_EXHAUSTED/).waitFor()
  await rests.getByRole("button", { name: "Let it be tried now" }).click()
  await rests.getByText("Nothing rests").waitFor()
  expect((await only()).cooldowns).toEqual([])
  await ask("served again")
  await fact("Requests").getByText("3", { exact: true }).waitFor()
})

test("a setting that is changed here is in force", async () => {
  await openPart("Settings")
  await page.getByLabel("Weight").fill("7")
  await save()
  const told = page.getByText("Saved, and in force.").first()
  await told.waitFor()
  expect((await only()).weight).toBe(7)
  // It stays under the hand, and what there is to press is beside it: on a screen, and on a phone above the bar of the thumb.
  await told.hover()
  await page.getByLabel("Weight").fill("8")
  await clearOf(told)
  const foot = await page.getByRole("button", { name: "Save changes" }).boundingBox()
  expect((foot?.y ?? Infinity) + (foot?.height ?? 0)).toBeLessThanOrEqual(800)
  await page.setViewportSize({ width: 360, height: 740 })
  await told.hover()
  await clearOf(told)
  await clearOf(page.getByRole("navigation", { name: "Main pages" }))
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByRole("button", { name: "Discard" }).click()
  await page.getByRole("checkbox", { name: "gemini-3-flash" }).click({ force: true })
  await save()
  expect((await only()).disabledModels).toEqual(["gemini-3-flash"])
  await page.getByRole("checkbox", { name: "gemini-3-flash" }).click({ force: true })
  await save()
})

test("the doctor of an account that works shows every step pass, as it is done", async () => {
  await openPart("Doctor")
  const before = system.simulator.seen().length
  await page.getByRole("button", { name: "Test the account" }).click()
  await page.getByText("The account works.").waitFor()
  const told = (await steps().allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " "))
  expect(told).toEqual([
    expect.stringMatching(/^Access token works/),
    expect.stringMatching(/^Plan works/),
    expect.stringMatching(/^Project works/),
    expect.stringMatching(/^Address 127\.0\.0\.1:\d+ works/),
    expect.stringMatching(/^Model gemini-3-flash works It answered\./),
    expect.stringMatching(/^Model gemini-3\.1-flash-image not tried/),
    expect.stringMatching(/^Quota works/),
  ])
  const asked = system.simulator.seen().slice(before)
  expect(asked.filter(({ path }) => path.includes("streamGenerateContent"))).toHaveLength(1)
  expect(await accessibilityProblems(page)).toEqual([])
})

test("the doctor of an account whose sign-in was revoked says at which step it fails", async () => {
  system.simulator.addAccount({ email: EMAIL, state: "revoked" })
  await page.getByRole("button", { name: "Test again" }).click()
  await page.getByText(/steps? failed\./).waitFor()
  const [token] = await steps().allInnerTexts()
  expect(token?.replaceAll(/\s+/g, " ")).toMatch(/^Access token failed /)
})

test("what was done to it is told, by whom", async () => {
  await openPart("History")
  const events = page.getByRole("region", { name: "What was done to it" })
  await events.getByText("Changed an account").first().waitFor()
  await events.getByText("admin", { exact: true }).first().waitFor()
})

test("it is given out under a passphrase, and the file is taken again by it alone", async () => {
  await page.getByRole("link", { name: "All accounts" }).first().click()
  await page.getByRole("button", { name: "Export…" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE)
  await dialog.getByLabel("The passphrase once more").fill(PASSPHRASE)
  await dialog.getByRole("button", { name: "Make the file" }).click()
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog.getByRole("link", { name: /^Download lagrange-accounts-/ }).click(),
  ])
  const path = await download.path()
  expect(await readFile(path, "utf8")).not.toContain("sim-refresh")
  await dialog.getByRole("button", { name: "Done" }).click()

  await page.getByRole("button", { name: "Add account" }).first().click()
  await dialog.getByRole("button", { name: "File or list" }).click()
  await dialog.getByLabel("Choose files, or drop them here").setInputFiles(path)
  await dialog.getByLabel("Passphrase").fill("another one that is wrong")
  await dialog.getByRole("button", { name: "Check the document" }).click()
  await dialog.getByRole("alert").waitFor()
  await dialog.getByLabel("Passphrase").fill(PASSPHRASE)
  await dialog.getByRole("button", { name: "Check the document" }).click()
  await dialog.getByText("Nothing of it would change anything here.").waitFor()
  await dialog.getByRole("button", { name: "Another document" }).click()
  await dialog.getByRole("button", { name: "Cancel" }).click()
})

test("on a phone and on a wall nothing sticks out", async () => {
  const { id } = await only()
  for (const [width, height] of [
    [360, 740],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height })
    for (const tab of ["", "?tab=requests", "?tab=settings", "?tab=history"]) {
      await page.goto(`${system.panelUrl}/accounts/${id}${tab}`)
      await page.getByRole("tab", { name: "History" }).waitFor()
      await page.getByRole("tabpanel").waitFor()
      expect({ width, tab, overflow: await overflow(page) }).toEqual({ width, tab, overflow: 0 })
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
