import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeModel } from "./fake-routing.ts"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake, takeEntry } from "./render-panel.tsx"

const rowOf = async (label: string) => (await screen.findByText(label)).closest("tr") as HTMLTableRowElement // in a row

test("loading, then no account yet with the step that changes it", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake)
  await screen.findByRole("status", { name: "Loading" })
  await screen.findByRole("heading", { name: "No accounts yet" })
  expect(screen.getAllByRole("button", { name: "Add account" })).toHaveLength(1)
})

test("an error says what to do, and trying again helps", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake, "/keys")
  await screen.findByRole("heading", { name: "No keys yet" })
  fake.failWith = 502
  fireEvent.click(screen.getAllByRole("link", { name: "Accounts" })[0] as HTMLElement) // the side bar's
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("The control plane does not answer")
  expect(screen.queryByText("No accounts yet")).toBeNull()
  fake.failWith = undefined
  fireEvent.click(within(alert).getByRole("button", { name: "Try again" }))
  await rowOf("one")
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull())
})

test("data: each account with its state, its reason and its way out", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [
    fakeAccount({ id: "well", inFlight: 2, requestCount: 1_234_567 }),
    fakeAccount({
      id: "walled",
      state: "NEEDS_VERIFICATION",
      stateReason: "<b>The provider</b> asks for a verification.",
      wayOut: "Verify it in a browser.",
      wayOutLink: "https://accounts.example.test/verify",
    }),
    fakeAccount({ id: "sly", state: "NEEDS_LOGIN", wayOutLink: "javascript:alert(1)" }),
  ]
  renderPanel(fake)
  const well = await rowOf("well")
  expect(well.textContent).toContain("Ready")
  expect(well.textContent).toContain("1.2M")
  const walled = await rowOf("walled")
  expect(walled.textContent).toContain("<b>The provider</b> asks for a verification.")
  expect(walled.textContent).toContain("Verify it in a browser.")
  const link = within(walled).getByRole("link", { name: "Open the provider's page" })
  expect(link.getAttribute("href")).toBe("https://accounts.example.test/verify")
  expect(link.getAttribute("rel")).toContain("noopener")
  expect(within(await rowOf("sly")).queryByRole("link", { name: "Open the provider's page" })).toBeNull()
})

test("a rest says when it ends", async () => {
  const fake = await startFake({ signedIn: true })
  const wayOut = "It serves again by itself at 2026-01-01T09:30:00Z; releaseCooldown lets the next request try before."
  const stateUntil = "2026-01-01T09:30:00Z"
  fake.world.accounts = [
    fakeAccount({ id: "tired", state: "COOLING", stateReason: "Out of quota.", stateUntil, wayOut }),
  ]
  renderPanel(fake)
  const row = await rowOf("tired")
  expect(row.textContent).toContain("Out of quota.")
  expect(row.textContent).toMatch(/It serves again by itself at .*2026/)
  expect(row.textContent).not.toContain("releaseCooldown")
})

test("the pool's pause is shown as it comes, the accounts are read anew, and it is ended here", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake)
  await rowOf("one")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  expect(screen.queryByText(/The pool paused itself/)).toBeNull()
  fake.world.pool = { pausedSince: "2026-01-01T00:00:00Z", pauseReason: "Two accounts met the wall." }
  fake.world.accounts = [fakeAccount({ id: "one", state: "PAUSED" })]
  fake.world.publish("poolChanged", fake.world.pool)
  await screen.findByText(/The pool paused itself/)
  await screen.findByText("Two accounts met the wall.")
  await screen.findByText("It serves again when the pool goes on.")
  fake.world.accounts = [fakeAccount({ id: "one" })]
  fireEvent.click(screen.getByRole("button", { name: "Resume the pool" }))
  await waitFor(() => expect(screen.queryByText(/The pool paused itself/)).toBeNull())
  await waitFor(() => expect(screen.queryByText("It serves again when the pool goes on.")).toBeNull())
})

test("who may only look sees the pause and cannot end it", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "READ"
  fake.world.pool = { pausedSince: "2026-01-01T00:00:00Z", pauseReason: null }
  renderPanel(fake)
  await screen.findByText(/The pool paused itself/)
  expect(screen.queryByRole("button", { name: "Resume the pool" })).toBeNull()
})

