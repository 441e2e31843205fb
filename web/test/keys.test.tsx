import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount, fakeKey } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

test("a key's secret is shown once, with a command in each dialect, and is gone afterwards", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.gatewayUrl = "http://gateway.example.test:8088"
  fake.world.accounts = [fakeAccount({ id: "one", models: ["gemini-3-flash", "claude-sonnet-4-5"] })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Create key" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))
  await within(dialog).findByText("Give the key a name.")
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Name" }), { target: { value: "laptop" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))

  const secret = (await screen.findByRole("textbox", { name: "Secret" })).textContent ?? ""
  expect(secret).toMatch(/^lag_fake1_/)
  const command = screen.getByRole("group", { name: "Command" })
  await waitFor(() => expect(command.textContent).toContain('"model":"gemini-3-flash"'))
  expect(command.textContent).toContain("http://gateway.example.test:8088/v1/chat/completions")
  expect(command.textContent).toContain(`Bearer ${secret}`)
  fireEvent.click(screen.getByRole("button", { name: "Anthropic" }))
  expect(command.textContent).toContain(`x-api-key: ${secret}`)
  await waitFor(() => expect(command.textContent).toContain('"model":"claude-sonnet-4-5"'))

  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" })
  expect(screen.getByRole("textbox", { name: "Secret" }).textContent).toBe(secret)
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(document.body.innerHTML).not.toContain(secret)
  expect(screen.getByText("laptop").closest("tr")?.textContent).toContain("lag_fake1…0000")

  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  await screen.findByRole("textbox", { name: "Name" })
  expect(document.body.innerHTML).not.toContain(secret)
})

test("a copied secret says so; without a clipboard it says what to do", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  fireEvent.input(await screen.findByRole("textbox", { name: "Name" }), { target: { value: "ci" } })
  fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Create key" }))
  const copied: string[] = []
  const clipboard = { writeText: async (text: string) => void copied.push(text) }
  Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true })
  fireEvent.click(await screen.findByRole("button", { name: "Copy the secret" }))
  await waitFor(() => expect(screen.getAllByText("Copied").length).toBeGreaterThan(0))
  expect(copied).toEqual([screen.getByRole("textbox", { name: "Secret" }).textContent])
  Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true })
  fireEvent.click(screen.getByRole("button", { name: "Copy the command" }))
  await waitFor(() => expect(screen.getAllByText("Select it and copy by hand").length).toBeGreaterThan(0))
})

test("a key of the environment is named as such and cannot be changed here; others can be removed", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [
    fakeKey({ id: "k0", name: "API_KEY", prefix: null, origin: "ENVIRONMENT" }),
    fakeKey({ id: "k1", name: "laptop" }),
  ]
  renderPanel(fake, "/keys")
  await screen.findByText("from the environment")
  for (const action of ["Remove", "Change", "Rotate", "Disable"]) {
    expect(screen.queryByRole("button", { name: `${action} API_KEY` })).toBeNull()
    expect(screen.getByRole("button", { name: `${action} laptop` })).not.toBeNull()
  }
  fireEvent.click(screen.getByRole("button", { name: "Remove laptop" }))
  fireEvent.click(await screen.findByRole("button", { name: "Remove key" }))
  await waitFor(() => expect(screen.queryByText("laptop")).toBeNull())
  expect(fake.world.keys).toHaveLength(1)
})

/** What the last mutation of this name was given. */
function inputOf(fake: Awaited<ReturnType<typeof startFake>>, name: string): unknown {
  return fake.seen.filter(({ operationName }) => operationName === name).at(-1)?.variables
}

function type(label: string, value: string): void {
  fireEvent.input(screen.getByRole("textbox", { name: label }), { target: { value } })
}

