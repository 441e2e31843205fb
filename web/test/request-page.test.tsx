import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeRequest } from "./fake-request.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const text = (value: unknown) => {
  const whole = typeof value === "string" ? value : JSON.stringify(value)
  return { text: whole, bytes: whole.length, isBase64: false, isTruncated: false }
}

const client = { model: "claude-sonnet-4-6", seed: 7, messages: [{ role: "user", content: "hello <b>you</b>" }] }
const upstream = { project: "p", request: { contents: [{ role: "user", parts: [{ text: "hello <b>you</b>" }] }] } }

const capture = {
  requestId: "req_one",
  startedAt: "2026-03-01T12:00:00Z",
  dialect: "OPENAI_CHAT",
  attemptsLeftOut: 0,
  request: {
    path: "v1/chat/completions",
    query: "",
    headers: [{ name: "user-agent", value: "curl" }],
    body: text(client),
  },
  answer: { status: 200, body: text({ answer: "first" }) },
  attempts: [
    {
      account: { id: "a", label: "one@example.test" },
      url: "https://upstream.example.test/v1internal",
      body: text(upstream),
      answer: { status: 200, body: text("data: {}") },
      failure: null,
    },
  ],
  translation: {
    client: text(client),
    upstream: text(upstream),
    changes: [
      {
        code: "seed-not-taken",
        kind: "DROPPED",
        reason: "`seed` is lost.",
        client: "/seed",
        upstream: null,
        rule: null,
        times: 1,
      },
      {
        code: "envelope",
        kind: "ADDED",
        reason: "The upstream's envelope.",
        client: null,
        upstream: "/project",
        rule: null,
        times: 2,
      },
    ],
  },
}

test("a failed request says what it means and what helps", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [
    fakeRequest({
      id: "req_bad",
      outcome: "FAILED",
      status: 429,
      errorCode: "pool_exhausted",
      errorMessage: "<b>All</b> accounts are used up.",
    }),
  ]
  renderPanel(fake, "/requests/req_bad")
  await screen.findByRole("heading", { name: /Pool's quota used up/ })
  expect(screen.getByText("<b>All</b> accounts are used up.")).toBeDefined()
  await screen.findByText("The quota of every account for this model is used up.")
  expect(screen.getByText(/Wait for the reset that the answer names/)).toBeDefined()
})

test("what was not captured says how to capture it", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [fakeRequest({ id: "req_one" })]
  renderPanel(fake, "/requests/req_one")
  const link = await screen.findByRole("link", { name: "Capture the key laptop" })
  expect(link.getAttribute("href")).toBe("/keys?capture=k")
})

test("what was captured is read when it is asked for, each change with its place and its reason", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [fakeRequest({ id: "req_one", captureState: "TAKEN", capture })]
  renderPanel(fake, "/requests/req_one")
  fireEvent.click(await screen.findByRole("button", { name: "Read what was said" }))
  const changes = await screen.findByRole("list", { name: "Changes, with their reasons" })
  expect(
    within(changes)
      .getAllByRole("listitem")
      .map((item) => item.textContent),
  ).toEqual(["dropped`seed` is lost./seed → –", "addedThe upstream's envelope.2 times– → /project"])
  fireEvent.click(within(changes).getByRole("button", { name: /seed/ }))
  const left = screen.getByRole("group", { name: "The client's request" })
  const line = within(left).getByText('"seed": 7,')
  expect(line.className).toContain("json-active")
  expect(within(left).getByText(/hello <b>you<\/b>/)).toBeDefined()
  expect(left.querySelector("b")).toBeNull()
  fireEvent.click(
    within(screen.getByRole("group", { name: "Kinds of change" })).getByRole("button", { name: /^added/ }),
  )
  expect(within(changes).getAllByRole("listitem")).toHaveLength(1)
})

test("only an owner reads what was captured", async () => {
  const fake = await startFake({ signedIn: true })
  fake.scope = "OPERATE"
  fake.world.requests = [fakeRequest({ id: "req_one", captureState: "TAKEN", capture })]
  renderPanel(fake, "/requests/req_one")
  await screen.findByText("It was captured. Only an owner may read it.")
  expect(screen.queryByRole("button", { name: "Read what was said" })).toBeNull()
})

