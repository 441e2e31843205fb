/**
 * Settings, audit, alerts, administrators and nodes in a real Chromium over real planes: what is changed there is in force, and who
 * changed it is told; a rule that is met reaches a webhook; a token and a viewer may what they are given, and no more; a data plane is
 * drained.
 */
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  isSigned,
  startWebhookReceiver,
  type WebhookReceiver,
} from "../../control-plane/test/support/webhook-receiver.ts"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { accessibilityProblems } from "../support/panel-rules.ts"
import { generationsSeen } from "../support/seen.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
let browser: Browser
let page: Page
let watch: PageWatch
let receiver: WebhookReceiver

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  system = await startSystem({ accounts: 1 })
  browser = await launchChromium()
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" })
  page.setDefaultTimeout(60_000)
  watch = watchPage(page, system.panelUrl)
  await signIn(page, "admin", system.adminPassword, "/settings")
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
  await receiver?.stop()
})

async function signIn(where: Page, name: string, password: string, path: string): Promise<void> {
  await where.goto(system.panelUrl + path)
  await where.getByLabel("Name").fill(name)
  await where.getByLabel("Password").fill(password)
  await where.getByRole("button", { name: "Sign in" }).click()
  await where.getByRole("heading", { level: 1 }).waitFor()
}

/** How often the upstream was called for one request of a client, and how that ended. */
async function ask(text: string): Promise<{ status: number; calls: number }> {
  const before = generationsSeen(system.simulator).length
  const response = await fetch(`${system.gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${system.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "gemini-3-flash", messages: [{ role: "user", content: text }] }),
  })
  await response.text()
  return { status: response.status, calls: generationsSeen(system.simulator).length - before }
}

const attempts = (): Locator => page.getByRole("textbox", { name: "Attempts of a request" })
const dialog = (name: string | RegExp): Locator => page.getByRole("dialog", { name })

test("a data plane is drained, says so to whoever balances the load, and takes requests again", async () => {
  const readiness = async () => (await fetch(`${system.gatewayUrl}/ready`)).status
  expect(await readiness()).toBe(200)
  await page.getByRole("link", { name: "Nodes" }).click()
  await page.getByRole("button", { name: /^Drain / }).click()
  const asked = dialog(/^Drain the data plane/)
  await asked.getByText("No other data plane is ready").waitFor()
  await asked.getByRole("button", { name: "Drain it" }).click()
  await page.getByText(/ drains: nothing is under way there\.$/).waitFor()
  await page.getByText("Draining", { exact: true }).waitFor()
  expect(await readiness()).toBe(503)
  // A load balancer that did not look yet still finds it serving.
  expect((await ask("while it drains")).status).toBe(200)
  await page.getByRole("button", { name: /take requests again$/ }).click()
  await page.getByText("Ready", { exact: true }).waitFor()
  expect(await readiness()).toBe(200)
  await page.getByRole("link", { name: "Settings" }).click()
})

test("two settings are changed, shown beside what was in force, and saved together", async () => {
  system.simulator.script({ fault: { kind: "internal" } })
  const before = await ask("again and again")
  expect(before.status).toBe(502)
  expect(before.calls).toBeGreaterThan(1)
  await attempts().fill("40")
  await page.getByText("From 1 to 10.").waitFor()
  await attempts().fill("1")
  await page.getByLabel("Hosts that alerts may be sent to").fill("127.0.0.1")
  await page.getByRole("button", { name: "Review and save" }).click()
  const review = dialog("Save 2 changes")
  const shown = await review.innerText()
  expect(shown).toMatch(/MAX_ATTEMPTS\s+before:\s*4\s+after:\s*1/)
  expect(shown).toMatch(/ALERT_WEBHOOK_HOSTS\s+before:\s*nothing\s+after:\s*127\.0\.0\.1/)
  expect(await accessibilityProblems(page)).toEqual([])
  await review.getByRole("button", { name: "Save" }).click()
  await page.getByText("2 settings saved").waitFor()
  await page.locator('[data-setting="MAX_ATTEMPTS"]').getByText("Set here").waitFor()
})

test("it is in force for the next request, and goes back when it is reset", async () => {
  expect(await ask("just once")).toEqual({ status: 502, calls: 1 })
  await page.getByRole("button", { name: "Reset Attempts of a request" }).click()
  expect(await attempts().inputValue()).toBe("4")
  await page.getByRole("button", { name: "Review and save" }).click()
  await dialog("Save 1 change").getByRole("button", { name: "Save" }).click()
  await page.getByText("1 setting saved").waitFor()
  expect((await ask("more than once")).calls).toBeGreaterThan(1)
  system.simulator.clearFaults()
})

test("a change of somebody else's is not overwritten by accident", async () => {
  await attempts().fill("3")
  await system.graphql(
    `mutation { updateSettings(input: { set: [{ name: MAX_ATTEMPTS, value: "5" }] }) { ... on Failure { message } } }`,
  )
  await page.getByRole("button", { name: "Review and save" }).click()
  await dialog("Save 1 change").getByRole("button", { name: "Save" }).click()
  await page.getByText("Somebody else changed this meanwhile").waitFor()
  await page.getByText("Now in force: 5. Yours: 3.").waitFor()
  await page.getByRole("button", { name: "Take theirs" }).click()
  await page.getByRole("button", { name: "Review and save" }).waitFor({ state: "hidden" })
  expect(await attempts().inputValue()).toBe("5")
})

test("the audit says who changed what from what, and its chain is whole", async () => {
  await page.getByRole("link", { name: "Audit" }).click()
  await page.getByLabel("What", { exact: true }).selectOption({ label: "Changed settings" })
  const rows = page.getByRole("table", { name: "Audit" }).getByRole("row")
  await waitFor(async () => (await rows.count()) === 5)
  // The newest is what was not done since the token had been quicker, then that of the token, then the two that were done here.
  expect(await rows.nth(1).innerText()).toMatch(/Refused[\s\S]*changed by somebody else meanwhile/)
  expect(await rows.nth(2).innerText()).toContain("ADMIN_TOKEN")
  expect(await rows.nth(3).innerText()).toMatch(/admin\s[\s\S]*MAX_ATTEMPTS\s+1 → –/)
  await rows.nth(4).getByRole("button", { name: "Changed settings: details" }).click()
  const detail = dialog("Changed settings")
  expect(await detail.innerText()).toMatch(/MAX_ATTEMPTS\s+before:\s*nothing\s+after:\s*1/)
  expect(await detail.innerText()).toContain("127.0.0.1")
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.press("Escape")
  expect(page.url()).toContain("action=updateSettings")
  await page.getByRole("button", { name: "Verify" }).click()
  await page.getByText(/^Whole: \d+ events looked at$/).waitFor()
})

test("what happens meanwhile waits until it is wanted", async () => {
  await page.getByRole("button", { name: "Show all" }).click()
  await waitFor(async () => !page.url().includes("action="))
  await system.graphql("mutation { syncQuota { ... on Failure { message } } }")
  await page.getByRole("button", { name: /^\d+ new$/ }).click()
  await page.getByRole("button", { name: "Had quotas read: details" }).first().waitFor()
})

test("a webhook is refused where its host is not allowed, and takes a test where it is", async () => {
  await page.goto(`${system.panelUrl}/alerts?tab=webhooks`)
  await page.getByRole("button", { name: "Add webhook" }).click()
  const form = dialog("Add a webhook")
  await form.getByLabel("Name").fill("Pager")
  await form.getByLabel("Address").fill("https://elsewhere.example.test/hook")
  await form.getByRole("button", { name: "Add" }).click()
  await form.getByText(/ALERT_WEBHOOK_HOSTS to allow it/).waitFor()
  await form.getByLabel("Address").fill(`${receiver.url}/hook`)
  await form.getByRole("button", { name: "Add" }).click()
  const secret = await dialog("The secret of Pager").getByRole("textbox").innerText()
  await dialog("The secret of Pager").getByRole("button", { name: "Done" }).click()
  expect(await page.content()).not.toContain(secret)
  await page.getByRole("button", { name: "Send a test to Pager" }).click()
  await page.getByText("Pager took the test (200)").waitFor()
  expect(receiver.calls.map((call) => ({ path: call.path, isSigned: isSigned(call, secret, Date.now()) }))).toEqual([
    { path: "/hook", isSigned: true },
  ])
})

test("an account that must be verified raises an alert, which reaches the webhook, and the page says so", async () => {
  system.simulator.script({ fault: { kind: "validation-required" } })
  // What failed before may rest still.
  const label = await waitFor(async () => {
    await ask("a wall")
    const { accounts } = await system.graphql<{ accounts: { edges: { node: { label: string; state: string } }[] } }>(
      "{ accounts(first: 1) { edges { node { label state } } } }",
    )
    return accounts.edges.find(({ node }) => node.state === "NEEDS_VERIFICATION")?.node.label
  }, 60_000)
  await page.getByRole("tab", { name: "Rules" }).click()
  await page.getByRole("button", { name: "Change Accounts need attention" }).click()
  const form = dialog("Change Accounts need attention")
  await form.getByLabel("For at least").fill("0")
  await form.getByLabel("Sent to").selectOption({ label: "Pager" })
  await form.getByRole("button", { name: "Save" }).click()
  await form.waitFor({ state: "hidden" })

  await page.getByRole("tab", { name: "Alerts" }).click()
  const open = page.locator('[data-alert="ACCOUNT_ATTENTION"]')
  await open.getByRole("link", { name: label }).waitFor()
  await open.getByRole("button", { name: "Accounts need attention: details" }).click()
  const detail = dialog("Accounts need attention")
  await detail.getByText("Needs verification.").waitFor()
  await detail.getByText("Arrived").waitFor()
  await detail.getByText("→ Pager").waitFor()
  const sent = receiver.taken.filter(({ type }) => type === "alert.firing")
  expect(sent.map(({ alert }) => [alert.kind, alert.evidence.map((one) => one.label)])).toEqual([
    ["ACCOUNT_ATTENTION", [label]],
  ])
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.press("Escape")
  await page.goto(`${system.panelUrl}/settings`)
  await page.getByText("1 open alert").first().waitFor({ state: "attached" })
  system.simulator.clearFaults()
})

interface Answer {
  readonly data?: { readonly viewer: { readonly name: string } | null } | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** Whom the GraphQL API takes a bearer for, and why it answers nothing. */
async function viewerOf(token: string): Promise<{ name: string | undefined; code: string | undefined }> {
  const response = await fetch(`${system.panelUrl}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query: "{ viewer { name } nodes { id } }" }),
  })
  const { data, errors } = (await response.json()) as Answer // of that very query
  return { name: data?.viewer?.name, code: errors?.[0]?.extensions?.code }
}

