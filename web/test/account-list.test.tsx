/** The list of accounts as it is worked with: quotas, reserves, filters, what is chosen, and what is done to many. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake, takeEntry } from "./render-panel.tsx"

const rowOf = async (label: string) => (await screen.findByText(label)).closest("tr") as HTMLTableRowElement // in a row
const box = (label: string) => screen.getByRole("checkbox", { name: `Choose ${label}` })
const inAnHour = () => new Date(Date.now() + 3_700_000).toISOString()
const reading = (bucket: string, window: string, remaining: number, more: object = {}) => ({
  bucket,
  window,
  remaining,
  resetAt: inAnHour(),
  source: "SUMMARY",
  readAt: new Date().toISOString(),
  ...more,
})

/** Chooses all that are listed, and what is to be done with them. */
async function askForAll(fake: Parameters<typeof renderPanel>[0], entry: string) {
  renderPanel(fake)
  await rowOf("a")
  fireEvent.click(screen.getByRole("checkbox", { name: "Choose all that are listed" }))
  fireEvent.click(await screen.findByRole("button", { name: "More actions" }))
  await takeEntry(entry)
  return screen.findByRole("dialog")
}

test("each window has its bar, what nobody knows is a dash, and so is what was read before its window ended", async () => {
  const fake = await startFake({ signedIn: true })
  const over = { resetAt: "2026-01-01T00:00:00Z" }
  const quota = [reading("GEMINI", "FIVE_HOURS", 0.72), reading("GEMINI", "WEEKLY", 0.05, over)]
  fake.world.accounts = [fakeAccount({ id: "one", quota, cooldowns: [{ bucket: "GEMINI", until: inAnHour() }] })]
  renderPanel(fake)
  const row = await rowOf("one")
  const meter = within(row).getByRole("meter", { name: "Gemini, 5 hours" })
  expect(meter.getAttribute("aria-valuetext")).toBe("72%")
  expect(row.textContent).toContain("72%1 h")
  expect(row.textContent).toContain("rests for 1 h")
  expect(meter.closest("[title]")?.getAttribute("title")).toMatch(/72% left.*Renewed at.*Read .*summary/s)
  expect(within(row).queryByRole("meter", { name: "Gemini, week" })).toBeNull()
  expect(row.textContent).toContain("wk–")
  // Of the two other buckets nothing was read.
  expect(within(row).getAllByText("–")).toHaveLength(3)
})

test("the reserve is moved by keys, kept with Enter, and Escape puts it back also after that", async () => {
  const fake = await startFake({ signedIn: true })
  const quota = [reading("GEMINI", "FIVE_HOURS", 0.72), reading("GEMINI", "WEEKLY", 0.5)]
  fake.world.accounts = [fakeAccount({ id: "one", quota, reserve: 0.2 })]
  renderPanel(fake)
  const row = await rowOf("one")
  const [marker, other] = within(row).getAllByRole("slider", { name: "Reserve of one" }) as [HTMLElement, HTMLElement] // one a window
  const changes = () => fake.seen.filter((one) => one.operationName === "setReserve").map(({ variables }) => variables)
  marker.focus()
  fireEvent.keyDown(marker, { key: "ArrowRight" })
  fireEvent.keyDown(marker, { key: "PageUp" })
  expect(marker.getAttribute("aria-valuetext")).toBe("31%")
  expect(other.getAttribute("aria-valuenow")).toBe("0.31")
  expect(other.getAttribute("tabindex")).toBe("-1")
  expect(changes()).toEqual([])
  fireEvent.keyDown(marker, { key: "Escape" })
  expect(marker.getAttribute("aria-valuetext")).toBe("20%")
  fireEvent.keyDown(marker, { key: "Home" })
  fireEvent.keyDown(marker, { key: "Enter" })
  await waitFor(() => expect(changes()).toEqual([{ id: "one", reserve: null }]))
  fireEvent.keyDown(marker, { key: "Escape" })
  await waitFor(() =>
    expect(changes()).toEqual([
      { id: "one", reserve: null },
      { id: "one", reserve: 0.2 },
    ]),
  )
  await screen.findByText("one leaves 20% of every window alone.")
})

