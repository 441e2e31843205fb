/** The panel in a real Chromium: sign in, add a simulated account, see it become ready, create a key, use the key. */
import Anthropic from "@anthropic-ai/sdk"
import OpenAI from "openai"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, watchPage, type PageWatch } from "../support/chromium.ts"
import { startSystem, type System } from "../support/start-system.ts"

let system: System
let browser: Browser
let page: Page
let watch: PageWatch

beforeAll(async () => {
  system = await startSystem({ accounts: 0 })
  browser = await launchChromium()
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(60_000)
  watch = watchPage(page, system.panelUrl)
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

/** Does what the shown curl line does, part by part, so that no curl has to be installed. */
function runCurl(command: string): Promise<Response> {
  const quoted = [...command.matchAll(/(?:^curl|-H|-d) '([^']*)'/gm)].map((found) => found[1] ?? "")
  const [url = "", ...rest] = quoted
  const body = rest.pop() ?? ""
  const headers = rest.map((header): [string, string] => {
    const [name = "", ...value] = header.split(": ")
    return [name, value.join(": ")]
  })
  return fetch(url, { method: "POST", headers, body })
}

test("a wrong password is refused with a sentence", async () => {
  await page.goto(`${system.panelUrl}/accounts`)
  await page.getByLabel("Password").fill("not the password")
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("alert").waitFor()
  expect(await page.getByRole("alert").innerText()).toMatch(/password/i)
})

test("the right password opens the panel, which says what to do next", async () => {
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Add account" }).first().waitFor()
})

test("the overview leads on: what is there is ticked off, and what comes next has the button", async () => {
  await page.getByRole("link", { name: "Overview" }).first().click()
  const guide = page.getByRole("region", { name: "Set up in four steps" })
  await guide.getByRole("link", { name: "Add an account" }).click()
  await page.getByRole("heading", { level: 1, name: "Accounts" }).waitFor()
})

test("an account is added after the terms are acknowledged, and becomes ready by itself", async () => {
  const account = system.simulator.addAccount({ email: "browser@example.test" })
  await page.getByRole("button", { name: "Add account" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("button", { name: "Refresh token" }).click()
  await dialog.getByLabel("Refresh token").fill(account.refreshToken)
  expect(await dialog.innerText()).toMatch(/terms/i)
  await dialog.getByRole("checkbox", { name: /I have read this/ }).click({ force: true })
  await dialog.getByRole("button", { name: "Add account" }).click()
  await page.getByText("browser@example.test").first().waitFor()
  await page.getByText("Ready", { exact: true }).first().waitFor()
})

test("a key is shown once and works with both SDKs", async () => {
  await page.getByRole("link", { name: "Keys" }).first().click()
  await page.getByRole("button", { name: "Create key" }).first().click()
  const dialog = page.getByRole("dialog")
  await dialog.getByLabel("Name").fill("from the browser")
  await dialog.getByRole("button", { name: "Create key" }).click()
  await dialog
    .getByText(/^lag_[A-Za-z0-9_-]{40,}$/)
    .first()
    .waitFor()
  const secret = (
    await dialog
      .getByText(/^lag_[A-Za-z0-9_-]{40,}$/)
      .first()
      .innerText()
  ).trim()
  for (const dialect of ["OpenAI", "Responses", "Anthropic", "Gemini"]) {
    await dialog.getByRole("button", { name: dialect }).click()
    const command = await dialog.getByRole("group", { name: "Command" }).innerText()
    const answer = await runCurl(command)
    expect({ dialect, status: answer.status, text: await answer.text() }).toMatchObject({
      status: 200,
      text: expect.stringContaining("Simulated answer"),
    })
  }

  const openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: secret, maxRetries: 2 })
  const answer = await openai.chat.completions.create({
    model: "gemini-3-flash",
    messages: [{ role: "user", content: "[[sim:text=through the key]]" }],
  })
  expect(answer.choices[0]?.message.content).toBe("through the key")
  const anthropic = new Anthropic({ baseURL: system.gatewayUrl, apiKey: secret, maxRetries: 2 })
  const message = await anthropic.messages.create({
    model: "claude-sonnet-4-6",
    max_tokens: 100,
    messages: [{ role: "user", content: "[[sim:text=through the key]]" }],
  })
  expect(message.content).toEqual([expect.objectContaining({ type: "text", text: "through the key" })])

  // What would be lost is not closed by a slip of the hand.
  await page.keyboard.press("Escape")
  expect(await dialog.isVisible()).toBe(true)
  await dialog.getByRole("button", { name: "Done" }).click()
  await dialog.waitFor({ state: "hidden" })
  expect(await page.content()).not.toContain(secret)
})

test("connect makes a key, fills it in, and sees the first request that comes with it", async () => {
  await page.goto(system.panelUrl)
  // The key above was used: this gateway is no new one any more, and nobody is told to set it up.
  await page.getByText("Requests/s").first().waitFor()
  expect(await page.getByRole("region", { name: "Set up in four steps" }).count()).toBe(0)
  await page.getByRole("link", { name: "Connect" }).first().click()
  await page.getByRole("button", { name: "OpenAI SDK" }).click()
  await page.getByLabel("Name of a new key").fill("of the journey")
  await page.getByRole("button", { name: "Create key" }).click()
  await page.getByText("Waiting for the first request…").waitFor()
  const shell = await page.getByRole("group", { name: "OpenAI SDK: Shell" }).innerText()
  const [, baseURL = ""] = /OPENAI_BASE_URL=(\S+)/.exec(shell) ?? []
  const [, apiKey = ""] = /OPENAI_API_KEY=(\S+)/.exec(shell) ?? []
  expect(baseURL).toBe(`${system.gatewayUrl}/v1`)
  const openai = new OpenAI({ baseURL, apiKey, maxRetries: 2 })
  await openai.chat.completions.create({ model: "gemini-3-flash", messages: [{ role: "user", content: "hello" }] })
  await page.getByText("It arrived").waitFor()
  await page.getByText(/^Chat Completions asked for gemini-3-flash/).waitFor()
  await page.getByRole("link", { name: "Look at the request" }).click()
  await page.getByText("of the journey").first().waitFor()
  expect(await page.content()).not.toContain(apiKey)
})

test("the requests page shows those that were just made", async () => {
  await page.getByRole("link", { name: "Requests" }).first().click()
  await page.getByText("claude-sonnet-4-6").first().waitFor()
  await page.getByText("gemini-3-flash").first().waitFor()
})

test("the panel speaks Chinese", async () => {
  await page.getByRole("button", { name: "简体中文" }).first().click()
  await page.getByRole("link", { name: "账号" }).first().waitFor()
  expect(await page.locator("html").getAttribute("lang")).toMatch(/^zh/)
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
