/** The models page in a real Chromium: a name and a rule are made there, what was explained is what a client gets, and the record says so. */
import OpenAI, { NotFoundError } from "openai"
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, expect, test } from "vitest"
import { launchChromium, type PageWatch, watchPage } from "../support/chromium.ts"
import { accessibilityProblems, overflow } from "../support/panel-rules.ts"
import { startSystem, type System } from "../support/start-system.ts"

const MODEL = "gemini-3-flash"
const CLAUDE = "claude-sonnet-4-6"

let system: System
let browser: Browser
let page: Page
let watch: PageWatch
let openai: OpenAI

beforeAll(async () => {
  system = await startSystem({ accounts: 2 })
  openai = new OpenAI({ baseURL: `${system.gatewayUrl}/v1`, apiKey: system.apiKey, maxRetries: 2 })
  browser = await launchChromium()
  page = await browser.newPage({
    locale: "en-US",
    viewport: { width: 1280, height: 800 },
    reducedMotion: "reduce",
  })
  page.setDefaultTimeout(60_000)
  watch = watchPage(page, system.panelUrl)
  await page.goto(`${system.panelUrl}/models`)
  await page.getByLabel("Password").fill(system.adminPassword)
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1, name: "Models" }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await system?.stop()
})

const tab = (name: RegExp) => page.getByRole("tab", { name }).click()
const rule = (name: string): Locator =>
  page.locator("li", { has: page.getByRole("heading", { level: 3, name, exact: true }) })

/** A tool, so that the request has the trait that the rule asks for. */
const tools = [
  { type: "function" as const, function: { name: "look", parameters: { type: "object", properties: {} } } },
]

const ask = (more: { tools?: typeof tools } = {}) =>
  openai.chat.completions.create({
    model: "house/best",
    messages: [{ role: "user", content: "[[sim:text=as explained]]" }],
    ...more,
  })

/** What the page says of a name, with what is in its verdict. */
async function verdict(heading: string): Promise<string> {
  await page.getByRole("heading", { level: 2, name: heading }).waitFor()
  return page.getByRole("article").innerText()
}

test("the catalogue shows what the accounts offer, and leads to one model", async () => {
  const { models } = await system.graphql<{ models: { id: string; maxInputTokens: number; offeredBy: number }[] }>(
    "{ models { id maxInputTokens offeredBy } }",
  )
  const flash = models.find(({ id }) => id === MODEL)
  expect(flash?.offeredBy).toBe(2)
  await page.getByRole("tab", { name: `Catalogue ${models.length}` }).waitFor()
  await page.getByRole("searchbox").fill(MODEL)
  await page.getByRole("button", { name: `About ${MODEL}`, exact: true }).click()
  const dialog = page.getByRole("dialog", { name: MODEL })
  expect(await dialog.innerText()).toContain((flash?.maxInputTokens ?? 0).toLocaleString("en"))
  expect(await dialog.innerText()).toContain("2 of 2")
  await dialog.getByText("account-1@example.test").waitFor()
  const own = dialog.getByRole("switch").first()
  expect(await own.isChecked()).toBe(true)
  await own.click({ force: true })
  await dialog.locator("input:not(:checked)").waitFor()
  expect(await accessibilityProblems(page)).toEqual([])
  await page.keyboard.press("Escape")
  expect(page.url()).toContain(`find=${MODEL}`)
})

test("before there is such a name the page says why a client gets a 404", async () => {
  await page.goto(`${system.panelUrl}/models?tab=explain&model=house/best`)
  expect(await verdict("Is answered with 404")).toContain("No account lists this name")
  await expect(ask()).rejects.toBeInstanceOf(NotFoundError)
})

test("an alias is made: a target with two stars is refused at its field, a model is taken", async () => {
  await tab(/^Aliases/)
  await page.getByRole("button", { name: "Add alias" }).click()
  const dialog = page.getByRole("dialog", { name: "Add an alias" })
  await dialog.getByLabel("Name").fill("house/best")
  const target = dialog.getByRole("combobox", { name: "Means" })
  await target.fill("gemini-**")
  await dialog.getByRole("button", { name: "Save" }).click()
  await dialog.getByText(/more than one \*/).waitFor()
  expect(await target.getAttribute("aria-invalid")).toBe("true")
  await target.fill("gemini-3-f")
  await page.getByRole("listbox").waitFor()
  await page.keyboard.press("Escape")
  // The suggestions are put away, the dialog stays.
  await page.getByRole("listbox").waitFor({ state: "detached" })
  await target.fill("gemini-3-fl")
  await page.getByRole("option", { name: MODEL, exact: true }).click()
  expect(await target.inputValue()).toBe(MODEL)
  await dialog.getByRole("button", { name: "Save" }).click()
  await dialog.waitFor({ state: "hidden" })
  await page.getByRole("row", { name: /house\/best/ }).waitFor()
  const { choices } = await ask()
  expect(choices[0]?.message.content).toBe("as explained")
})

