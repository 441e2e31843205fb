/** One account's page, as a person sees it. */
import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount, type Row } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const part = (name: string) => screen.findByRole("region", { name })

test("loading, then an account that is not here, with the way back", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/accounts/nobody")
  await screen.findByRole("status", { name: "Reading the account" })
  await screen.findByRole("heading", { name: "This account is not here any more" })
  fireEvent.click(screen.getAllByRole("link", { name: "All accounts" })[0] as HTMLElement) // the head's
  await screen.findByRole("heading", { name: "No accounts yet" })
})

test("an error says what to do, and trying again helps", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  renderPanel(fake, "/keys")
  await screen.findByRole("heading", { name: "No keys yet" })
  fake.failWith = 502
  window.history.pushState(null, "", "/accounts/one")
  window.dispatchEvent(new PopStateEvent("popstate"))
  const alert = await screen.findByRole("alert")
  expect(alert.textContent).toContain("The control plane does not answer")
  fake.failWith = undefined
  fireEvent.click(within(alert).getByRole("button", { name: "Try again" }))
  await screen.findByRole("heading", { level: 1, name: "one" })
  expect(screen.queryByRole("alert")).toBeNull()
})

const fakeRequest = (id: string, model: string): Row => ({
  id,
  startedAt: id === "r-1" ? "2026-03-01T12:00:00Z" : "2026-03-01T12:00:05Z",
  durationMs: 1_240,
  firstContentMs: 310,
  dialect: "OPENAI_CHAT",
  requestedModel: model,
  model,
  outcome: "COMPLETED",
  status: 200,
  errorCode: null,
  inputTokens: "1200",
  outputTokens: null,
})

const resting = fakeAccount({
  id: "one",
  state: "COOLING",
  stateReason: "Out of quota.",
  stateUntil: "2026-01-01T09:30:00Z",
  conversations: 4,
  requestCount: 7,
  reserve: 0.1,
  cooldowns: [
    {
      bucket: "GEMINI",
      cause: "quota",
      evidence: "<b>QUOTA_EXHAUSTED</b>",
      state: "RESTING",
      since: "2026-01-01T00:00:00Z",
      until: "2026-01-01T09:30:00Z",
    },
  ],
  quota: [
    {
      bucket: "GEMINI",
      window: "FIVE_HOURS",
      remaining: 0.25,
      resetAt: "2026-01-01T09:30:00Z",
      source: "SUMMARY",
      readAt: "2026-01-01T00:00:00Z",
    },
  ],
})

test("data: what rests and what the upstream said, what is left and how that is known", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [resting]
  renderPanel(fake, "/accounts/one")
  const rests = await part("What rests")
  for (const words of ["Gemini", "Quota used up", "<b>QUOTA_EXHAUSTED</b>"]) expect(rests.textContent).toContain(words)
  const quota = await part("What is left")
  expect(within(quota).getByRole("meter").getAttribute("aria-valuetext")).toBe("25%")
  for (const words of ["from the provider's summary", "10% is held in reserve", "No history yet."]) {
    await within(quota).findByText(new RegExp(words))
  }
})

test("what rests is let go, and conversations too after one question", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [resting]
  renderPanel(fake, "/accounts/one")
  fireEvent.click(await screen.findByRole("button", { name: "Let it be tried now" }))
  await screen.findByText("Nothing rests: every quota of it may be used.")
  await screen.findByText("The rests were ended; the next request tries the account.")

  fireEvent.click(screen.getByRole("button", { name: "Release" }))
  const dialog = await screen.findByRole("dialog", { name: "Release its conversations?" })
  fireEvent.click(within(dialog).getByRole("button", { name: "Release" }))
  await screen.findByText("4 conversations were released, at 1 data planes.")
  await waitFor(() => expect(screen.queryByRole("button", { name: "Release" })).toBeNull())
})