test("a key is made with the limits that were typed, and the list shows them", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one", models: ["gemini-3-flash", "claude-sonnet-4-5"] })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Create key" })
  type("Name", "ci")
  fireEvent.click(within(dialog).getByText("Limits"))
  type("Models", "claude-* gemini-3-flash")
  fireEvent.click(within(dialog).getByRole("checkbox", { name: "Messages" }))
  type("Requests a minute", "sixty")
  type("Tokens a day (UTC)", "2,000,000")
  type("From addresses", "10.0.0.0/8")
  type("Tags", "team-a, ci")
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))
  await within(dialog).findByText("A whole number, or nothing.")
  type("Requests a minute", "60")
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))
  await screen.findByRole("textbox", { name: "Secret" })
  const command = screen.getByRole("group", { name: "Command" })
  await waitFor(() => expect(command.textContent).toContain('"model":"claude-sonnet-4-5"'))
  expect(command.textContent).toContain("/v1/messages")
  expect(screen.queryByRole("button", { name: "OpenAI" })).toBeNull()
  expect(inputOf(fake, "createApiKey")).toEqual({
    input: {
      name: "ci",
      models: ["claude-*", "gemini-3-flash"],
      dialects: ["ANTHROPIC_MESSAGES"],
      addresses: ["10.0.0.0/8"],
      requestsPerMinute: 60,
      maxConcurrent: null,
      tokensPerMinute: null,
      tokensPerDay: "2000000",
      tokensPerMonth: null,
      tags: ["team-a", "ci"],
      note: null,
      mayExplain: true,
      expiresAt: null,
    },
  })
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await screen.findByText("claude-* · gemini-3-flash · Messages · 60 requests/min · 10.0.0.0/8")
  expect(screen.getByText("0 of 2M tokens")).not.toBeNull()
})

test("the first field that is wrong has the focus, unfolded if need be", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Create key" })
  type("Name", "ci")
  const limits = dialog.querySelector("details")
  fireEvent.click(within(dialog).getByText("Limits"))
  type("Tokens a day (UTC)", "1.5")
  type("Tokens a month (UTC)", "many")
  fireEvent.click(within(dialog).getByText("Limits"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))
  expect(within(dialog).getAllByText("A whole number, or nothing.")).toHaveLength(2)
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Tokens a day (UTC)" }))
  expect(limits).toHaveProperty("open", true)
})

test("what the control plane refuses stands at its field", async () => {
  const fake = await startFake({ signedIn: true })
  const message = "This is no range."
  fake.world.refuseKey = { code: "malformed_address", message, path: ["input", "addresses"] }
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Create key" })
  type("Name", "ci")
  fireEvent.click(within(dialog).getByRole("button", { name: "Create key" }))
  await within(dialog).findByText(message)
  expect(screen.getByRole("textbox", { name: "From addresses" }).getAttribute("aria-invalid")).toBe("true")
})

test("a key is changed in what its form shows, and an emptied field takes a limit back", async () => {
  const fake = await startFake({ signedIn: true })
  const limits = { requestsPerMinute: 5, models: ["claude-*"], expiresAt: "2099-01-01T00:00:00Z" }
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop", note: "mine", ...limits })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Change laptop" }))
  const dialog = await screen.findByRole("dialog", { name: "Change the key laptop" })
  expect(screen.getByRole("textbox", { name: "Note" })).toHaveProperty("value", "mine")
  expect(screen.getByRole("combobox", { name: "Expires" })).toHaveProperty("value", "kept")
  type("Requests a minute", "")
  type("Requests at the same time", "3")
  fireEvent.click(within(dialog).getByRole("button", { name: "Save" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  const { input } = inputOf(fake, "updateApiKey") as { input: object } // the panel's own variables
  expect(input).toMatchObject({ name: "laptop", models: ["claude-*"], requestsPerMinute: null, maxConcurrent: 3 })
  expect(input).not.toHaveProperty("expiresAt")
  await screen.findByText("claude-* · 3 at the same time")
})

test("a key is disabled and enabled in one step, and says that it is", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop" })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Disable laptop" }))
  await screen.findByText("disabled")
  fireEvent.click(screen.getByRole("button", { name: "Enable laptop" }))
  await waitFor(() => expect(screen.queryByText("disabled")).toBeNull())
})

