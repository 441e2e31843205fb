/** Accounts that are added by signing in, in a real Chromium: through the provider's pages and back, and by the pasted address. */
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, watchPage, type PageWatch } from "../support/chromium.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
let browser: Browser
let context: BrowserContext
let page: Page
let watch: PageWatch

beforeAll(async () => {
  system = await startSystem({ accounts: 0 })
  browser = await launchChromium()
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } })
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

/** Begins a sign-in; gives the dialog and the tab with the provider's page. */
async function begin(): Promise<{ dialog: Locator; tab: Page }> {
  await page.getByRole("button", { name: "Add account" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("checkbox").click({ force: true })
  const [tab] = await Promise.all([
    context.waitForEvent("page"),
    dialog.getByRole("button", { name: "Continue to Google" }).click(),
  ])
  await dialog.getByText("You agree on Google's page").waitFor()
  return { dialog, tab }
}

async function agree(tab: Page, email: string): Promise<void> {
  await tab.locator(`[data-account="${email}"]`).click()
  await tab.getByRole("button", { name: "Allow" }).click()
}

test("through the provider's pages: the callback says that it worked, and the panel follows until the account serves", async () => {
  system.simulator.addAccount({ email: "tab@example.test", projectId: null })
  const { dialog, tab } = await begin()
  const tabWatch = watchPage(tab, system.panelUrl)
  await agree(tab, "tab@example.test")
  await tab.getByRole("heading", { name: "The account is signed in" }).waitFor()
  expect(tab.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/callback\?/)
  expect(new URL(tab.url()).origin).toBe(new URL(system.panelUrl).origin)
  expect(await tab.locator("body").innerText()).toContain("tab@example.test")
  expect(await tab.evaluate("document.scripts.length")).toBe(0)
  expect(tabWatch.violations).toEqual([])
  // The style was applied: the policy names it.
  expect(await tab.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")).toBe("20px")
  await dialog.getByText("tab@example.test is ready.").waitFor()
  await page.bringToFront()
  await dialog.getByRole("button", { name: "Done" }).click()
  await dialog.waitFor({ state: "hidden" })
  await page.getByText("Ready", { exact: true }).first().waitFor()

  await tab.reload()
  await tab.getByText("has already ended").waitFor()
  await tab.close()
})

test("from a machine that the callback does not reach: the address is pasted", async () => {
  system.simulator.addAccount({ email: "paste@example.test" })
  const { dialog, tab } = await begin()
  // Where the browser would be sent, and does not come to.
  let address = ""
  await tab.route("**/auth/allow**", async (route) => {
    const answer = await route.fetch({ maxRedirects: 0 })
    address = answer.headers()["location"] ?? ""
    await route.abort("connectionrefused")
  })
  await agree(tab, "paste@example.test")
  await waitFor(() => address !== "")
  await tab.close()
  await dialog.getByLabel("The page did not open after you agreed?").fill(address)
  await dialog.getByRole("button", { name: "Use this address" }).click()
  await dialog.getByText("paste@example.test is ready.").waitFor()
  await page.bringToFront()
  await dialog.getByRole("button", { name: "Done" }).click()
  await dialog.waitFor({ state: "hidden" })
})

test("where the browser holds the tab back, the dialog's own link opens the same page", async () => {
  system.simulator.addAccount({ email: "blocked@example.test" })
  await page.evaluate(
    "window.opened = []; window.kept = window.open; window.open = (url) => (window.opened.push(url), null)",
  )
  await page.getByRole("button", { name: "Add account" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("checkbox").click({ force: true })
  await dialog.getByRole("button", { name: "Continue to Google" }).click()
  await dialog.getByText("If no tab has opened, open the page here.").waitFor()
  expect(context.pages()).toEqual([page])
  const link = dialog.getByRole("link", { name: "Open the sign-in page" })
  expect(await page.evaluate("window.opened")).toEqual([await link.getAttribute("href")])
  await page.evaluate("window.open = window.kept")
  const [tab] = await Promise.all([context.waitForEvent("page"), link.click()])
  await agree(tab, "blocked@example.test")
  await tab.getByRole("heading", { name: "The account is signed in" }).waitFor()
  await tab.close()
  await dialog.getByText("blocked@example.test is ready.").waitFor()
  await dialog.getByRole("button", { name: "Done" }).click()
  await dialog.waitFor({ state: "hidden" })
})

interface Shown {
  readonly id: string
  readonly email: string
  readonly state: string
}

async function accounts(): Promise<Shown[]> {
  const { accounts: found } = await system.graphql<{ accounts: { edges: { node: Shown }[] } }>(
    "{ accounts { edges { node { id email state } } } }",
  )
  return found.edges.map(({ node }) => node)
}

let asked = 0
/** Each is a conversation of its own, which any account may have. */
async function ask(): Promise<void> {
  const response = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content: `hello ${++asked}` }] }),
  })
  await response.text()
  expect(response.status).toBe(200)
}

test("an account whose sign-in was revoked is signed in again, by nobody else, and serves as the same account", async () => {
  const before = await accounts()
  system.simulator.addAccount({ email: "paste@example.test", state: "revoked" })
  // The first request that goes there finds it out; another account serves it.
  await waitFor(async () => {
    await ask()
    return (await accounts()).find(({ email }) => email === "paste@example.test")?.state === "NEEDS_LOGIN"
  })
  const row = page.getByRole("row").filter({ hasText: "paste@example.test" })
  await row.getByText("Needs sign-in").waitFor()
  const signInAgain = async () => {
    await row.getByRole("button", { name: "Sign in again" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByRole("checkbox").click({ force: true })
    const [tab] = await Promise.all([
      context.waitForEvent("page"),
      dialog.getByRole("button", { name: "Continue to Google" }).click(),
    ])
    return { dialog, tab }
  }
  const other = await signInAgain()
  await agree(other.tab, "blocked@example.test")
  await other.dialog.getByText("Signed in to: blocked@example.test").waitFor()
  await other.tab.close()
  await other.dialog.getByRole("button", { name: "Close" }).last().click()
  await other.dialog.waitFor({ state: "hidden" })

  system.simulator.addAccount({ email: "paste@example.test" })
  const { dialog, tab } = await signInAgain()
  await agree(tab, "paste@example.test")
  await dialog.getByText(/^paste@example\.test is ready: it was here before/).waitFor()
  await tab.close()
  await dialog.getByRole("button", { name: "Done" }).click()
  await dialog.waitFor({ state: "hidden" })
  await row.getByText("Ready", { exact: true }).waitFor()
  expect(await accounts()).toEqual(before.map((one) => ({ ...one, state: "READY" })))
})

test("who says no sees that it was their own choice, on both pages", async () => {
  const { dialog, tab } = await begin()
  await tab.getByRole("link", { name: "Cancel" }).click()
  await tab.getByRole("heading", { name: "No account was added" }).waitFor()
  await dialog.getByText("You chose not to give access").waitFor()
  await dialog.getByRole("button", { name: "Start again" }).click()
  await dialog.getByRole("button", { name: "Continue to Google" }).waitFor()
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
