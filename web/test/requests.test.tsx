import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeRequest as request } from "./fake-request.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

test("a request that ends appears on top, with its error as text", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "old" })]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  const failed = {
    id: "new",
    startedAt: "2026-03-01T12:00:05Z",
    outcome: "FAILED",
    status: 429,
    errorCode: "pool_exhausted",
    errorMessage: "<img src=x onerror=alert(1)>",
  }
  fake.world.publish("requestFinished", request(failed))
  await within(table).findByText("Pool's quota used up")
  const first = within(table).getAllByRole("row")[1]
  expect(first?.textContent).toContain("Failed")
  expect(first?.textContent).toContain("one@example.test")
  expect(first?.textContent).toContain("1.24 s")
  expect(first?.textContent).toContain("<img src=x onerror=alert(1)>")
  expect(table.querySelector("img")).toBeNull()
})

test("what ends after the list was read and before the stream stands is not missed", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "old" })]
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  fake.beforeStream = () => opened
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  fake.world.requests.unshift(request({ id: "between", model: "claude-in-between" }))
  open()
  await within(table).findByText("claude-in-between")
})

test("a request tells why it went the way it went", async () => {
  const fake = await startFake({ signedIn: true })
  const account = (label: string) => ({ id: label, label })
  const attempt = { reason: "next in turn", startedMs: 0, endedMs: 40, upstreamStatus: 429, failureClass: "quota" }
  fake.world.requests = [
    request({
      id: "req_seen",
      dropped: ["response_format", "+system-reminder"],
      schemaReport: {
        total: 1_203,
        listed: [
          { tool: "look", path: "properties.at.minLength", change: "moved into the description" },
          { tool: "move", path: "", change: "added: object" },
        ],
      },
      attempts: [
        { ...attempt, account: account("first") },
        {
          ...attempt,
          account: account("second"),
          askedMs: 41,
          reason: "the only one left",
          upstreamStatus: 200,
          failureClass: null,
        },
      ],
    }),
  ]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  expect(screen.queryByText("req_seen")).toBeNull()
  const opener = within(table).getByRole("button", { expanded: false })
  fireEvent.click(opener)
  await within(table).findByText("req_seen")
  await within(table).findByText(/^The account's quota for this bucket is used up/)
  const owners = within(table).getByRole("list", { name: "Whose time it is" })
  const attempts = within(table)
    .getAllByRole("listitem")
    .filter((item) => !owners.contains(item))
    .map((item) => item.textContent)
  expect(attempts[0]).toContain("first")
  expect(attempts[0]).toContain("Quota used up")
  expect(attempts[0]).toContain("What you can do: Wait for the reset, or add accounts.")
  expect(attempts[0]).toContain("HTTP 429")
  expect(attempts[1]).toContain("the only one left")
  expect(attempts[1]).toContain("answered")
  expect(attempts.slice(2, 4)).toEqual(["response_format", "+system-reminder"])
  expect(attempts.slice(4)).toEqual([
    "look: properties.at.minLengthmoved into the description",
    "moveadded: object",
    "and 1,201 more",
  ])
  await within(table).findByText(/schemas, so that the upstream takes them: 1,203/)
  fireEvent.click(opener)
  await waitFor(() => expect(screen.queryByText("req_seen")).toBeNull())
})

test("a request shows what it waited for, who could serve, and our own part of it", async () => {
  const fake = await startFake({ signedIn: true })
  const census = { known: 5, unusable: 1, notOffered: 0, resting: 1, modelOff: 0, candidates: 3, busy: 2 }
  const attempt = { account: { id: "a", label: "one@example.test" }, reason: "next in turn", upstreamStatus: 200 }
  const times = { startedMs: 2_500, connectMs: 80, firstByteMs: 3_000, firstPartMs: 3_010, endedMs: 4_000 }
  fake.world.requests = [
    request({
      id: "slow",
      durationMs: 4_001,
      receivedMs: 5,
      fetchedMs: null,
      overheadUs: 412,
      refusal: null,
      attempts: [
        {
          ...attempt,
          ...times,
          askedMs: 6,
          waitedMs: 2_000,
          renewalMs: 490,
          census: { ...census, outside: 0, tried: 0, probing: 0, modelLimit: null, keyLimit: 4 },
        },
      ],
    }),
    request({
      id: "refused",
      startedAt: "2026-03-01T11:00:00Z",
      outcome: "FAILED",
      status: 429,
      durationMs: 60_000,
      receivedMs: 1,
      fetchedMs: null,
      overheadUs: 90,
      attempts: [],
      refusal: {
        waitedMs: 59_998,
        renewalMs: null,
        census: { ...census, outside: 0, busy: 3, tried: 0, probing: 0, modelLimit: 2, keyLimit: null },
      },
    }),
  ]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  for (const opener of within(table).getAllByRole("button", { expanded: false })) fireEvent.click(opener)
  await within(table).findByText(/^Lagrange itself took 412 µs/)
  expect(
    within(table).getByText(
      "3 of 5 accounts could serve the model · 2 of them busy · 1 resting · 1 switched off or in need of a hand · the key had all of its 4 requests running",
    ),
  ).toBeDefined()
  const [phases] = within(table)
    .getAllByRole("listitem")
    .filter((item) => within(item).queryAllByRole("term").length > 0)
  expect(
    within(phases ?? table)
      .getAllByRole("term")
      .map((term) => term.textContent),
  ).toEqual([
    "Waited for a free account",
    "Account chosen",
    "Waited for a new token",
    "Connection opened",
    "Upstream's first byte",
    "First part of the answer",
    "Rest of the answer",
  ])
  expect(
    within(phases ?? table)
      .getAllByRole("definition")
      .map((time) => time.textContent),
  ).toEqual(["2 s", "4 ms", "490 ms", "80 ms", "420 ms", "10 ms", "990 ms"])
  await within(table).findByText("No account could be had")
  expect(within(table).getByText(/3 of them busy .* the model had all of its 2 requests running/)).toBeDefined()
  expect(within(table).getByText("60 s")).toBeDefined()
})

test("while paused nothing moves; afterwards what was held is shown", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "old" })]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fireEvent.click(screen.getByRole("button", { name: "Pause" }))
  fake.world.publish("requestFinished", request({ id: "new", model: "claude-held-back" }))
  await screen.findByRole("button", { name: "1 new" })
  expect(within(table).getAllByRole("row")).toHaveLength(2)
  fireEvent.click(screen.getByRole("button", { name: "Resume" }))
  await within(table).findByText("claude-held-back")
  expect(screen.queryByText("1 new")).toBeNull()
})