test("a rotation asks how long the old secret works, shows the new one once, and the list says when the old one stops", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop" })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Rotate laptop" }))
  const dialog = await screen.findByRole("dialog", { name: "Rotate the key laptop" })
  const overlap = within(dialog).getByRole("combobox", { name: "The old secret works for" })
  expect(overlap).toHaveProperty("value", "24")
  fireEvent.change(overlap, { target: { value: "168" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Make a new secret" }))
  const secret = (await screen.findByRole("textbox", { name: "Secret" })).textContent ?? ""
  expect(secret).toMatch(/^lag_fake1_/)
  expect(inputOf(fake, "rotateApiKey")).toEqual({ id: "k1", overlapMinutes: 10_080 })
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await screen.findByText(/^the old one stops in [67] days/)
  expect(document.body.innerHTML).not.toContain(secret)
  expect(screen.getByText("lag_fake1…0000")).not.toBeNull()
})

test("what was used meanwhile is there when the window is looked at again, and when the new secret was tried", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop" })]
  renderPanel(fake, "/keys")
  await screen.findByText("laptop")
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop", requestsToday: 2 })]
  window.dispatchEvent(new Event("focus"))
  await screen.findByText("2 requests")
  fireEvent.click(screen.getByRole("button", { name: "Rotate laptop" }))
  fireEvent.click(await screen.findByRole("button", { name: "Make a new secret" }))
  await screen.findByRole("textbox", { name: "Secret" })
  fake.world.keys = [fakeKey({ id: "k1", name: "laptop", requestsToday: 3 })]
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await screen.findByText("3 requests")
})

test("the list shows what each key used, and only those with a tag when that is chosen", async () => {
  const fake = await startFake({ signedIn: true })
  const used = { requestsToday: 2, tokensToday: "1500", requestsThisMonth: 30, tokensThisMonth: "45000" }
  fake.world.keys = [
    fakeKey({ id: "k1", name: "laptop", tags: ["mine"], tokensPerDay: "1500", ...used }),
    fakeKey({ id: "k2", name: "server", tags: ["team"] }),
  ]
  renderPanel(fake, "/keys")
  const row = (await screen.findByText("laptop")).closest("tr")
  for (const text of ["1,500 of 1,500 tokens", "2 requests", "45K tokens", "30 requests"]) {
    expect(row?.textContent).toContain(text)
  }
  fireEvent.click(screen.getByRole("button", { name: "team" }))
  await waitFor(() => expect(screen.queryByText("laptop")).toBeNull())
  expect(screen.getByText("server")).not.toBeNull()
  fireEvent.click(screen.getByRole("button", { name: "All" }))
  await screen.findByText("laptop")
})

test("what a key's requests say is captured for a time, which is shown, and ended early", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "one", name: "laptop" })]
  // As a request's page leads here.
  renderPanel(fake, "/keys?capture=one")
  const dialog = await screen.findByRole("dialog", { name: "Capture the requests of laptop" })
  fireEvent.change(within(dialog).getByLabelText("For"), { target: { value: "60" } })
  const before = Date.now()
  fireEvent.click(within(dialog).getByRole("button", { name: "Capture" }))
  await screen.findByText(/^captured, ends in 5\d min/)
  const { variables } = fake.seen.findLast(({ operationName }) => operationName === "startCapture") ?? {}
  expect(variables).toMatchObject({ id: "one" })
  expect(Date.parse(String(variables?.["until"]))).toBeGreaterThanOrEqual(before + 3_600_000)
  await screen.findByText("The requests of laptop are captured from now on.")
  expect(window.location.search).toBe("")
  fireEvent.click(screen.getByRole("button", { name: "End now" }))
  await screen.findByText("The requests of laptop are captured no longer.")
  expect(screen.queryByText(/^captured, ends/)).toBeNull()
})

test("a key shows its last day, what is left of its budget, and its way to its requests", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "one", name: "ci", tokensPerDay: "1000", tokensToday: "750", requestsToday: 3 })]
  const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000).toISOString()
  fake.world.usageBy = [
    { apiKeyId: "one", since: hour, requests: 3 },
    { apiKeyId: null, since: hour, requests: 40 },
  ]
  renderPanel(fake, "/keys")
  await screen.findByRole("img", { name: "3 requests in the last 24 hours" })
  expect(screen.getByRole("meter", { name: "Left of the budget" }).getAttribute("aria-valuetext")).toBe("25%")
  expect(screen.getByRole("link", { name: "The requests of ci" }).getAttribute("href")).toBe("/requests?key=one")
})

test("a key that was disabled by mistake is enabled again from where it is told", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.keys = [fakeKey({ id: "one", name: "ci" })]
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Disable ci" }))
  await screen.findByText("ci is disabled: it is refused from now on.")
  fireEvent.click(screen.getByRole("button", { name: "Undo" }))
  await screen.findByText("ci is enabled again.")
  expect(fake.world.keys[0]?.["enabled"]).toBe(true)
})
