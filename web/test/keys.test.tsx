import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount } from "./fake-world.ts"
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
  expect(secret).toMatch(/^lgr_fake1_/)
  const command = screen.getByRole("group", { name: "Command" })
  await waitFor(() => expect(command.textContent).toContain('"model":"gemini-3-flash"'))
  expect(command.textContent).toContain("http://gateway.example.test:8088/v1/chat/completions")
  expect(command.textContent).toContain(`Bearer ${secret}`)
  fireEvent.click(screen.getByRole("button", { name: "Anthropic" }))
  expect(command.textContent).toContain(`x-api-key: ${secret}`)
  expect(command.textContent).toContain('"model":"claude-sonnet-4-6"')

  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape" })
  expect(screen.getByRole("textbox", { name: "Secret" }).textContent).toBe(secret)
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect(document.body.innerHTML).not.toContain(secret)
  expect(screen.getByText("laptop").closest("tr")?.textContent).toContain("lgr_fake1…")

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

test("a key of the environment is named as such and cannot be removed here; others can", async () => {
  const fake = await startFake({ signedIn: true })
  const given = { expiresAt: null, lastUsedAt: null, requestCount: 3, createdAt: "2026-01-01T00:00:00Z" }
  fake.world.keys = [
    { id: "k0", name: "API_KEY", prefix: null, origin: "ENVIRONMENT", ...given },
    { id: "k1", name: "laptop", prefix: "lgr_fakeA", origin: "CREATED", ...given },
  ]
  renderPanel(fake, "/keys")
  await screen.findByText("from the environment")
  expect(screen.queryByRole("button", { name: "Remove API_KEY" })).toBeNull()
  fireEvent.click(screen.getByRole("button", { name: "Remove laptop" }))
  fireEvent.click(await screen.findByRole("button", { name: "Remove key" }))
  await waitFor(() => expect(screen.queryByText("laptop")).toBeNull())
  expect(fake.world.keys).toHaveLength(1)
})
