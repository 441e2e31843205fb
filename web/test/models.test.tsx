import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import type { FakeControlPlane } from "./fake-control-plane.ts"
import { fakeCensus, fakeExplanation, fakeModel, fakeRule } from "./fake-routing.ts"
import { fakeAccount, fakeKey } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const rowOf = async (text: string) => (await screen.findByText(text)).closest("tr") as HTMLTableRowElement // in a row
const ruleOf = async (name: string) =>
  (await screen.findByRole("heading", { level: 3, name })).closest("li") as HTMLLIElement // in its list
const names = () => screen.getAllByRole("heading", { level: 3 }).map((heading) => heading.textContent)
const type = (field: HTMLElement, value: string) => fireEvent.input(field, { target: { value } })

test("loading, then no model yet with the step that changes it", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/models")
  await screen.findByRole("status", { name: "Loading" })
  await screen.findByRole("heading", { name: "No models yet" })
  expect(screen.getByRole("link", { name: "To the accounts" }).getAttribute("href")).toBe("/accounts")
})

test("an error says what to do, and trying again helps", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.models = [fakeModel({ id: "gemini-3-flash" })]
  renderPanel(fake, "/keys")
  await screen.findByRole("heading", { name: "No keys yet" })
  fake.failWith = 502
  fireEvent.click(screen.getAllByRole("link", { name: "Models" })[0] as HTMLElement) // the side bar's
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("The control plane does not answer")
  fake.failWith = undefined
  fireEvent.click(within(alert).getByRole("button", { name: "Try again" }))
  await rowOf("gemini-3-flash")
})

test("data: each model with its limits, who offers it, what it can, and what is left of its quota", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.models = [
    fakeModel({ id: "gemini-3-flash", displayName: "Gemini 3 Flash", aliases: ["house"], offeredBy: 3, isNew: true }),
    fakeModel({ id: "gone", goneAt: "2026-01-02T00:00:00Z", offeredBy: 0, usableBy: 0, maxInputTokens: null }),
    fakeModel({ id: "draws", quotaBucket: "IMAGE", supportsThinking: false, supportsImages: null }),
  ]
  const read = new Date(Date.now() - 480_000).toISOString()
  const forecast = { remaining: 1.5, read: 1.5, estimate: null, oldestReadAt: read, accountsKnown: 2 }
  fake.world.quotaForecast = [
    { ...forecast, bucket: "GEMINI", window: "WEEKLY" },
    {
      ...forecast,
      bucket: "GEMINI",
      window: "FIVE_HOURS",
      remaining: 0.5,
      read: 0.6,
      estimate: { usedTokens: "45000" },
    },
  ]
  renderPanel(fake, "/models")
  const row = await rowOf("gemini-3-flash")
  for (const text of ["Gemini 3 Flash", "New", "1M", "65.5K", "Thinking · Sees images", "25%"]) {
    expect(row.textContent).toContain(text)
  }
  expect(within(row).getByRole("meter").getAttribute("aria-valuetext")).toBe("≈ 25%")
  expect((await rowOf("gone")).textContent).toMatch(/Gone.*–.*Nobody/)
  expect((await rowOf("draws")).textContent).toContain("Draws")

  type(screen.getByRole("searchbox"), "HOUSE")
  await waitFor(() => expect(screen.queryByText("gone")).toBeNull())
  await waitFor(() => expect(window.location.search).toBe("?find=HOUSE"))
  fake.world.accounts = [
    fakeAccount({ id: "one", disabledModels: ["other"] }),
    fakeAccount({ id: "two", state: "NEEDS_LOGIN" }),
  ]
  fireEvent.click(within(await rowOf("gemini-3-flash")).getByRole("button", { name: "2 of 3" }))
  const dialog = await screen.findByRole("dialog", { name: "gemini-3-flash" })
  for (const text of ["1,048,576", "as much as it finds right", "house", "The request is refused"]) {
    expect(dialog.textContent).toContain(text)
  }
  within(dialog).getByText(
    "5 hours · estimated: 30% was read of 2 accounts, the oldest reading 8 min. ago, and 45K tokens were used since",
  )
  const one = await within(dialog).findByRole<HTMLInputElement>("switch", { name: "one serves gemini-3-flash" })
  expect(dialog.textContent).toContain("Needs sign-in")
  expect(within(dialog).getByRole("link", { name: "one" }).getAttribute("href")).toBe("/accounts/one")
  fireEvent.click(one)
  await waitFor(() => expect(one.checked).toBe(false))
  expect(fake.world.accounts[0]?.["disabledModels"]).toEqual(["other", "gemini-3-flash"])
})

