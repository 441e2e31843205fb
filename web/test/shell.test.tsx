import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

test("what needs the password again asks for it, and is then done once more", async () => {
  const fake = await startFake({ signedIn: true })
  fake.wantsPassword = true
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  fireEvent.input(await screen.findByRole("textbox", { name: "Name" }), { target: { value: "ci" } })
  fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Your password, once more" })
  fireEvent.input(within(dialog).getByLabelText("Your password"), { target: { value: "guess" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Go on" }))
  await within(dialog).findByText("The password is wrong.")
  fireEvent.input(within(dialog).getByLabelText("Your password"), { target: { value: "open sesame" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Go on" }))
  await screen.findByRole("textbox", { name: "Secret" })
  expect(fake.world.keys).toHaveLength(1)
})

test("whoever does not give the password is told that it was not done", async () => {
  const fake = await startFake({ signedIn: true })
  fake.wantsPassword = true
  renderPanel(fake, "/keys")
  fireEvent.click(await screen.findByRole("button", { name: "Create key" }))
  fireEvent.input(await screen.findByRole("textbox", { name: "Name" }), { target: { value: "ci" } })
  fireEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Create key" }))
  const dialog = await screen.findByRole("dialog", { name: "Your password, once more" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Cancel" }))
  await within(await screen.findByRole("dialog", { name: "Create key" })).findByText("Password?")
  expect(fake.world.keys).toHaveLength(0)
})

test("who may only read is offered nothing that changes anything", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "READ"
  fake.world.accounts = [fakeAccount({ id: "one", state: "NEEDS_LOGIN" })]
  renderPanel(fake, "/accounts")
  await screen.findByText("one")
  for (const name of ["Add account", "Remove one", "Sign in again"])
    expect(screen.queryByRole("button", { name })).toBeNull()
})

test("the palette opens with a key, finds pages and what a page can do, and runs it", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/accounts")
  await screen.findByRole("heading", { name: "No accounts yet" })
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true })
  const find = await screen.findByRole("combobox", { name: "A page or an action" })
  expect(document.activeElement).toBe(find)
  fireEvent.input(find, { target: { value: "page key" } })
  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(1))
  fireEvent.keyDown(find, { key: "Enter" })
  await screen.findByRole("heading", { name: "No keys yet" })

  fireEvent.keyDown(document.body, { key: "K", metaKey: true })
  const again = await screen.findByRole("combobox", { name: "A page or an action" })
  expect(screen.getAllByRole("option")[0]?.textContent).toContain("Create key")
  fireEvent.keyDown(again, { key: "ArrowUp" })
  expect(screen.getAllByRole("option").at(-1)?.getAttribute("aria-selected")).toBe("true")
  fireEvent.keyDown(again, { key: "ArrowDown" })
  fireEvent.keyDown(again, { key: "Enter" })
  await screen.findByRole("dialog", { name: "Create key" })
})

test("an address that leads nowhere says so, with the way back", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/nowhere")
  await screen.findByRole("heading", { level: 1, name: "There is no such page" })
  fireEvent.click(screen.getByRole("link", { name: "Go to the overview" }))
  await screen.findByRole("heading", { level: 1, name: "Overview" })
})
