import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { renderPanel, startFake } from "./render-panel.tsx"

test("a data plane tells its reasons, its lag and its refusal", async () => {
  const fake = await startFake({ signedIn: true })
  const node = {
    id: "n1",
    name: "rack-2",
    version: "0.1.0",
    connected: true,
    ready: false,
    reasons: ["no_usable_account"],
    snapshotVersion: "181",
    lag: "3",
    refusal: null,
    inFlight: 0,
    conversations: 41,
    rssBytes: "96468992",
    eventLoopDelayMs: 0.8,
    promptCache: { windowSeconds: 600, inputTokens: "800", cachedInputTokens: "740", hitRate: 0.925 },
    startedAt: null,
    lastSeenAt: null,
  }
  fake.world.nodes = [node]
  renderPanel(fake, "/nodes")
  await screen.findByText("no account can be used")
  expect(screen.getByText("Not ready")).toBeDefined()
  expect(screen.getByText("41")).toBeDefined()
  expect(screen.getByText(/3 behind/)).toBeDefined()
  expect(screen.getByText("92.5%")).toBeDefined()
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fake.world.publish("nodeChanged", { ...node, ready: true, reasons: [], lag: "0", refusal: "a dangling pool" })
  await screen.findByText(/up to date/)
  expect(screen.getByText(/a dangling pool/)).toBeDefined()
})

test("nothing yet says what to do next", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/nodes")
  await screen.findByRole("heading", { name: "No data plane has connected" })
})

test("another data plane is let in with a token that is shown once, and put out again", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/nodes")
  fireEvent.click((await screen.findAllByRole("button", { name: "Let a data plane link" }))[0] ?? document.body)
  const dialog = await screen.findByRole("dialog")
  fireEvent.click(within(dialog).getByRole("button", { name: "Make its token" }))
  await within(dialog).findByText("Give it a name.")
  fireEvent.input(within(dialog).getByLabelText("Name"), { target: { value: "rack-9" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Make its token" }))
  const token = await within(dialog).findByRole("textbox", { name: "Link token" })
  expect(token.textContent).toBe("link_fake_not-a-real-token")
  expect(within(dialog).getByRole("group", { name: "Its environment" }).textContent).toContain(
    "LINK_TOKEN=link_fake_not-a-real-token",
  )
  fireEvent.click(within(dialog).getByRole("button", { name: "Done" }))
  fireEvent.click(await screen.findByRole("button", { name: "Remove rack-9" }))
  fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove it" }))
  await screen.findByRole("heading", { name: "No data plane has connected" })
  expect(fake.world.nodes).toEqual([])
})

test("one that serves is drained after a question, says so on its card, and takes requests again", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.nodes = [{ id: "n1", name: "rack-2", connected: true, ready: true, reasons: [], inFlight: 2 }]
  renderPanel(fake, "/nodes")
  fireEvent.click(await screen.findByRole("button", { name: "Drain rack-2" }))
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  const dialog = await screen.findByRole("dialog")
  within(dialog).getByText(/No other data plane is ready/)
  fireEvent.click(within(dialog).getByRole("button", { name: "Drain it" }))
  await screen.findByText("rack-2 drains: 2 under way there.")
  await screen.findByText("it was told to drain")
  fireEvent.click(await screen.findByRole("button", { name: "Let rack-2 take requests again" }))
  await screen.findByRole("button", { name: "Drain rack-2" })
  expect(screen.queryByText("it was told to drain")).toBeNull()
})

test("only an owner lets data planes in and puts them out", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "OPERATE"
  renderPanel(fake, "/nodes")
  await screen.findByRole("heading", { name: "No data plane has connected" })
  expect(screen.queryByRole("button", { name: "Let a data plane link" })).toBeNull()
})

test("one that shares conversations says so, and since when and why it cannot; one that keeps them to itself beside it too", async () => {
  const fake = await startFake({ signedIn: true })
  const node = { name: "rack-2", connected: true, ready: true, reasons: [], inFlight: 0, conversations: 41 }
  const since = "2026-01-02T12:04:05Z"
  const shares = { ...node, id: "n1", sharing: { state: "UP", since, reason: null } }
  fake.world.nodes = [
    shares,
    { ...node, id: "n2", name: "rack-3", conversations: 12, sharing: { state: "OFF", since: null, reason: null } },
    { ...node, id: "n3", name: "rack-4", conversations: 9, sharing: null },
  ]
  renderPanel(fake, "/nodes")
  await screen.findByText(/41/)
  const cards = screen.getAllByRole("listitem").map(({ textContent }) => textContent)
  expect(cards.filter((text) => /41 · shared/.test(text))).toHaveLength(1)
  expect(cards.filter((text) => /^rack-3.*VALKEY_URL is not set/.test(text))).toHaveLength(1)
  expect(cards.filter((text) => /VALKEY_URL|· shared/.test(text))).toHaveLength(2)
  expect(screen.getByTitle(/^Shares conversations with other data planes since Jan 2, 2026/)).toBeDefined()
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  const down = { state: "DOWN", since, reason: "it cannot be reached (ECONNREFUSED)" }
  fake.world.publish("nodeChanged", { ...shares, sharing: down })
  const notice = await screen.findByText(
    /has failed since Jan 2, 2026.*: it cannot be reached \(ECONNREFUSED\)\. Until/,
  )
  expect(notice.textContent).toContain("conversations may change accounts between data planes")
  expect(screen.queryByText(/· shared/)).toBeNull()
  fake.world.publish("nodeChanged", { ...shares, sharing: { state: "CONNECTING", since, reason: null } })
  await screen.findByText(/· not shared yet/)
  // Where nobody shares there is nothing to tell.
  fake.world.publish("nodeChanged", { ...shares, sharing: { state: "OFF", since: null, reason: null } })
  await waitFor(() => expect(screen.queryByText(/shared|VALKEY_URL/)).toBeNull())
})
