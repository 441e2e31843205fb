import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { GraphQLError } from "graphql"
import { expect, test } from "vitest"
import { createFakeSystem } from "./fake-system.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const ada = {
  id: "usr_1",
  name: "ada",
  role: "OWNER",
  enabled: true,
  isYou: true,
  createdAt: "2026-01-01T00:00:00Z",
  passwordSetAt: null,
  lastSignInAt: null,
}
const session = (given: object) => ({
  isCurrent: false,
  address: "192.0.2.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0",
  createdAt: "2026-01-01T00:00:00Z",
  lastSeenAt: "2026-01-01T00:00:00Z",
  expiresAt: "2026-01-08T00:00:00Z",
  administrator: { name: "ada", isYou: true },
  ...given,
})

async function open(path = "/administrators", scope: "ADMIN" | "READ" = "ADMIN") {
  const fake = await startFake({ signedIn: true })
  const system = createFakeSystem()
  system.people = [ada]
  system.sessions = [session({ id: "ses_1", isCurrent: true }), session({ id: "ses_2" })]
  fake.scope = scope
  Object.assign(fake.world.root, system.root)
  renderPanel(fake, path)
  return { fake, system }
}

test("somebody new gets a password that is shown once", async () => {
  const { system } = await open()
  fireEvent.click(await screen.findByRole("button", { name: "Add administrator" }))
  const dialog = await screen.findByRole("dialog", { name: "Add an administrator" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Add" }))
  await within(dialog).findByText("Give a name to sign in with.")
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Name" }), { target: { value: "bob" } })
  fireEvent.click(within(dialog).getByRole("radio", { name: /^Operator/ }))
  fireEvent.click(within(dialog).getByRole("button", { name: "Add" }))
  await screen.findByText("a-generated-password")
  expect(system.asked).toEqual([
    { name: "createAdministrator", variables: { input: { name: "bob", role: "OPERATOR", password: null } } },
  ])
  fireEvent.click(screen.getByRole("button", { name: "Done" }))
  await waitFor(() => expect(screen.queryByText("a-generated-password")).toBeNull())
  await screen.findByText("bob")
})

test("a name is typed before its administrator is removed", async () => {
  await open()
  fireEvent.click(await screen.findByRole("button", { name: "Remove ada" }))
  const dialog = await screen.findByRole("dialog", { name: "Remove ada?" })
  const button = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Remove" })
  expect(button.disabled).toBe(true)
  fireEvent.input(within(dialog).getByRole("textbox"), { target: { value: "ada" } })
  expect(button.disabled).toBe(false)
})

test("a token is shown once, with the command that proves it", async () => {
  const { system } = await open("/administrators?tab=tokens")
  await screen.findByRole("heading", { name: "No admin token yet" })
  fireEvent.click(screen.getByRole("button", { name: "Create token" }))
  const dialog = await screen.findByRole("dialog", { name: "Create an admin token" })
  fireEvent.input(within(dialog).getByRole("textbox", { name: "Name" }), { target: { value: "script" } })
  fireEvent.change(within(dialog).getByRole("combobox", { name: "Ends" }), { target: { value: "" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Create token" }))
  const secret = await screen.findByRole("textbox", { name: "The token" })
  expect(secret.textContent).toBe("lagadm_not-a-real-token-0123456789")
  expect(system.asked[0]?.variables).toEqual({ input: { name: "script", scope: "READ", expiresAt: null } })
})

test("a viewer has sessions and a password, and nothing of others", async () => {
  const { system } = await open("/administrators", "READ")
  const table = await screen.findByRole("table", { name: "Sessions" })
  within(table).getByText("This one")
  expect(screen.queryByRole("tab")).toBeNull()
  expect(screen.queryByRole("button", { name: "Everybody's" })).toBeNull()
  const [end] = within(table).getAllByRole("button", { name: "End the session of Firefox 140 on Linux" })
  fireEvent.click(end!) // found, or it throws
  await screen.findByText("1 session ended")
  expect(system.asked).toEqual([{ name: "endSession", variables: { id: "ses_2" } }])
})

test("two new passwords that differ are not sent", async () => {
  const { system } = await open("/administrators", "READ")
  fireEvent.click(await screen.findByRole("button", { name: "Change password" }))
  const dialog = await screen.findByRole("dialog", { name: "Change your password" })
  const type = (name: string, value: string) =>
    fireEvent.input(within(dialog).getByLabelText(name), { target: { value } })
  type("Password until now", "one")
  type("New password", "another long one")
  type("New password, again", "another long two")
  fireEvent.click(within(dialog).getByRole("button", { name: "Change it" }))
  await within(dialog).findByText("The two are not the same.")
  expect(system.asked).toEqual([])
})

test("an error says what to do", async () => {
  const fake = await startFake({ signedIn: true })
  const system = createFakeSystem()
  const root = {
    ...system.root,
    administrators: () => {
      throw new GraphQLError("Not today.")
    },
  }
  Object.assign(fake.world.root, root)
  renderPanel(fake, "/administrators")
  await screen.findByText("Not today.")
  screen.getByRole("button", { name: "Try again" })
})