test("a rule is written, put first by the keyboard, and saved after its difference was seen", async () => {
  await tab(/^Rules/)
  for (const name of ["the rest", "with tools"]) {
    await page.getByRole("button", { name: "Add rule" }).click()
    const dialog = page.getByRole("dialog", { name: "Add a rule" })
    await dialog.getByLabel("Name").fill(name)
    await dialog.getByRole("combobox", { name: "Models" }).fill("house/*")
    await page.keyboard.press("Enter")
    if (name === "with tools") {
      await dialog.getByRole("button", { name: "Tools: does not matter" }).click()
      await dialog.getByRole("combobox", { name: "To the model" }).fill(CLAUDE)
    } else await dialog.getByLabel("Choose among them by").selectOption("ROUND_ROBIN")
    expect(await accessibilityProblems(page)).toEqual([])
    await dialog.getByRole("button", { name: "Take into the list" }).click()
    await dialog.waitFor({ state: "hidden" })
    await rule(name).waitFor()
  }
  await rule("with tools")
    .getByRole("button", { name: /^Move with tools:/ })
    .focus()
  await page.keyboard.press("ArrowUp")
  await page.getByText("with tools is now 1 of 2.").waitFor()
  expect(
    (await system.graphql<{ routing: { rules: unknown[] } }>("{ routing { rules { name } } }")).routing.rules,
  ).toEqual([])
  await page.getByRole("button", { name: "Review and save" }).click()
  const review = page.getByRole("dialog", { name: "Save the rules" })
  expect(await review.innerText()).toMatch(/with tools[^]*house\/\*[^]*Tools[^]*the rest/)
  await review.getByRole("button", { name: "Save" }).click()
  await review.waitFor({ state: "hidden" })
})

test("a rule is dragged past another by its handle, and back", async () => {
  const heading = (index: number) => page.getByRole("heading", { level: 3 }).nth(index)
  const handle = page.getByRole("button", { name: /^Move with tools:/ })
  const drag = async (to: "first" | "last") => {
    const [from, other] = [await handle.boundingBox(), await rule("the rest").boundingBox()]
    if (from === null || other === null) throw new Error("they are not on the page")
    await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
    await page.mouse.down()
    await page.mouse.move(from.x + from.width / 2, to === "last" ? other.y + other.height - 2 : other.y + 2, {
      steps: 8,
    })
    await page.mouse.up()
  }
  await drag("last")
  await heading(1).filter({ hasText: "with tools" }).waitFor()
  await page.getByText("1 change is not saved").waitFor()
  await drag("first")
  await heading(0).filter({ hasText: "with tools" }).waitFor()
  // As it is in force: there is nothing to save.
  await page.getByText("1 change is not saved").waitFor({ state: "detached" })
})

test("what is explained is what a client gets, and the record names model and rule", async () => {
  await tab(/^How is it routed/)
  const name = page.getByRole("combobox", { name: "Name that is asked for" })
  await name.fill("house/best")
  const first = await verdict(`Goes to ${MODEL}`)
  // One of the two was switched off for it.
  for (const text of ["by the rule “the rest”", "1 of 2 accounts could serve it now", "1 not to serve it"]) {
    expect(first).toContain(text)
  }
  await page.getByRole("button", { name: "Tools", exact: true }).click()
  const told = await verdict(`Goes to ${CLAUDE}`)
  for (const text of [
    "by the rule “with tools”",
    "2 of 2 accounts could serve it now",
    `The name is an alias of ${MODEL}.`,
  ]) {
    expect(told).toContain(text)
  }
  await ask({ tools })
  // The address holds the question: somebody else sees the same answer.
  await page.reload()
  expect(await verdict(`Goes to ${CLAUDE}`)).toContain("by the rule “with tools”")
  expect(await accessibilityProblems(page)).toEqual([])
  await page.getByRole("link", { name: "Requests" }).first().click()
  await page.getByText(CLAUDE).first().waitFor()
  const { requests } = await system.graphql<{
    requests: { edges: { node: { id: string; requestedModel: string; model: string; route: { rule: string } } }[] }
  }>("{ requests(first: 1) { edges { node { id requestedModel model route { rule } } } } }")
  const record = requests.edges[0]?.node
  expect(record).toMatchObject({ requestedModel: "house/best", model: CLAUDE, route: { rule: "with tools" } })
  await page.goto(`${system.panelUrl}/requests/${record?.id}`)
  await page.getByText("with tools").first().waitFor()
  expect(await page.getByRole("main").innerText()).toContain("house/best")
})

test("without the alias the client gets a 404, and the panel says why", async () => {
  await page.goto(`${system.panelUrl}/models?tab=aliases`)
  await page.getByRole("button", { name: "Remove alias house/best" }).click()
  const dialog = page.getByRole("dialog", { name: "Remove alias house/best?" })
  await dialog.getByRole("button", { name: "Remove alias" }).click()
  await dialog.waitFor({ state: "hidden" })
  await page.getByRole("heading", { name: "No aliases of your own" }).waitFor()
  await expect(ask()).rejects.toBeInstanceOf(NotFoundError)
  await page.goto(`${system.panelUrl}/models?tab=explain&model=house/best`)
  const told = await verdict("Is answered with 404")
  expect(told).toContain("No account lists this name, and no alias leads from it to a model that one lists.")
  expect(told).toContain("without a call to the upstream")
})

test("every part fits on a phone", async () => {
  await page.setViewportSize({ width: 360, height: 740 })
  for (const [part, ready] of [
    ["catalogue", MODEL],
    ["aliases", "No aliases of your own"],
    ["rules", "with tools"],
    ["fallbacks", "No fallbacks"],
    ["explain", "Type the name of a model."],
  ] as const) {
    await page.goto(`${system.panelUrl}/models?tab=${part}`)
    await page.getByText(ready).first().waitFor()
    expect({ part, overflow: await overflow(page), problems: await accessibilityProblems(page) }).toEqual({
      part,
      overflow: 0,
      problems: [],
    })
  }
})

test("no foreign request, no policy violation, no error in the console", () => {
  expect(watch.foreignRequests).toEqual([])
  expect(watch.violations).toEqual([])
  expect(watch.errors).toEqual([])
})