test("every page of a long list is read", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = Array.from({ length: 230 }, (_, index) => fakeAccount({ id: `account-${index}` }))
  renderPanel(fake)
  await screen.findByText("230 accounts, 230 ready to serve")
  // Only the rows that are seen are there.
  expect(screen.getAllByRole("row").length).toBeLessThan(60)
  expect(screen.getByRole("table", { name: "Accounts" }).getAttribute("aria-rowcount")).toBe("231")
  fireEvent.input(screen.getByRole("searchbox"), { target: { value: "account-229" } })
  await rowOf("account-229")
  await waitFor(() => expect(window.location.search).toBe("?find=account-229"))
})

test("the list follows the subscriptions: a change, an arrival, a removal", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" }), fakeAccount({ id: "two" })]
  renderPanel(fake)
  const row = await rowOf("one")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fake.world.publish("accountChanged", fakeAccount({ id: "one", state: "COOLING", stateReason: "Out of quota." }))
  await screen.findByText("Out of quota.")
  expect(await rowOf("one")).toBe(row)
  fake.world.publish("accountChanged", fakeAccount({ id: "three", state: "ONBOARDING" }))
  await rowOf("three")
  fake.world.publish("accountRemoved", "two")
  await waitFor(() => expect(screen.queryByText("two")).toBeNull())
  fake.world.publish("accountChanged", fakeAccount({ id: "two", state: "DISABLED" }))
  fake.world.publish("accountChanged", fakeAccount({ id: "one", stateReason: "And well again." }))
  await screen.findByText("And well again.")
  expect(screen.queryByText("two")).toBeNull()
})

test("the counts of the filters follow the list and the language", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" }), fakeAccount({ id: "two" })]
  renderPanel(fake)
  await screen.findByRole("button", { name: /^Ready\s*2$/ })
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fake.world.publish("accountChanged", fakeAccount({ id: "three" }))
  await screen.findByRole("button", { name: /^Ready\s*3$/ })
  fireEvent.click(screen.getAllByRole("button", { name: "简体中文" })[0] as HTMLElement) // the side bar's
  await screen.findByRole("button", { name: /^就绪\s*3$/ })
})

test("after the streams broke they come back, say so meanwhile, and the list is read again", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake)
  await rowOf("one")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fake.failWith = 503
  fake.dropStreams()
  await screen.findAllByText("Reconnecting…")
  fake.world.accounts.push(fakeAccount({ id: "missed" }))
  fake.failWith = undefined
  await rowOf("missed")
  await waitFor(() => expect(screen.queryByText("Reconnecting…")).toBeNull())
  expect(fake.openStreams()).toBe(3)
})

test("an account is added with the notice read, and appears", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Add account" }))
  const dialog = await screen.findByRole("dialog", { name: "Add account" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Refresh token" }))
  await within(dialog).findByText("The provider may treat this as a violation of its terms.")
  fireEvent.click(within(dialog).getByRole("button", { name: "Add account" }))
  await within(dialog).findByText("Paste the refresh token.")
  await within(dialog).findByText("Confirm that you have read the notice.")
  expect(fake.seen.some((request) => "input" in request.variables)).toBe(false)

  fireEvent.input(within(dialog).getByRole("textbox", { name: "Refresh token" }), { target: { value: " fake-token " } })
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Label" }), { target: { value: "Mine" } })
  fireEvent.click(within(dialog).getByRole("checkbox", { name: /I have read this/ }))
  fireEvent.click(within(dialog).getByRole("button", { name: "Add account" }))
  expect((await rowOf("Mine")).textContent).toContain("Setting up")
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  const sent = fake.seen.find((request) => "input" in request.variables)
  expect(sent?.variables["input"]).toEqual({
    kind: "ANTIGRAVITY",
    refreshToken: "fake-token",
    label: "Mine",
    acknowledgedTerms: true,
  })
})

test("a refusal stands at the field that it is about, and the dialog stays", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.refuseAdd = { code: "INVALID_GRANT", message: "The token was refused.", path: ["input", "refreshToken"] }
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Add account" }))
  const dialog = await screen.findByRole("dialog")
  fireEvent.click(within(dialog).getByRole("button", { name: "Refresh token" }))
  const field = within(dialog).getByRole("textbox", { name: "Refresh token" })
  fireEvent.input(field, { target: { value: "fake" } })
  fireEvent.click(await within(dialog).findByRole("checkbox", { name: /I have read this/ }))
  fireEvent.click(within(dialog).getByRole("button", { name: "Add account" }))
  const words = await within(dialog).findByText("The token was refused.")
  expect(field.getAttribute("aria-invalid")).toBe("true")
  expect(field.getAttribute("aria-describedby")).toContain(words.id)
})