test("what is chosen of states, tags, plans and words stands in the address, and is taken away again", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [
    fakeAccount({ id: "one", tags: ["eu, west"], tier: "Pro" }),
    fakeAccount({ id: "two", tags: ["eu, west"], tier: "Free" }),
    fakeAccount({ id: "three", state: "NEEDS_LOGIN" }),
  ]
  renderPanel(fake, "/accounts?tag=eu%252C%20west")
  await rowOf("one")
  await waitFor(() => expect(screen.queryByText("three")).toBeNull())
  fireEvent.click(screen.getByRole("button", { name: "Filter" }))
  await takeEntry("Pro")
  await waitFor(() => expect(screen.queryByText("two")).toBeNull())
  await waitFor(() => expect(new URLSearchParams(window.location.search).get("tier")).toBe("Pro"))
  fireEvent.click(screen.getByRole("button", { name: "No longer filter by eu, west" }))
  fireEvent.click(screen.getByRole("button", { name: "No longer filter by Pro" }))
  await rowOf("three")
  fireEvent.click(screen.getByRole("button", { name: /^Need a hand\s*1$/ }))
  await waitFor(() => expect(screen.queryByText("one")).toBeNull())
  await waitFor(() => expect(window.location.search).toBe("?group=needHand"))
})

test("those that the address asks for are read first", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake, "/accounts?group=needHand&find=x")
  await screen.findByText("No account matches")
  const reads = () => fake.seen.filter(({ operationName }) => operationName === "accounts")
  await waitFor(() => expect(reads().length).toBeGreaterThan(1))
  const [first, then] = reads()
  expect(first?.variables["filter"]).toEqual({
    states: ["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"],
    search: "x",
  })
  expect(then?.variables["filter"]).toEqual({})
})

test("rows are chosen one by one, as a range, with the space key and all at once", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = ["a", "b", "c", "d"].map((id) => fakeAccount({ id }))
  renderPanel(fake)
  const row = await rowOf("a")
  fireEvent.click(box("b"))
  await screen.findByText("1 of 4 chosen")
  fireEvent.click(box("d"), { shiftKey: true })
  await screen.findByText("3 of 4 chosen")
  row.focus()
  fireEvent.keyDown(row, { key: " " })
  await screen.findByText("4 of 4 chosen")
  expect(box("a")).toHaveProperty("checked", true)
  fireEvent.click(screen.getByRole("checkbox", { name: "Choose all that are listed" }))
  await waitFor(() => expect(screen.queryByText(/chosen$/)).toBeNull())
  fireEvent.input(screen.getByRole("searchbox"), { target: { value: "c" } })
  await waitFor(() => expect(screen.queryByText("a")).toBeNull())
  fireEvent.click(screen.getByRole("checkbox", { name: "Choose all that are listed" }))
  await screen.findByText("1 of 1 chosen")
})