test("an admin token is shown once and works until it is revoked", async () => {
  await page.goto(`${system.panelUrl}/administrators?tab=tokens`)
  await page.getByRole("button", { name: "Create token" }).click()
  const form = dialog("Create an admin token")
  await form.getByLabel("Name").fill("script")
  await form.getByRole("button", { name: "Create token" }).click()
  const token = await page.getByRole("textbox", { name: "The token" }).innerText()
  await page.getByRole("button", { name: "Done" }).click()
  expect(await viewerOf(token)).toEqual({ name: "script", code: undefined })
  await page.getByRole("button", { name: "Revoke script" }).click()
  await dialog("Revoke script?").getByRole("button", { name: "Revoke" }).click()
  await page.getByText("script was revoked").waitFor()
  expect(await viewerOf(token)).toEqual({ name: undefined, code: "UNAUTHENTICATED" })
})

test("a viewer is added, signs in, and finds nothing to change anything with", async () => {
  await page.getByRole("tab", { name: "Administrators" }).click()
  await page.getByRole("button", { name: "Add administrator" }).click()
  const form = dialog("Add an administrator")
  await form.getByLabel("Name").fill("Vera")
  await form.getByRole("button", { name: "Add" }).click()
  const password = await page.getByRole("textbox", { name: "The password that was generated" }).innerText()
  await page.getByRole("button", { name: "Done" }).click()
  await page.getByText("vera", { exact: true }).waitFor()

  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  const other = await context.newPage()
  other.setDefaultTimeout(60_000)
  await signIn(other, "vera", password, "/settings")
  await other.getByText("MAX_ATTEMPTS").waitFor()
  const content = other.locator("#content")
  expect(await content.locator("input:not([type=search]), select, textarea, [role=switch]").count()).toBe(0)
  expect(await other.getByRole("link", { name: "Audit" }).count()).toBe(0)
  await other.goto(`${system.panelUrl}/alerts?tab=rules`)
  await other.getByText("Accounts need attention").first().waitFor()
  expect(await content.getByRole("switch").count()).toBe(0)
  expect(await content.getByRole("button", { name: /Add|Change|Remove/ }).count()).toBe(0)
  await other.goto(`${system.panelUrl}/administrators`)
  await other.getByRole("table", { name: "Sessions" }).getByText("This one").waitFor()
  expect(await content.getByText("admin", { exact: true }).count()).toBe(0)
  await other.goto(`${system.panelUrl}/audit`)
  await other.getByText("This page is not for your role").waitFor()

  // An owner ends the session, and the next look leads to the sign-in page.
  await page.getByRole("tab", { name: "Sessions" }).click()
  await page.getByRole("button", { name: "Everybody's" }).click()
  const row = page.getByRole("table", { name: "Sessions" }).getByRole("row").filter({ hasText: "vera" })
  await row.getByRole("button", { name: /^End the session/ }).click()
  await page.getByText("1 session ended").waitFor()
  await other.goto(`${system.panelUrl}/settings`)
  await other.getByRole("button", { name: "Sign in" }).waitFor()
  await context.close()
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