test("it is sent again, and what came of it stands beside the first", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [fakeRequest({ id: "req_one", captureState: "TAKEN", capture })]
  renderPanel(fake, "/requests/req_one")
  fireEvent.click(await screen.findByRole("button", { name: "Read what was said" }))
  fireEvent.click(await screen.findByRole("tab", { name: "Send again" }))
  fireEvent.click(await screen.findByRole("radio", { name: /^The pool/ }))
  fireEvent.click(screen.getByRole("button", { name: "Send again" }))
  await screen.findByText("Nothing of it is here.")
  fake.world.replay = {
    __typename: "ReplayRequestSuccess",
    requestId: "req_two",
    outcome: "COMPLETED",
    errorCode: null,
    capture: { ...capture, answer: { status: 200, body: text({ answer: "second" }) } },
  }
  fireEvent.click(screen.getByRole("button", { name: "Send again" }))
  const result = await screen.findByRole("group", { name: "What came of it" })
  expect(within(result).getByRole("link", { name: "Open the new request" }).getAttribute("href")).toBe(
    "/requests/req_two",
  )
  expect(within(result).getByText("They are the same.")).toBeDefined()
  const answers = within(result).getByRole("group", { name: "The client's answer, then and now" })
  expect(answers.textContent).toContain('"answer": "first"')
  expect(answers.textContent).toContain('"answer": "second"')
  expect(fake.seen.findLast(({ operationName }) => operationName === "replayRequest")?.variables).toEqual({
    id: "req_one",
    input: { target: "POOL" },
  })
})

test("what the list is narrowed to stands in the address, and is taken off by its chip", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [fakeRequest({ id: "req_one" })]
  fake.world.nodes = []
  renderPanel(fake, "/requests?outcome=FAILED&class=quota&slower=5000&since=1h")
  await screen.findByRole("table", { name: "Requests" })
  const asked = () => fake.seen.findLast(({ operationName }) => operationName === "requests")?.variables["filter"]
  expect(asked()).toMatchObject({ outcomes: ["FAILED"], failureClass: "quota", minDurationMs: 5_000 })
  const chips = screen.getByRole("list", { name: "Narrowed to" })
  expect(
    within(chips)
      .getAllByRole("button")
      .map((chip) => chip.textContent),
  ).toEqual([
    "OutcomeFailed",
    "An attempt failed asQuota used up",
    "Took at least5 s",
    "FromLast hour",
    "Clear the filter",
  ])
  fireEvent.click(within(chips).getByRole("button", { name: "Take off Outcome: Failed" }))
  await waitFor(() => expect(window.location.search).toBe("?class=quota&slower=5000&since=1h"))
  await waitFor(() => expect(asked()).not.toHaveProperty("outcomes"))
  fireEvent.click(screen.getByRole("button", { name: "Truncated" }))
  await waitFor(() => expect(asked()).toMatchObject({ outcomes: ["TRUNCATED"] }))
  fireEvent.click(screen.getByRole("button", { name: "Clear the filter" }))
  await waitFor(() => expect(window.location.search).toBe(""))
  await waitFor(() => expect(asked()).toBeNull())
})

test("a list that is narrowed to nothing says so, and how to widen it", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/requests?model=nobody")
  await screen.findByRole("heading", { name: "No request is like that" })
  fireEvent.click(screen.getByRole("button", { name: "Clear the filter" }))
  await screen.findByRole("heading", { name: "No requests yet" })
})

test("who reads further down is not moved, and says when to see what is new", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [fakeRequest({ id: "old" })]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fireEvent.click(within(table).getByRole("button", { expanded: false }))
  fake.world.publish("requestFinished", fakeRequest({ id: "new", model: "claude-meanwhile" }))
  await screen.findByRole("button", { name: "1 new" })
  expect(within(table).queryByText("claude-meanwhile")).toBeNull()
  fireEvent.click(within(table).getByRole("button", { expanded: true }))
  await within(table).findByText("claude-meanwhile")
})
