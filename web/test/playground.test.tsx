import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { FakeControlPlane } from "./fake-control-plane.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const NODE = { id: "nod_1", name: "local", connected: true, ready: true }
const MODEL = { id: "gemini-3-flash", displayName: "Gemini 3 Flash", isInternal: false, goneAt: null, usableBy: 1 }

let fake: FakeControlPlane
beforeEach(async () => {
  sessionStorage.clear()
  fake = await startFake({ signedIn: true })
  fake.world.nodes = [NODE]
  Object.assign(fake.world.root, { models: () => [MODEL] })
  // The page asks its own origin, which is nobody's here.
  const real = fetch
  vi.stubGlobal("fetch", (input: string | URL | Request, init?: RequestInit) =>
    real(typeof input === "string" && input.startsWith("/") ? fake.url + input : input, init),
  )
})
afterEach(() => vi.unstubAllGlobals())

async function say(text: string): Promise<void> {
  const field = await screen.findByLabelText("Your message")
  fireEvent.input(field, { target: { value: text } })
  fireEvent.keyDown(field, { key: "Enter" })
}

/** Streams events; `end` is called by the test. */
function playing(...events: readonly object[]) {
  const asked: { path: string; body: unknown; headers: Record<string, unknown> }[] = []
  let end = (): void => undefined
  fake.play = (one, response) => {
    asked.push(one)
    response.writeHead(200, {
      "content-type": "text/event-stream",
      "x-lagrange-node": "nod_1",
      "x-request-id": "req_1",
    })
    for (const event of events) response.write(`data: ${JSON.stringify(event)}\n\n`)
    end = () => response.end()
  }
  return { asked, end: () => end() }
}

test("nothing said yet: what to do, and without a data plane why not", async () => {
  renderPanel(fake, "/playground")
  await screen.findByRole("heading", { name: "Say something" })
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Model" })).toHaveProperty("value", "gemini-3-flash"))
  fake.world.nodes = [{ ...NODE, connected: false }]
  fake.world.publish("nodeChanged", { ...NODE, connected: false })
  await screen.findByRole("heading", { name: "No data plane is connected" })
})

test("a control plane that fails is told, with the way to try again", async () => {
  Object.assign(fake.world.root, {
    models: () => {
      throw new Error("out of order")
    },
  })
  renderPanel(fake, "/playground")
  await screen.findByRole("alert")
  Object.assign(fake.world.root, { models: () => [MODEL] })
  fireEvent.click(screen.getByRole("button", { name: "Try again" }))
  await screen.findByRole("heading", { name: "Say something" })
})

test("words are shown as they come, and kept when they ended; the session's header goes along and no key", async () => {
  const { asked, end } = playing(
    { choices: [{ delta: { content: "Hello " } }] },
    { choices: [{ delta: { content: "you" } }] },
  )
  renderPanel(fake, "/playground")
  await say("hi")
  const answer = await screen.findByRole("article", { name: "Answer" })
  await within(answer).findByText("Hello you")
  expect(screen.getByRole("button", { name: "Stop" })).toBeDefined()
  expect(asked[0]).toMatchObject({ path: "/playground/v1/chat/completions", headers: { "x-csrf": "1" } })
  expect(asked[0]?.headers["authorization"]).toBeUndefined()
  expect(asked[0]?.body).toMatchObject({
    model: "gemini-3-flash",
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  })
  end()
  const link = await within(answer).findByRole("link", { name: "Its record" })
  expect(link.getAttribute("href")).toBe("/requests/req_1")
  await waitFor(() => expect(sessionStorage.getItem("lagrange.playground")).toContain("Hello you"))
})

test("what one administrator said another does not see in the same tab", async () => {
  const turns = [{ role: "user", dialect: "chat", parts: [{ type: "text", text: "between us" }] }]
  sessionStorage.setItem("lagrange.playground", JSON.stringify({ owner: "somebody else", turns }))
  renderPanel(fake, "/playground")
  await screen.findByRole("heading", { name: "Say something" })
  await waitFor(() => expect(sessionStorage.getItem("lagrange.playground")).not.toContain("between us"))
})

test("what is set wrongly is told at its field, and what was written is still there", async () => {
  const { asked } = playing()
  renderPanel(fake, "/playground")
  await screen.findByRole("heading", { name: "Say something" })
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Model" })).toHaveProperty("value", "gemini-3-flash"))
  fireEvent.input(screen.getByRole("combobox", { name: "Model" }), { target: { value: "" } })
  fireEvent.input(screen.getByLabelText("Temperature"), { target: { value: "9" } })
  fireEvent.input(screen.getByLabelText("Tools"), { target: { value: "nonsense" } })
  await say("hi")
  await screen.findByText("Choose a model, or type its name.")
  await screen.findByText(/This is no list of functions/)
  expect(screen.getByLabelText("Temperature").getAttribute("aria-invalid")).toBe("true")
  await waitFor(() => expect(screen.getByLabelText("Your message")).toHaveProperty("value", "hi"))
  expect(asked).toEqual([])
})

test("an error of the gateway is told with its class and what helps; one of the control plane as it is", async () => {
  fake.world.requests = [{ id: "req_9", errorCode: "model_not_found" }]
  fake.play = (_asked, response) => {
    response.writeHead(404, { "x-lagrange-node": "nod_1", "x-request-id": "req_9", "content-type": "application/json" })
    response.end(JSON.stringify({ error: { message: "There is no model x." } }))
  }
  renderPanel(fake, "/playground")
  await screen.findByRole("heading", { name: "Say something" })
  await say("hi")
  await screen.findByText("There is no model x.")
  await screen.findByText(/No such model/)
  fake.play = (_asked, response) => {
    response.writeHead(503, { "content-type": "application/json" })
    response.end(JSON.stringify({ errors: [{ message: "No data plane is connected that could take it." }] }))
  }
  await say("again")
  await screen.findByText("The control plane did not send it")
  await screen.findByText("No data plane is connected that could take it.")
})

test("who may only look is not let in", async () => {
  fake.scope = "READ"
  renderPanel(fake, "/playground")
  await screen.findByText("This page is not for your role")
})
