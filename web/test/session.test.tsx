import { fireEvent, screen, waitFor } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const signIn = async (password: string) => {
  fireEvent.input(await screen.findByLabelText("Password"), { target: { value: password } })
  fireEvent.click(screen.getByRole("button", { name: "Sign in" }))
}

test("a wrong password is refused in words, the right one leads in, and signing out leads back", async () => {
  const fake = await startFake()
  renderPanel(fake)
  await signIn("guess")
  await screen.findByText("The password is wrong.")
  await signIn("open sesame")
  await screen.findByRole("heading", { name: "Accounts" })
  fireEvent.click(screen.getAllByRole("button", { name: "Sign out" })[0] as HTMLElement) // the side bar's
  await screen.findByLabelText("Password")
  expect(screen.queryByText(/session has ended/)).toBeNull()
})

test("a session that ended elsewhere leads to the sign-in page and says why", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake)
  await screen.findByText("one")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fake.signedIn = false
  fake.dropStreams()
  await screen.findByText("Your session has ended. Sign in again to go on.")
  expect(screen.queryByText("one")).toBeNull()
  await waitFor(() => expect(fake.openStreams()).toBe(0))
})

test("a control plane that does not answer is said, and asked again on demand", async () => {
  const fake = await startFake({ signedIn: true })
  fake.failWith = 502
  renderPanel(fake)
  await screen.findByText("The control plane does not answer")
  fake.failWith = undefined
  fireEvent.click(screen.getByRole("button", { name: "Try again" }))
  await screen.findByRole("heading", { name: "Accounts" })
})

test("what the server says is told in Chinese where we have it, else as it came", async () => {
  const fake = await startFake()
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "简体中文" }))
  const password = await screen.findByLabelText("密码")
  fireEvent.input(password, { target: { value: "wrong" } })
  fireEvent.click(screen.getByRole("button", { name: "登录" }))
  await screen.findByText("密码不正确。")
})

test("the language changes at once and is kept", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake)
  await screen.findByRole("heading", { name: "Accounts" })
  fireEvent.click(screen.getAllByRole("button", { name: "简体中文" })[0] as HTMLElement) // the side bar's
  await screen.findByRole("heading", { name: "账号" })
  expect(document.documentElement.lang).toBe("zh-CN")
  expect(localStorage.getItem("lagrange.language")).toBe("zh")
  fireEvent.click(screen.getAllByRole("button", { name: "English" })[0] as HTMLElement)
  await screen.findByRole("heading", { name: "Accounts" })
})
