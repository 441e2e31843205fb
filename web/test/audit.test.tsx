import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { GraphQLError } from "graphql"
import { expect, test } from "vitest"
import { createFakeSystem, fakeEvent } from "./fake-system.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const change = { field: "MAX_ATTEMPTS", before: '"4"', after: '"3"' }

async function open(events: Record<string, unknown>[], path = "/audit") {
  const fake = await startFake({ signedIn: true })
  const system = createFakeSystem()
  system.events = events
  Object.assign(fake.world.root, system.root)
  renderPanel(fake, path)
  return { fake, system }
}

test("an event tells who, what, before and after, and from where", async () => {
  await open([fakeEvent({ sequence: "7", changes: [change] })])
  const table = await screen.findByRole("table", { name: "Audit" })
  within(table).getByText("ada")
  within(table).getByText("Administrator · 192.0.2.7")
  fireEvent.click(within(table).getByRole("button", { name: "Changed settings: details" }))
  const dialog = await screen.findByRole("dialog", { name: "Changed settings" })
  expect(within(dialog).getAllByRole("definition")[0]?.textContent).toBe("before: 4after: 3")
  expect(within(dialog).getByRole("link", { name: "Settings" }).getAttribute("href")).toBe("/settings")
  await waitFor(() => expect(window.location.search).toContain("event=7"))
})

test("filters stand in the address and are what is asked for", async () => {
  const { system } = await open(
    [fakeEvent({ sequence: "2" }), fakeEvent({ sequence: "1", action: "signIn" })],
    "/audit?action=signIn&who=ada&outcome=DONE&object=obj_1&since=2026-01-01T00:00",
  )
  const table = await screen.findByRole("table", { name: "Audit" })
  expect(within(table).getAllByRole("row")).toHaveLength(2)
  expect(system.asked[0]?.variables["filter"]).toEqual({
    action: "signIn",
    actorName: "ada",
    outcome: "DONE",
    objectId: "obj_1",
    since: new Date("2026-01-01T00:00").toISOString(),
    until: null,
  })
  fireEvent.click(screen.getByRole("button", { name: "Show all" }))
  await waitFor(() => expect(within(table).getAllByRole("row")).toHaveLength(3))
  await waitFor(() => expect(window.location.search).toBe(""))
})

test("older ones are read when they are wanted, each once", async () => {
  const events = Array.from({ length: 55 }, (_, index) =>
    fakeEvent({ sequence: String(55 - index), action: `act${index}` }),
  )
  await open(events)
  await screen.findByText("act0")
  expect(screen.queryByText("act54")).toBeNull()
  fireEvent.click(screen.getByRole("button", { name: "Load older ones" }))
  await screen.findByText("act54")
  expect(screen.getAllByText("act50")).toHaveLength(1)
  await screen.findByText("That was the first event that is kept.")
})

test("an event far down the list opens by its address, and one that is gone says so", async () => {
  const { system } = await open([fakeEvent({ sequence: "9" })], "/audit?event=3")
  await screen.findByText("This event is not here")
  expect(system.asked.some(({ variables }) => JSON.stringify(variables).includes('"sequence":"3"'))).toBe(true)
})

test("the chain is looked at to its end, and faults are told with their places", async () => {
  const { fake, system } = await open([fakeEvent({})])
  const parts = [
    { ...system.verification, checked: 20_000, goOnAfter: "20000" },
    { ...system.verification, checked: 5, faults: [{ kind: "MISSING", from: "20003", to: "20004" }] },
  ]
  fake.world.root["verifyAuditChain"] = ({ after }: { after?: string }) => parts[after === "20000" ? 1 : 0]
  fireEvent.click(await screen.findByRole("button", { name: "Verify" }))
  await screen.findByText("1 faults")
  screen.getByText("Missing: events 20003 to 20004")
  fake.world.root["verifyAuditChain"] = () => system.verification
  fireEvent.click(screen.getByRole("button", { name: "Verify again" }))
  await screen.findByText("Whole: 2 events looked at")
})

test("nothing that fits says so, and an error says what to do", async () => {
  const { fake } = await open([], "/audit?action=signIn")
  await screen.findByRole("heading", { name: "Nothing fits" })
  fake.world.root["auditEvents"] = () => {
    throw new GraphQLError("Not today.")
  }
  fireEvent.click(screen.getAllByRole("button", { name: "Show all" })[0]!) // found, or it throws
  await screen.findByText("Not today.")
})

test("it is for owners", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "OPERATE"
  renderPanel(fake, "/audit")
  await screen.findByRole("heading", { name: "This page is not for your role" })
})

test("why something was not done is said in words, with the code beside them", async () => {
  await open([fakeEvent({ sequence: "7", outcome: "REFUSED", code: "not_ready" })])
  const table = await screen.findByRole("table", { name: "Audit" })
  expect(within(table).getByText("not ready yet").title).toBe("not_ready")
  fireEvent.click(within(table).getByRole("button", { name: "Changed settings: details" }))
  const dialog = await screen.findByRole("dialog", { name: "Changed settings" })
  expect(within(dialog).getByText("Why not").nextElementSibling?.textContent).toBe("not ready yet not_ready")
})