test("an account is removed after one question, and revoked when that was asked for", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" }), fakeAccount({ id: "two" })]
  renderPanel(fake)
  await rowOf("one")
  fireEvent.click(screen.getByRole("button", { name: "Actions for one" }))
  await takeEntry("Remove…")
  const dialog = await screen.findByRole("dialog", { name: "Remove one?" })
  fireEvent.click(within(dialog).getByRole("checkbox"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Remove account" }))
  await screen.findByText("one was removed and its credential revoked.")
  expect(screen.queryByRole("button", { name: "Actions for one" })).toBeNull()
  await rowOf("two")
  expect(fake.seen.find((request) => "revoke" in request.variables)?.variables).toEqual({ id: "one", revoke: true })
})

test("the list is sorted by its columns, and what is chosen stands in the address", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [
    fakeAccount({ id: "b", requestCount: 5 }),
    fakeAccount({ id: "a", requestCount: 70 }),
    fakeAccount({ id: "c", requestCount: 6 }),
  ]
  renderPanel(fake, "/accounts?sort=label")
  await rowOf("a")
  const names = () =>
    screen
      .getAllByRole("row")
      .slice(1)
      .map((row) => row.querySelector("a")?.textContent)
  expect(names()).toEqual(["a", "b", "c"])
  fireEvent.click(screen.getByRole("button", { name: "Requests" }))
  await waitFor(() => expect(names()).toEqual(["b", "c", "a"]))
  fireEvent.click(screen.getByRole("button", { name: "Requests" }))
  await waitFor(() => expect(names()).toEqual(["a", "c", "b"]))
  await waitFor(() => expect(window.location.search).toBe("?sort=-requests"))
  expect(screen.getByRole("columnheader", { name: "Requests" }).getAttribute("aria-sort")).toBe("descending")
  fireEvent.click(screen.getByRole("button", { name: "Requests" }))
  await waitFor(() => expect(names()).toEqual(["a", "b", "c"]))
  const rows = screen.getAllByRole("row")
  rows[1]?.focus()
  fireEvent.keyDown(rows[1] as HTMLElement, { key: "ArrowDown" }) // the first row
  expect(document.activeElement).toBe(rows[2])
  fireEvent.keyDown(rows[2] as HTMLElement, { key: "End" })
  expect(document.activeElement).toBe(rows[3])
})

test("accounts are narrowed by a model that they offer, and the address keeps it", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.models = [
    fakeModel({ id: "gemini-3-flash", offeredBy: 2 }),
    fakeModel({ id: "claude-sonnet-4-6", offeredBy: 1 }),
    fakeModel({ id: "gone", offeredBy: 0 }),
  ]
  fake.world.accounts = [
    fakeAccount({ id: "one", models: ["gemini-3-flash"] }),
    fakeAccount({ id: "two", models: ["gemini-3-flash", "claude-sonnet-4-6"] }),
    fakeAccount({ id: "three", models: [] }),
  ]
  renderPanel(fake, "/accounts?model=gemini-3-flash")
  await rowOf("one")
  await rowOf("two")
  expect(screen.queryByText("three")).toBeNull()
  fireEvent.click(screen.getByRole("button", { name: "Filter" }))
  const entry = await screen.findByRole("menuitemcheckbox", { name: /claude-sonnet-4-6/ })
  expect(entry.textContent).toContain("1")
  expect(screen.queryByRole("menuitemcheckbox", { name: /gone/ })).toBeNull()
  fireEvent.click(screen.getByRole("button", { name: "No longer filter by gemini-3-flash", hidden: true }))
  await rowOf("three")
  await waitFor(() => expect(window.location.search).toBe(""))
})