test("thousands of models are no more rows than are seen", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.models = Array.from({ length: 3_000 }, (_, index) => fakeModel({ id: `model-${index}` }))
  renderPanel(fake, "/models")
  await rowOf("model-0")
  expect(screen.getAllByRole("row").length).toBeLessThan(80)
})

test("an alias is made, refused at its field, changed and removed", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.models = [fakeModel({ id: "gemini-3-flash" })]
  renderPanel(fake, "/models?tab=aliases")
  fireEvent.click(await screen.findByRole("button", { name: "Add alias" }))
  const dialog = await screen.findByRole("dialog", { name: "Add an alias" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  await within(dialog).findByText("Say which name it is.")
  const name = within(dialog).getByRole("textbox", { name: "Name" })
  const target = within(dialog).getByRole("combobox", { name: "Means" })
  expect(document.activeElement).toBe(name)
  type(name, " house ")
  type(target, "gem")
  fireEvent.click(await within(dialog).findByRole("option", { name: "gemini-3-flash" }))
  fake.world.routingProblems = [{ code: "of_the_test", message: "In a circle.", path: ["aliases", "0", "target"] }]
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  const words = await within(dialog).findByText("In a circle.")
  expect(target.getAttribute("aria-describedby")).toContain(words.id)
  fake.world.routingProblems = []
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  const row = await rowOf("house")
  expect(fake.world.routing.aliases).toEqual([{ name: "house", target: "gemini-3-flash", note: null }])
  fireEvent.click(await within(row).findByRole("button", { name: "Remove alias house" }))
  fireEvent.click(
    within(await screen.findByRole("dialog", { name: "Remove alias house?" })).getByRole("button", {
      name: "Remove alias",
    }),
  )
  await screen.findByRole("heading", { name: "No aliases of your own" })
  expect(fake.world.routing.aliases).toEqual([])
})

test("who changed something else meanwhile is not written over; of the same alias the person decides", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.routing.aliases = [{ name: "house", target: "a" }]
  renderPanel(fake, "/models?tab=aliases")
  const edit = async (target: string) => {
    fireEvent.click(await within(await rowOf("house")).findByRole("button", { name: "Edit alias house" }))
    const dialog = await screen.findByRole("dialog", { name: "Edit alias house" })
    type(within(dialog).getByRole("combobox", { name: "Means" }), target)
    return dialog
  }
  const first = await edit("b")
  fake.world.routing = {
    ...fake.world.routing,
    aliases: [
      { name: "house", target: "a" },
      { name: "x", target: "y" },
    ],
    revision: 7,
  }
  fireEvent.click(within(first).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(fake.world.routing.aliases.map(({ name, target }) => [name, target])).toEqual([
    ["house", "b"],
    ["x", "y"],
  ])
  const second = await edit("c")
  fake.world.routing = { ...fake.world.routing, aliases: [{ name: "house", target: "theirs" }], revision: 20 }
  fireEvent.click(within(second).getByRole("button", { name: "Save" }))
  await within(second).findByText(/it means theirs now/)
  expect(fake.world.routing.aliases[0]?.target).toBe("theirs")
  fireEvent.click(within(second).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(fake.world.routing.aliases[0]?.target).toBe("c")
})

async function withRules(path = "/models?tab=rules"): Promise<FakeControlPlane> {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "key-1", name: "laptop" })]
  fake.world.routing.rules = [
    fakeRule({ name: "one", match: { apiKeyIds: ["key-1"], traits: ["TOOLS"] } }),
    fakeRule({ name: "two", action: { refuse: "Not here." } }),
    fakeRule({ name: "three", action: { accountTags: ["team"], strategy: "MOST_QUOTA" } }),
  ]
  fake.world.routing.warnings = [
    { code: "COVERED", about: "two", message: "in English", path: ["rules", "2", "match"] },
  ]
  renderPanel(fake, path)
  return fake
}

test("rules are told in words, with what the control plane says of each", async () => {
  await withRules()
  const one = await ruleOf("one")
  await waitFor(() => expect(one.textContent).toContain("laptop"))
  expect(one.textContent).toMatch(/When.*key.*laptop.*with.*Tools.*Then.*goes to.*gemini-3-flash/)
  expect((await ruleOf("two")).textContent).toMatch(/every request.*refused.*Not here\./)
  expect((await ruleOf("three")).textContent).toMatch(/accounts tagged.*team.*chosen by.*Most quota/)
  expect((await ruleOf("three")).textContent).toContain("It never counts: “two” before it matches everything.")
  expect(one.textContent).not.toContain("never counts")
})