test("settings: what is wrong stands at its field, and only what was changed is sent", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one", tags: ["a"] })]
  renderPanel(fake, "/accounts/one?tab=settings")
  const weight = await screen.findByRole("textbox", { name: "Weight" })
  expect(screen.queryByRole("button", { name: "Save changes" })).toBeNull()
  fireEvent.input(weight, { target: { value: "0" } })
  fireEvent.click(screen.getByRole("button", { name: "Save changes" }))
  await screen.findByText("From 1 to 1,000.")
  expect(document.activeElement).toBe(weight)

  fireEvent.input(weight, { target: { value: "5" } })
  fireEvent.input(screen.getByRole("textbox", { name: "Reserve" }), { target: { value: "7" } })
  fireEvent.click(screen.getByRole("checkbox", { name: "gemini-3-flash" }))
  fireEvent.click(screen.getByRole("button", { name: "Save changes" }))
  await screen.findByText("Saved, and in force.")
  const sent = fake.seen.find(({ operationName }) => operationName === "updateAccount")
  expect(sent?.variables).toEqual({
    id: "one",
    input: { weight: 5, reserve: 0.07, disabledModels: ["gemini-3-flash"] },
  })
  await waitFor(() => expect(screen.queryByRole("button", { name: "Save changes" })).toBeNull())
})

test("settings: a refusal stands at its field, and what somebody else changed meanwhile is said before it is overwritten", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one", label: "mine" })]
  renderPanel(fake, "/accounts/one?tab=settings")
  const label = await screen.findByRole("textbox", { name: "Label" })
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fireEvent.input(label, { target: { value: "ours" } })
  // A request that ends meanwhile takes nothing of what was typed away.
  const theirs = fakeAccount({ id: "one", label: "theirs", requestCount: 5 })
  fake.world.accounts = [theirs]
  fake.world.publish("accountChanged", theirs)
  await screen.findByText(/Changed by somebody else since you began: Label/)
  await screen.findByRole("tab", { name: /Requests\s*5/ })
  expect(label.isConnected).toBe(true)
  expect((label as HTMLInputElement).value).toBe("ours") // an input
  fake.world.refuseChange = { code: "no_such_code", message: "Not this one.", path: ["input", "label"] }
  fireEvent.click(screen.getByRole("button", { name: "Save changes" }))
  const words = await screen.findByText("Not this one.")
  expect(label.getAttribute("aria-describedby")).toContain(words.id)
  fireEvent.click(screen.getByRole("button", { name: "Discard" }))
  await waitFor(() => expect((label as HTMLInputElement).value).toBe("theirs")) // an input
})

test("the doctor tells each step with its time, the provider's words and the way out", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  const step = { subject: null, outcome: "PASSED", durationMs: 120, message: "Fine.", wayOut: null, link: null }
  fake.world.testSteps = [
    { ...step, step: "TOKEN" },
    {
      ...step,
      step: "MODEL",
      subject: "gemini-3-flash",
      outcome: "FAILED",
      message: "<i>No capacity</i>",
      wayOut: "Try again later.",
      link: "https://accounts.example.test/verify",
    },
    { ...step, step: "QUOTA", outcome: "SKIPPED", durationMs: null, message: "There is no project to ask for." },
  ]
  renderPanel(fake, "/accounts/one")
  fireEvent.click(await screen.findByRole("button", { name: "Test it" }))
  fireEvent.click(await screen.findByRole("button", { name: "Test the account" }))
  await screen.findByText(/1 step failed\./)
  const items = within(screen.getByRole("list", { name: "What was tried" })).getAllByRole("listitem")
  expect(items.map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Access token.*works.*Fine\..*120 ms/),
    expect.stringMatching(/Model.*gemini-3-flash.*failed.*<i>No capacity<\/i>.*Try again later\./),
    expect.stringMatching(/Quota.*not tried.*There is no project/),
  ])
  expect(
    within(items[1] as HTMLElement)
      .getByRole("link")
      .getAttribute("rel"),
  ).toContain("noopener") // the one that failed
})