test("many are changed at once after one question that says how many", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = ["a", "b", "c"].map((id) => fakeAccount({ id }))
  renderPanel(fake)
  await rowOf("a")
  fireEvent.click(box("a"))
  fireEvent.click(box("c"))
  fireEvent.click(screen.getByRole("button", { name: "Change…" }))
  const dialog = await screen.findByRole("dialog", { name: "Change 2 accounts" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Change 2 accounts" }))
  await within(dialog).findByText("Fill in at least one field.")
  fireEvent.input(within(dialog).getByLabelText("Add tags"), { target: { value: "eu" } })
  fireEvent.input(within(dialog).getByLabelText("Priority"), { target: { value: "5000" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Change 2 accounts" }))
  await waitFor(() => expect(within(dialog).getByLabelText("Priority").getAttribute("aria-invalid")).toBe("true"))
  fireEvent.input(within(dialog).getByLabelText("Priority"), { target: { value: "50" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Change 2 accounts" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  const sent = fake.seen.find(({ operationName }) => operationName === "updateAccounts")
  expect(sent?.variables).toEqual({
    filter: { ids: ["a", "c"] },
    expectedCount: 2,
    input: { addTags: ["eu"], priority: 50 },
  })
  expect(fake.world.accounts.map(({ priority }) => priority)).toEqual([50, 0, 50])
})

test("a whole list that is too long to be named is changed by its filter, and read again", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = Array.from({ length: 905 }, (_, index) => fakeAccount({ id: `account-${index}` }))
  renderPanel(fake, "/accounts?find=account")
  await screen.findByText("905 accounts, 905 ready to serve")
  fireEvent.click(screen.getByRole("checkbox", { name: "Choose all that are listed" }))
  fireEvent.click(await screen.findByRole("button", { name: "Switch off" }))
  const dialog = await screen.findByRole("dialog", { name: "Switch off 905 accounts?" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Switch off 905 accounts" }))
  await screen.findByText("905 accounts, 0 ready to serve")
  const sent = fake.seen.find(({ operationName }) => operationName === "updateAccounts")
  expect(sent?.variables).toEqual({
    filter: { search: "account" },
    expectedCount: 905,
    input: { enabled: false },
  })
})

test("what was not done is told where it was asked for", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "a" }), fakeAccount({ id: "b" })]
  renderPanel(fake)
  await rowOf("a")
  fireEvent.click(box("a"))
  fake.world.refuseChange = { code: "count_differs", message: "The filter fits 0 accounts now.", path: [] }
  fireEvent.click(screen.getByRole("button", { name: "Switch off" }))
  const dialog = await screen.findByRole("dialog")
  fireEvent.click(within(dialog).getByRole("button", { name: "Switch off 1 account" }))
  await within(dialog).findByText(/Done for 0, not for 1:.*The filter fits 0 accounts now/)
})

test("many are removed, and the list has them no more", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = ["a", "b", "c"].map((id) => fakeAccount({ id }))
  renderPanel(fake)
  await rowOf("a")
  fireEvent.click(box("a"))
  fireEvent.click(box("b"))
  fireEvent.click(screen.getByRole("button", { name: "More actions" }))
  await takeEntry("Remove…")
  const dialog = await screen.findByRole("dialog", { name: "Remove 2 accounts?" })
  fireEvent.click(within(dialog).getByRole("checkbox"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Remove 2 accounts" }))
  await screen.findByText("1 account, 1 ready to serve")
  const sent = fake.seen.find(({ operationName }) => operationName === "removeAccounts")
  expect(sent?.variables).toEqual({ filter: { ids: ["a", "b"] }, expectedCount: 2, revoke: true })
})

test("the rests of many are ended at once, and who is left out, and why, is said before", async () => {
  const fake = await startFake({ signedIn: true })
  const cooldowns = [{ bucket: "GEMINI", until: inAnHour() }]
  fake.world.accounts = [
    fakeAccount({ id: "a", cooldowns }),
    fakeAccount({ id: "b", cooldowns: [...cooldowns, { bucket: "IMAGE", until: inAnHour() }] }),
    ...["c", "d", "e", "f"].map((id) => fakeAccount({ id })),
  ]
  const dialog = await askForAll(fake, "End their rests")
  expect(within(dialog).getByRole("heading").textContent).toBe("End the rests of 2 accounts?")
  within(dialog).getByText("Left out, because nothing rests on them: c, d, e and 1 more.")
  fireEvent.click(within(dialog).getByRole("button", { name: "End their rests (2)" }))
  await screen.findByText("The rests of 2 accounts were ended: 3 in all.")
  const sent = fake.seen.filter(({ operationName }) => operationName === "endRestsOf")
  expect(sent.map(({ variables }) => variables)).toEqual([{ filter: { ids: ["a", "b"] }, expectedCount: 2 }])
})

test("why rests were not ended is told where it was asked for", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "a", cooldowns: [{ bucket: "GEMINI", until: inAnHour() }] })]
  const dialog = await askForAll(fake, "End their rests")
  fake.world.refuseChange = { code: "count_differs", message: "The filter fits 0 accounts now.", path: [] }
  fireEvent.click(within(dialog).getByRole("button", { name: "End their rests (1)" }))
  await within(dialog).findByText(/Done for 0, not for 1:.*The filter fits 0 accounts now/)
  expect(within(dialog).queryByText(/Left out/)).toBeNull()
})

test("the quota of many is asked for at once, and it is said of how many it is read", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [
    fakeAccount({ id: "a" }),
    fakeAccount({ id: "b" }),
    fakeAccount({ id: "c", state: "DISABLED", enabled: false }),
    fakeAccount({ id: "d", state: "NEEDS_LOGIN" }),
  ]
  const dialog = await askForAll(fake, "Read their quota now")
  within(dialog).getByText("Left out, being switched off, not set up yet or waiting for a person: c, d.")
  // Since it was listed one of them has come to need a person.
  fake.world.accounts = fake.world.accounts.map((one) => (one.id === "b" ? { ...one, state: "NEEDS_LOGIN" } : one))
  fireEvent.click(within(dialog).getByRole("button", { name: "Read 2 accounts" }))
  await screen.findByText(
    "The quota of 1 account is being read, two at a time. Not of 1: they cannot be asked any more.",
  )
  const sent = fake.seen.filter(({ operationName }) => operationName === "readQuotas")
  expect(sent.map(({ variables }) => variables)).toEqual([{ filter: { ids: ["a", "b"] } }])
})

