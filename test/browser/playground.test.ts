/** The playground in a real Chromium over the real planes: all four dialects, what goes over the wire, a tool, an error, a picture, a reload. */
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, watchPage, type PageWatch } from "../support/chromium.ts"
import { startSystem, type System } from "../support/start-system.ts"
import { waitFor } from "../support/wait-for.ts"

let system: System
let browser: Browser
let page: Page
let watch: PageWatch

beforeAll(async () => {
  system = await startSystem({ accounts: 1 })
  browser = await launchChromium()
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(60_000)
  watch = watchPage(page, system.panelUrl)
  await page.goto(`${system.panelUrl}/playground`)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Playground" }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const answers = () => page.getByRole("article", { name: "Answer" })

async function say(text: string): Promise<void> {
  await page.getByLabel("Your message").fill(text)
  await page.getByLabel("Your message").press("Enter")
}

/** The id of the newest answer's record, from its link. */
async function recordId(): Promise<string> {
  const link = answers().last().getByRole("link", { name: "Its record" })
  await link.waitFor()
  return (await link.getAttribute("href"))?.replace("/requests/", "") ?? ""
}

interface Shown {
  readonly dialect: string
  readonly outcome: string
  readonly stream: boolean
  readonly playgroundBy: string | null
  readonly outputTokens: string | null
}

function record(id: string): Promise<Shown> {
  const document = "query ($id: ID!) { request(id: $id) { dialect outcome stream playgroundBy outputTokens } }"
  return waitFor(async () => (await system.graphql<{ request: Shown | null }>(document, { id })).request)
}

test.each([
  ["OpenAI", "OPENAI_CHAT", "chat.completion.chunk"],
  ["Responses", "OPENAI_RESPONSES", "response.output_text.delta"],
  ["Anthropic", "ANTHROPIC_MESSAGES", "content_block_delta"],
  ["Gemini", "GEMINI", "candidates"],
])("%s streams, with its thoughts, its events and its record", async (label, dialect, event) => {
  const clear = page.getByRole("button", { name: "New conversation" })
  if (await clear.isVisible()) await clear.click()
  await page.getByRole("button", { name: label, exact: true }).click()
  await page.getByLabel("Thinking").selectOption("low")
  await page.getByRole("combobox", { name: "Model" }).fill("gemini-3-flash")
  await say(`[[sim:think=Well now.]][[sim:text=said in ${label}]]`)
  await answers().last().getByText(`said in ${label}`).waitFor()
  const id = await recordId()
  const shown = await record(id)
  expect(shown).toMatchObject({ dialect, outcome: "COMPLETED", stream: true, playgroundBy: "admin" })
  expect(await answers().last().innerText()).toContain(`${shown.outputTokens} out`)
  expect(await answers().last().innerText()).toContain("first word after")
  await answers().last().getByText("Thinking", { exact: true }).click()
  await answers().last().getByText("Well now.").waitFor()

  await page.getByRole("tab", { name: "Answer" }).click()
  const raw = await page.getByRole("group", { name: "The answer as it came" }).innerText()
  expect(raw).toMatch(/\+\d+ ms/)
  expect(raw).toContain(event)
  await page.getByRole("tab", { name: "Code" }).click()
  const code = await page.getByRole("group", { name: "The request as code" }).innerText()
  expect(code).toContain(system.gatewayUrl)
  expect(code).toContain("$LAGRANGE_KEY")
})

test("a tool is called, its result is typed, and the answer follows from it", async () => {
  await page.getByRole("button", { name: "New conversation" }).click()
  await page.getByRole("button", { name: "Anthropic", exact: true }).click()
  await page.getByText("Sampling and tools").click()
  await page.getByRole("button", { name: "Put in an example" }).click()
  await say('[[sim:call=get_weather {"city":"Rome"}]][[sim:then]][[sim:text=So the sun shines.]]')
  await page.getByText("Calls get_weather").waitFor()
  await page.getByText('{"city":"Rome"}').first().waitFor()
  await page.getByLabel("What get_weather gives back").fill("sunny, 31 degrees")
  await page.getByRole("button", { name: "Send the results" }).click()
  await page.getByText("So the sun shines.").last().waitFor()
  await page.getByRole("tab", { name: "Request" }).click()
  expect(await page.getByRole("group", { name: "The request as it was sent" }).innerText()).toContain(
    "sunny, 31 degrees",
  )
  expect(await record(await recordId())).toMatchObject({ outcome: "COMPLETED" })
})

test("a reload loses nothing that was said, and what is stored is no secret", async () => {
  await page.reload()
  await page.getByText("So the sun shines.").last().waitFor()
  const kept = await page.evaluate<string>("JSON.stringify({ ...sessionStorage, ...localStorage })")
  expect(kept).toContain("sunny, 31 degrees")
  for (const secret of [system.adminPassword, system.adminToken, system.apiKey]) expect(kept).not.toContain(secret)
})

test("a picture goes along, and one that comes is shown", async () => {
  await page.getByRole("button", { name: "New conversation" }).click()
  await page.getByRole("button", { name: "OpenAI", exact: true }).click()
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  )
  await page.getByLabel("Attach pictures").setInputFiles({ name: "dot.png", mimeType: "image/png", buffer: png })
  await page.getByRole("button", { name: "Take picture 1 out" }).waitFor()
  await page.getByRole("combobox", { name: "Model" }).fill("gemini-3.1-flash-image")
  await say("[[sim:images=1]]")
  await page.getByAltText("Picture of the answer").waitFor()
  expect(await page.getByAltText("Your picture").count()).toBe(1)
  await page.getByRole("tab", { name: "Request" }).click()
  expect(await page.getByRole("group", { name: "The request as it was sent" }).innerText()).toContain(
    "data:image/png;base64,",
  )
})

test("what the gateway refuses is told with its class and what helps", async () => {
  await page.getByRole("combobox", { name: "Model" }).fill("no-such-model")
  await say("hello")
  const alert = answers().last().getByRole("alert")
  await alert.getByText("No such model").waitFor()
  expect(await alert.innerText()).toContain("no-such-model")
  expect(await record(await recordId())).toMatchObject({ outcome: "FAILED", playgroundBy: "admin" })
})

test("stopped by hand it is stopped at the upstream", async () => {
  await page.getByRole("button", { name: "New conversation" }).click()
  await page.getByRole("combobox", { name: "Model" }).fill("gemini-3-flash")
  await page.getByLabel("Thinking").selectOption("")
  await say("[[sim:text=one two three four]][[sim:chunks=4]][[sim:pause=600000]]")
  await answers().last().getByText("one").waitFor()
  await page.getByRole("button", { name: "Stop" }).click()
  await answers().last().getByText("Stopped by you.").waitFor()
  expect(await record(await recordId())).toMatchObject({ outcome: "CANCELLED" })
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  // The browser itself tells of the 404 that was asked for.
  expect(watch.errors.filter((text) => !/status of 404/.test(text))).toEqual([])
})