test("rules are moved by keys and buttons, switched and edited; nothing counts before the difference was seen and saved", async () => {
  const fake = await withRules()
  const handle = within(await ruleOf("one")).getByRole("button", { name: /^Move one:/ })
  handle.focus()
  fireEvent.keyDown(handle, { key: "ArrowDown" })
  await waitFor(() => expect(names()).toEqual(["two", "one", "three"]))
  await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Move one:/))
  await screen.findByText("one is now 2 of 3.")
  fireEvent.click(within(await ruleOf("three")).getByRole("button", { name: "Move three up" }))
  await waitFor(() => expect(names()).toEqual(["two", "three", "one"]))
  fireEvent.click(within(await ruleOf("two")).getByRole("switch", { name: "Rule two counts" }))
  await screen.findByText("2 changes are not saved")

  fireEvent.click(screen.getByRole("button", { name: "Add rule" }))
  const dialog = await screen.findByRole("dialog", { name: "Add a rule" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Take into the list" }))
  await within(dialog).findByText("Give the rule a name.")
  await within(dialog).findByText("Name a model, account tags or a strategy.")
  type(within(dialog).getByRole("textbox", { name: "Name" }), "four")
  fireEvent.click(within(dialog).getByRole("button", { name: "Streamed: does not matter" }))
  fireEvent.click(within(dialog).getByRole("button", { name: "Streamed: with" }))
  type(within(dialog).getByRole("combobox", { name: "To the model" }), "gemini-3-flash")
  fake.world.routingProblems = [{ code: "of_the_test", message: "Not so.", path: ["rules", "3", "match", "models"] }]
  fireEvent.click(within(dialog).getByRole("button", { name: "Take into the list" }))
  await within(dialog).findByText("Not so.")
  fake.world.routingProblems = []
  fireEvent.click(within(dialog).getByRole("button", { name: "Take into the list" }))
  expect((await ruleOf("four")).textContent).toMatch(/without.*Streamed/)
  expect(fake.world.routingUpdates).toEqual([])

  await screen.findByText("3 changes are not saved")
  fireEvent.click(screen.getByRole("button", { name: "Review and save" }))
  const review = await screen.findByRole("dialog", { name: "Save the rules" })
  expect(review.textContent).toContain("from place 1 to 3")
  expect(review.textContent).toMatch(/two.*Counts.*yes.*no/)
  expect(review.textContent).toMatch(/Added.*four/)
  fireEvent.click(within(review).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(fake.world.routing.rules.map(({ name, enabled }) => [name, enabled])).toEqual([
    ["two", false],
    ["three", true],
    ["one", true],
    ["four", true],
  ])
  expect(screen.queryByText(/not saved/)).toBeNull()
})

test("what is wrong with a draft stands at the rule, and keeps it from being saved", async () => {
  const fake = await withRules()
  fireEvent.click(within(await ruleOf("three")).getByRole("button", { name: "Move three up" }))
  fake.world.routingProblems = [{ code: "of_the_test", message: "Not so.", path: ["rules", "1", "name"] }]
  fireEvent.click(within(await ruleOf("one")).getByRole("button", { name: "Remove rule one" }))
  await waitFor(async () => expect((await ruleOf("two")).textContent).toContain("Not so."))
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Review and save" }).disabled).toBe(true)
  fireEvent.click(screen.getByRole("button", { name: "Discard" }))
  await waitFor(() => expect(names()).toEqual(["one", "two", "three"]))
})

test("who changed the rules meanwhile is shown, and one chooses whose they are", async () => {
  const fake = await withRules()
  const theirs = [fakeRule({ name: "two", action: { refuse: "Theirs." } })]
  const meet = async (rules: typeof theirs) => {
    fireEvent.click(within(await ruleOf("two")).getByRole("switch"))
    fake.world.routing = { ...fake.world.routing, rules, revision: fake.world.routing.revision + 1 }
    fireEvent.click(await screen.findByRole("button", { name: "Review and save" }))
    fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Save" }))
    return screen.findByRole("alert", { name: "Somebody else changed the rules meanwhile" })
  }
  const alert = await meet(theirs)
  for (const text of [/Removed.*three/, /Theirs\./]) expect(alert.textContent).toMatch(text)
  expect(fake.world.routing.rules).toBe(theirs)
  fireEvent.click(within(alert).getByRole("button", { name: "Take theirs" }))
  await waitFor(() => expect(names()).toEqual(["two"]))
  expect(screen.queryByRole("alert")).toBeNull()

  const again = await meet([...theirs, fakeRule({ name: "five" })])
  fireEvent.click(within(again).getByRole("button", { name: "Keep mine" }))
  fireEvent.click(await screen.findByRole("button", { name: "Review and save" }))
  const review = await screen.findByRole("dialog")
  expect(review.textContent).toMatch(/Removed.*five/)
  fireEvent.click(within(review).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(fake.world.routing.rules.map(({ name, enabled }) => [name, enabled])).toEqual([["two", false]])
})

test("leaving with a draft asks first", async () => {
  await withRules()
  fireEvent.click(within(await ruleOf("one")).getByRole("switch"))
  await screen.findByText("1 change is not saved")
  fireEvent.click(screen.getAllByRole("link", { name: "Keys" })[0] as HTMLElement) // the side bar's
  const dialog = await screen.findByRole("dialog", { name: "Leave without saving?" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Leave" }))
  await screen.findByRole("heading", { level: 1, name: "Keys" })
})

test("a chain is put in order and saved", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.routing.fallbacks = [{ model: "a", next: ["b", "c"] }]
  renderPanel(fake, "/models?tab=fallbacks")
  fireEvent.click(await screen.findByRole("button", { name: "Edit what follows a" }))
  const dialog = await screen.findByRole("dialog", { name: "What follows a" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Move c up" }))
  const add = within(dialog).getByRole("combobox", { name: "Ask in turn" })
  type(add, "d")
  fireEvent.keyDown(add, { key: "Enter" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Take out b" }))
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(fake.world.routing.fallbacks).toEqual([{ model: "a", next: ["c", "d"] }])
})

test("a question in the address is answered in words, and follows what is typed", async () => {
  const fake = await withRules("/models?tab=explain&model=house&traits=TOOLS&key=key-1&dialect=GEMINI")
  fake.world.explanation = fakeExplanation({
    rule: "three",
    accountTags: ["team"],
    strategy: "MOST_QUOTA",
    models: [{ model: "gemini-3-flash", census: fakeCensus({ candidates: 1, outside: 1 }) }],
    trace: [
      { code: "NAME_ALIAS", text: "x", rule: null, models: ["gemini-3-flash"] },
      { code: "RULE_OTHER_KEY", text: "x", rule: "one", models: [] },
      { code: "RULE_OTHER_TRAITS", text: "x", rule: "two", models: [] },
      { code: "RULE_DECIDES", text: "x", rule: "three", models: [] },
      { code: "ACCOUNTS", text: "x", rule: null, models: ["gemini-3-flash"] },
    ],
  })
  await screen.findByRole("heading", { level: 2, name: "Goes to gemini-3-flash" })
  expect(fake.world.explained).toMatchObject({
    model: "house",
    apiKeyId: "key-1",
    dialect: "GEMINI",
    traits: ["TOOLS"],
  })
  const answer = screen.getByRole("article")
  for (const text of [
    "by the rule “three” · accounts tagged team · chosen by Most quota",
    "The name is an alias of gemini-3-flash.",
    "2 rules do not count",
    "“one” is for other keys.",
    "1 of 2 accounts could serve gemini-3-flash.",
    "1 without such a tag",
  ]) {
    expect(answer.textContent).toContain(text)
  }
  await within(answer).findByRole("link", { name: "To the rules" })
  expect(answer.textContent).toMatch(/The rule “three” matches and decides:.*accounts tagged.*team/)

  fake.world.explanation = fakeExplanation({
    outcome: "NOT_FOUND",
    nearest: ["gemini-3-flash"],
    trace: [
      { code: "NAME_UNKNOWN", text: "x", rule: null, models: [] },
      { code: "NOT_FOUND", text: "x", rule: null, models: [] },
    ],
  })
  type(screen.getByRole("combobox", { name: "Name that is asked for" }), "hose")
  await screen.findByRole("heading", { level: 2, name: "Is answered with 404" })
  expect(window.location.search).toContain("model=hose")
  fireEvent.click(screen.getByRole("button", { name: "gemini-3-flash" }))
  await waitFor(() => expect(window.location.search).toContain("model=gemini-3-flash"))
})

test("who may only look is offered nothing that changes anything", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "READ"
  fake.world.routing.rules = [fakeRule({ name: "one" })]
  renderPanel(fake, "/models?tab=rules&for=gemini-3-flash")
  await ruleOf("one")
  for (const name of ["Add rule", "Edit rule one", "Remove rule one", "Move one up"]) {
    expect(screen.queryByRole("button", { name })).toBeNull()
  }
  expect(screen.queryByRole("switch")).toBeNull()
  expect(screen.queryByRole("dialog")).toBeNull()
})
