import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount, fakeKey } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const model = (id: string) => ({ id, isInternal: false, goneAt: null })

async function startWorld() {
  const fake = await startFake({ signedIn: true })
  fake.world.gatewayUrl = "http://gateway.example.test:8088/"
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop", models: ["claude-*"] })]
  Object.assign(fake.world.root, { models: () => [model("gemini-3-flash"), model("claude-opus-9")] })
  return fake
}

const arrived = (given: object = {}) => ({
  id: "req_1",
  startedAt: new Date().toISOString(),
  dialect: "ANTHROPIC_MESSAGES",
  requestedModel: "claude-opus-9",
  outcome: "COMPLETED",
  errorCode: null,
  durationMs: 840,
  ...given,
})

test("a client's settings hold the address, the models of the pool, and a place for a key that is not known", async () => {
  const fake = await startWorld()
  renderPanel(fake, "/connect")
  const text = await screen.findByRole("group", { name: "Claude Code: Shell" })
  expect(text.textContent).toContain("ANTHROPIC_BASE_URL=http://gateway.example.test:8088\n")
  expect(text.textContent).toContain("ANTHROPIC_AUTH_TOKEN=$LAGRANGE_KEY")
  expect(text.textContent).toContain("ANTHROPIC_MODEL=claude-opus-9")
  fireEvent.click(screen.getByRole("button", { name: "Cursor" }))
  await screen.findByText("http://gateway.example.test:8088/v1")
})

test("a key that is chosen is waited for, and its request is shown when it comes", async () => {
  const fake = await startWorld()
  renderPanel(fake, "/connect")
  const chosen = await screen.findByRole("combobox", { name: "Key" })
  fireEvent.change(chosen, { target: { value: "k1" } })
  await screen.findByText("Waiting for the first request…")
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fake.world.publish("requestFinished", arrived())
  await screen.findByText("It arrived")
  expect(screen.getByText(/^Messages asked for claude-opus-9/).textContent).toContain("840 ms")
  expect(screen.getByRole("link", { name: "Look at the request" }).getAttribute("href")).toBe("/requests/req_1")
})

test("a request that failed says why, and another is waited for", async () => {
  const fake = await startWorld()
  fake.world.requests = [arrived({ outcome: "FAILED", errorCode: "model_not_found" })]
  renderPanel(fake, "/connect?key=k1")
  await screen.findByText("It arrived, and failed")
  await screen.findByText(/No such model/)
  fireEvent.click(screen.getByRole("button", { name: "Wait for another" }))
  await screen.findByText("Waiting for the first request…")
})

test("a key that is made here is filled in, this once", async () => {
  const fake = await startWorld()
  renderPanel(fake, "/connect?client=codex")
  const create = await screen.findByRole("button", { name: "Create key" })
  fireEvent.click(create)
  await screen.findByText("Give the key a name.")
  fireEvent.input(screen.getByLabelText("Name of a new key"), { target: { value: "codex at home" } })
  fireEvent.click(create)
  await waitFor(() => expect(screen.getByRole("group", { name: "LAGRANGE_KEY" }).textContent).toContain("lag_fake1_"))
  const kept = [localStorage, sessionStorage].map((storage) => JSON.stringify(Object.entries(storage)))
  expect([...kept, window.location.href].join("\n")).not.toContain("lag_fake1_")
  await screen.findByText("Waiting for the first request…")
})

test("a control plane that fails is told, with the way to try again", async () => {
  const fake = await startWorld()
  Object.assign(fake.world.root, {
    models: () => {
      throw new Error("out of order")
    },
  })
  renderPanel(fake, "/connect")
  await screen.findByRole("alert")
  Object.assign(fake.world.root, { models: () => [] })
  fireEvent.click(screen.getByRole("button", { name: "Try again" }))
  await screen.findByRole("group", { name: "Claude Code: Shell" })
})

test("the overview leads from an empty gateway on, follows what happens, and is put away for good", async () => {
  const fake = await startFake({ signedIn: true })
  const { unmount } = renderPanel(fake, "/")
  const guide = await screen.findByRole("region", { name: "Set up in four steps" })
  expect(within(guide).getByRole("link", { name: "Add an account" }).getAttribute("href")).toBe("/accounts")
  fake.world.accounts = [fakeAccount({ id: "one" })]
  fake.world.publish("accountChanged", { id: "one" })
  expect((await within(guide).findByRole("link", { name: "Create a key" })).getAttribute("href")).toBe("/connect")
  fake.world.keys = [fakeKey({ id: "k1", lastUsedAt: "2026-01-01T00:00:00Z" })]
  fake.world.publish("requestFinished", { id: "req_1" })
  await screen.findByText("All is set up")
  fireEvent.click(screen.getByRole("button", { name: "Put away in this browser" }))
  await waitFor(() => expect(screen.queryByText("All is set up")).toBeNull())
  unmount()
  fake.world.keys = []
  renderPanel(fake, "/")
  await screen.findByText("Requests/s")
  expect(screen.queryByRole("region", { name: "Set up in four steps" })).toBeNull()
})