test("each step of a test is shown as it is done, also of one that was begun elsewhere", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  const step = { subject: null, outcome: "PASSED", durationMs: 120, message: "Fine.", wayOut: null, link: null }
  renderPanel(fake, "/accounts/one?tab=doctor")
  await screen.findByRole("button", { name: "Test the account" })
  await waitFor(() => expect(fake.openStreams()).toBe(4))
  fake.world.publish("accountTestStep", { ...step, step: "TOKEN", message: "Somebody else's." })
  await screen.findByText("Somebody else's.")

  let end = () => {}
  const answer = new Promise<void>((resolve) => (end = resolve))
  fake.world.testing = () => answer
  fake.world.testSteps = [
    { ...step, step: "TOKEN" },
    { ...step, step: "QUOTA", message: "All of it." },
  ]
  fireEvent.click(screen.getByRole("button", { name: "Test the account" }))
  await waitFor(() => expect(screen.queryByText("Somebody else's.")).toBeNull())
  fake.world.publish("accountTestStep", { ...step, step: "TOKEN" })
  await screen.findByText("Fine.")
  expect(screen.queryByText("The account works.", { exact: false })).toBeNull()
  end()
  await screen.findByText("The account works.", { exact: false })
  await screen.findByText("All of it.")
})

test("requests of this account alone, live, each with the way to the whole of it", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  fake.world.requests = [fakeRequest("r-1", "gemini-3-flash")]
  renderPanel(fake, "/accounts/one?tab=requests")
  await screen.findByText("gemini-3-flash")
  const filter = { accountId: "one" }
  for (const name of ["accountRequests", "accountRequestFinished"]) {
    await waitFor(() => {
      const asked = fake.seen.find(({ operationName }) => operationName === name)
      expect(asked?.variables["filter"]).toEqual(filter)
    })
  }
  fake.world.publish("requestFinished", fakeRequest("r-2", "claude-sonnet-4-5"))
  const row = (await screen.findByText("claude-sonnet-4-5")).closest("tr")
  expect(
    within(row as HTMLElement)
      .getByRole("link")
      .getAttribute("href"),
  ).toBe("/requests/r-2") // a table's row
})

test("history: what was done to it, for owners", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.accounts = [fakeAccount({ id: "one" })]
  fake.world.auditEvents = [
    {
      id: "e-1",
      at: "2026-01-01T00:00:00Z",
      action: "updateAccount",
      outcome: "DONE",
      code: null,
      actor: { kind: "ADMINISTRATOR", name: "alice" },
      changes: [{ field: "weight", before: "1", after: "5" }],
    },
  ]
  fake.world.alerts = [
    {
      id: "a-1",
      name: "Accounts need attention",
      summary: "One account",
      wayOut: "Look.",
      firing: true,
      since: "2026-01-01T00:00:00Z",
      until: null,
      evidence: [{ subject: "one", label: "one", detail: "It needs a sign-in." }],
    },
  ]
  renderPanel(fake, "/accounts/one?tab=history")
  await screen.findByText("alice")
  fireEvent.click(screen.getAllByText("weight")[0] as HTMLElement) // the fields that were changed, which unfold
  await screen.findByText("Changed an account")
  await screen.findByText("It needs a sign-in.")
})

test("who may only look changes nothing, tests nothing and sees no audit", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "READ"
  fake.world.accounts = [resting]
  renderPanel(fake, "/accounts/one")
  await part("What rests")
  for (const name of ["Let it be tried now", "Release", "Test it", "Switch off", "Remove…", "Read now"]) {
    expect(screen.queryByRole("button", { name })).toBeNull()
  }
  expect(screen.queryByRole("tab", { name: "Doctor" })).toBeNull()
  fireEvent.click(screen.getByRole("tab", { name: "Settings" }))
  expect((await screen.findByRole("textbox", { name: "Weight" })).closest("fieldset")?.disabled).toBe(true)
  fireEvent.click(screen.getByRole("tab", { name: "History" }))
  await screen.findByText("The audit is for owners.")
  expect(fake.seen.some(({ operationName }) => operationName === "accountHistory")).toBe(false)
})