test("sorted by priority, the handle moves an account with the arrow keys, and it keeps the focus", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [
    fakeAccount({ id: "low", priority: 0 }),
    fakeAccount({ id: "high", priority: 20 }),
    fakeAccount({ id: "mid", priority: 10 }),
  ]
  renderPanel(fake, "/accounts?sort=-priority")
  await rowOf("low")
  const labels = () =>
    screen
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.querySelector("a")?.textContent)
  await waitFor(() => expect(labels()).toEqual(["high", "mid", "low"]))
  const handle = screen.getByRole("button", { name: /^Move low, priority 0/ })
  handle.focus()
  fireEvent.keyDown(handle, { key: "ArrowUp" })
  await screen.findByText("low has priority 10 now.")
  fireEvent.keyDown(screen.getByRole("button", { name: /^Move low/ }), { key: "ArrowUp" })
  await screen.findByText("low has priority 20 now.")
  expect(document.activeElement).toBe(screen.getByRole("button", { name: /^Move low/ }))
  fireEvent.click(screen.getAllByRole("button", { name: "Undo" }).at(-1) as HTMLElement) // the newest
  await waitFor(() => expect(fake.world.accounts[0]?.["priority"]).toBe(10))
})

test("while values change the order stays", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "a", requestCount: 9 }), fakeAccount({ id: "b", requestCount: 5 })]
  renderPanel(fake, "/accounts?sort=-requests")
  await rowOf("a")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  const labels = () =>
    screen
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.querySelector("a")?.textContent)
  fake.world.publish("accountChanged", fakeAccount({ id: "b", requestCount: 70 }))
  await screen.findByText("70")
  expect(labels()).toEqual(["a", "b"])
})

test("the same accounts as cards; how they were shown last is kept", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" }), fakeAccount({ id: "two" })]
  renderPanel(fake)
  await rowOf("one")
  fireEvent.click(screen.getByRole("button", { name: "Show as cards" }))
  await waitFor(() => expect(screen.queryByRole("table")).toBeNull())
  await waitFor(() => expect(window.location.search).toBe("?view=cards"))
  expect(localStorage.getItem("lagrange.accountsView")).toBe("cards")
  fireEvent.click(box("two"))
  await screen.findByText("1 of 2 chosen")
  fireEvent.click(screen.getByRole("button", { name: "Show as a table" }))
  await screen.findByRole("table")
  expect(within(await rowOf("two")).getByRole("checkbox")).toHaveProperty("checked", true)
})

test("who may only look chooses and moves nothing", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "READ"
  fake.world.accounts = [fakeAccount({ id: "one", quota: [reading("GEMINI", "FIVE_HOURS", 0.5)] })]
  renderPanel(fake, "/accounts?sort=-priority")
  const row = await rowOf("one")
  expect(screen.queryByRole("checkbox")).toBeNull()
  expect(within(row).queryByRole("slider")).toBeNull()
  expect(within(row).queryByRole("button", { name: /^Move/ })).toBeNull()
  fireEvent.click(within(row).getByRole("button", { name: "Actions for one" }))
  expect(within(await screen.findByRole("menu")).getAllByRole("menuitem")).toHaveLength(1)
})