test("one request has an address of its own", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "req_alone" })]
  renderPanel(fake, "/requests")
  const table = await screen.findByRole("table", { name: "Requests" })
  fireEvent.click(within(table).getByRole("button", { expanded: false }))
  fireEvent.click(await within(table).findByRole("link", { name: "Open by itself" }))
  await screen.findByRole("heading", { name: "One request" })
  await screen.findByText("req_alone")
  expect(window.location.pathname).toBe("/requests/req_alone")
  expect(screen.getAllByRole("link", { name: "Requests" })[0]?.getAttribute("aria-current")).toBe("page")
  fireEvent.click(screen.getByRole("link", { name: "All requests" }))
  await screen.findByRole("table", { name: "Requests" })
})

test("a request that is gone says so, and appears if it only just ended", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/requests/req_gone")
  await screen.findByText("There is no such request")
  // It had just ended, and its record was on its way.
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fake.world.requests = [request({ id: "req_gone", model: "claude-just-ended" })]
  fake.world.publish("requestFinished", request({ id: "req_gone" }))
  await screen.findByText("claude-just-ended")
})

test("nothing yet says what to do next", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/requests")
  await screen.findByRole("heading", { name: "No requests yet" })
})

test("on a phone filters are behind one button that counts them; who opens it has them all", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "one" })]
  renderPanel(fake, "/requests?outcome=FAILED&since=1h&text=quota")
  // What is searched for stands in its own field.
  const button = await screen.findByRole("button", { name: "Filters (2)" })
  const outcomes = screen.getByRole("group", { name: "Outcome" })
  expect([button.getAttribute("aria-expanded"), outcomes.className]).toEqual([
    "false",
    expect.stringContaining("max-sm:hidden"),
  ])
  fireEvent.click(button)
  await waitFor(() => expect(outcomes.className).not.toContain("max-sm:hidden"))
  expect(button.getAttribute("aria-expanded")).toBe("true")
  fireEvent.click(within(outcomes).getByRole("button", { name: "Failed" }))
  await screen.findByRole("button", { name: "Filters (1)" })
})
