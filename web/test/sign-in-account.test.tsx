/** Adding an account by signing in to it, as a person sees it. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { FakeControlPlane } from "./fake-control-plane.ts"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const open = vi.fn()
beforeEach(() => vi.stubGlobal("open", open))
afterEach(() => {
  vi.unstubAllGlobals()
  open.mockReset()
})

async function openDialog(fake: FakeControlPlane): Promise<HTMLElement> {
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Add account" }))
  const dialog = await screen.findByRole("dialog", { name: "Add account" })
  await within(dialog).findByText("The provider may treat this as a violation of its terms.")
  return dialog
}

/** Up to the moment when the provider's page is open. */
async function start(fake: FakeControlPlane, dialog: HTMLElement): Promise<void> {
  await within(dialog).findByText(/From the environment/)
  fireEvent.click(within(dialog).getByRole("checkbox"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue to Google" }))
  await within(dialog).findByRole("link", { name: "Open the sign-in page" })
  await waitFor(() => expect(fake.openStreams()).toBe(4))
}

const progress = (given: object): object => ({
  phase: "WORKING",
  step: null,
  code: null,
  message: null,
  providerMessage: null,
  hint: null,
  isKnownAccount: false,
  otherEmail: null,
  account: null,
  ...given,
})

const stepOf = (dialog: HTMLElement, name: string) => within(dialog).getByText(name).closest("li")?.textContent

test("the notice has to be read; then the page opens, and the steps are followed to the end", async () => {
  const fake = await startFake({ signedIn: true })
  const dialog = await openDialog(fake)
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue to Google" }))
  await within(dialog).findByText("Confirm that you have read the notice.")
  expect(document.activeElement).toBe(within(dialog).getByRole("checkbox"))
  expect(open).not.toHaveBeenCalled()
  await within(dialog).findByText("0123456789abcdef")

  fireEvent.click(within(dialog).getByRole("checkbox"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue to Google" }))
  const link = await within(dialog).findByRole("link", { name: "Open the sign-in page" })
  const address = "https://accounts.example.test/sign-in?state=fake-state"
  expect(link.getAttribute("href")).toBe(address)
  expect(link.getAttribute("rel")).toContain("noopener")
  expect(open.mock.calls).toEqual([[address, "_blank", "noopener,noreferrer"]])
  expect(stepOf(dialog, "You agree on Google's page")).toContain("under way")

  await waitFor(() => expect(fake.openStreams()).toBe(4))
  expect(fake.seen.find(({ variables }) => "state" in variables)?.variables).toEqual({ state: "fake-state" })
  fake.world.publish("oauthProgress", progress({ step: "EXCHANGE" }))
  await waitFor(() => expect(stepOf(dialog, "The code becomes a credential")).toContain("under way"))
  expect(stepOf(dialog, "You agree on Google's page")).toContain("done")
  expect(within(dialog).queryByRole("link", { name: "Open the sign-in page" })).toBeNull()
  const account = fakeAccount({ id: "fresh", state: "ONBOARDING", onboardingStep: "CATALOGUE" })
  fake.world.publish("oauthProgress", progress({ step: "CATALOGUE", account }))
  await waitFor(() => expect(stepOf(dialog, "The models it offers")).toContain("under way"))
  expect(stepOf(dialog, "What is left of its quota")).toContain("to come")
  fake.world.publish("oauthProgress", progress({ phase: "DONE", account: { ...account, state: "READY" } }))
  await within(dialog).findByText("fresh@example.test is ready.")
  // What is over is not followed any more.
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fireEvent.click(within(dialog).getByRole("button", { name: "Done" }))
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull())
  expect((await screen.findByText("fresh")).closest("tr")?.textContent).toContain("Ready")
})

test("a failure stands at its step, with the provider's words and what to do, and one can start again", async () => {
  const fake = await startFake({ signedIn: true })
  const dialog = await openDialog(fake)
  await start(fake, dialog)
  const failure = {
    code: "code_refused",
    message: "Not taken.",
    providerMessage: "<b>Bad code</b>",
    hint: "Do it anew.",
  }
  fake.world.publish("oauthProgress", progress({ phase: "FAILED", step: "EXCHANGE", ...failure }))
  const alert = await within(dialog).findByRole("alert")
  for (const words of ["Not taken.", "<b>Bad code</b>", "Do it anew."]) expect(alert.textContent).toContain(words)
  expect(stepOf(dialog, "The code becomes a credential")).toContain("failed")
  fireEvent.click(within(dialog).getByRole("button", { name: "Start again" }))
  await within(dialog).findByRole("button", { name: "Continue to Google" })
})

test("an address that is pasted goes with its state, and a refusal stands at the field", async () => {
  const fake = await startFake({ signedIn: true })
  const dialog = await openDialog(fake)
  await start(fake, dialog)
  fireEvent.click(within(dialog).getByRole("button", { name: "Use this address" }))
  await within(dialog).findByText("Paste the address first.")
  const field = within(dialog).getByRole("textbox", { name: "The page did not open after you agreed?" })
  expect(document.activeElement).toBe(field)
  fireEvent.input(field, { target: { value: "http://127.0.0.1:1/oauth/callback?code=c" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Use this address" }))
  await within(dialog).findByText("Not known here.")
  expect(fake.world.pasted).toEqual({ callback: "http://127.0.0.1:1/oauth/callback?code=c", state: "fake-state" })
})

test("without a client one is asked for first, sent, and not kept in the page", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.oauthClient = { isSet: false, origin: "NONE", fingerprint: null }
  const dialog = await openDialog(fake)
  await within(dialog).findByText("None is configured yet: a sign-in needs one.")
  fireEvent.click(within(dialog).getByRole("checkbox"))
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue to Google" }))
  await within(dialog).findByText("Enter the client id.")
  await within(dialog).findByText("Enter the client secret.")
  fireEvent.input(within(dialog).getByLabelText("Client id"), { target: { value: "an-id" } })
  fireEvent.input(within(dialog).getByLabelText("Client secret"), { target: { value: "a-secret" } })
  fireEvent.click(within(dialog).getByRole("button", { name: "Continue to Google" }))
  await within(dialog).findByRole("link", { name: "Open the sign-in page" })
  const sent = fake.seen.find(({ variables }) => JSON.stringify(variables).includes("a-secret"))
  expect(sent?.variables).toEqual({ input: { set: { clientId: "an-id", clientSecret: "a-secret" } } })
  expect(document.body.innerHTML).not.toContain("a-secret")
})

test("signing in again is for that account only, and says whose sign-in was refused", async () => {
  const fake = await startFake({ signedIn: true })
  const gone = fakeAccount({ id: "gone", state: "NEEDS_LOGIN" })
  fake.world.accounts = [gone]
  renderPanel(fake)
  fireEvent.click(await screen.findByRole("button", { name: "Sign in again" }))
  const dialog = await screen.findByRole("dialog", { name: "Sign in again to gone" })
  await start(fake, dialog)
  const asked = fake.seen.find(({ operationName }) => operationName === "startOAuth")
  expect(asked?.variables).toEqual({ input: { kind: "ANTIGRAVITY", acknowledgedTerms: true, accountId: "gone" } })

  const failure = {
    code: "other_account",
    message: "Another one.",
    hint: "Choose the right one.",
    otherEmail: "x@example.test",
  }
  fake.world.publish("oauthProgress", progress({ phase: "FAILED", step: "ACCOUNT_INFO", ...failure }))
  const alert = await within(dialog).findByRole("alert")
  for (const words of ["Another one.", "Signed in to: x@example.test", "Choose the right one."]) {
    expect(alert.textContent).toContain(words)
  }

  fireEvent.click(within(dialog).getByRole("button", { name: "Start again" }))
  await start(fake, dialog)
  const done = { phase: "DONE", isKnownAccount: true, account: { ...gone, state: "READY" } }
  fake.world.publish("oauthProgress", progress(done))
  await within(dialog).findByText(/^gone@example\.test is ready: it was here before/)
})

test("a sign-in that may be anybody's names no account", async () => {
  const fake = await startFake({ signedIn: true })
  await start(fake, await openDialog(fake))
  const asked = fake.seen.find(({ operationName }) => operationName === "startOAuth")
  expect(asked?.variables).toEqual({ input: { kind: "ANTIGRAVITY", acknowledgedTerms: true } })
})
