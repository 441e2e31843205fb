import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import type { Row } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

const request = (given: Partial<Row> & { id: string }): Row => ({
  startedAt: "2026-03-01T12:00:00Z",
  dialect: "openai-chat",
  stream: true,
  requestedModel: "gemini-3-flash",
  model: "gemini-3-flash",
  outcome: "COMPLETED",
  status: 200,
  errorCode: null,
  errorMessage: null,
  inputTokens: "1200",
  outputTokens: null,
  durationMs: 1_240,
  firstContentMs: 310,
  dropped: [],
  schemaReport: null,
  attempts: [
    {
      account: { id: "a", label: "one@example.test" },
      reason: "next in turn",
      startedMs: 2,
      endedMs: 1_200,
      upstreamStatus: 200,
      failureClass: null,
    },
  ],
  ...given,
})

test("this second's traffic stands in the tiles", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/traffic")
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  expect(screen.getAllByText("Waiting for the first sample…")).toHaveLength(4)
  const sample = { at: "2026-03-01T12:00:00Z", requests: 7, failures: 1, inFlight: 12 }
  fake.world.publish("trafficSample", { ...sample, inputTokens: "40000", outputTokens: "2000" })
  await screen.findByText("42K")
  expect(screen.getByText("40K in, 2,000 out")).toBeDefined()
  const tile = screen.getByRole("heading", { name: "Requests/s" }).parentElement
  expect(tile?.textContent).toContain("7")
  fake.world.publish("trafficSample", { ...sample, requests: 9, inputTokens: "300", outputTokens: "50" })
  await screen.findByText("350")
  expect(screen.getByText("300 in, 50 out")).toBeDefined()
  expect(tile?.textContent).toContain("9")
})

test("a request that ends appears on top, with its error as text", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "old" })]
  renderPanel(fake, "/traffic")
  const table = await screen.findByRole("table", { name: "Last requests" })
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  const failed = {
    id: "new",
    startedAt: "2026-03-01T12:00:05Z",
    outcome: "FAILED",
    status: 429,
    errorCode: "pool_exhausted",
    errorMessage: "<img src=x onerror=alert(1)>",
  }
  fake.world.publish("requestFinished", request(failed))
  await within(table).findByText("pool_exhausted")
  const first = within(table).getAllByRole("row")[1]
  expect(first?.textContent).toContain("Failed")
  expect(first?.textContent).toContain("one@example.test")
  expect(first?.textContent).toContain("1.24 s")
  expect(first?.textContent).toContain("<img src=x onerror=alert(1)>")
  expect(table.querySelector("img")).toBeNull()
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
          reason: "the only one left",
          upstreamStatus: 200,
          failureClass: null,
        },
      ],
    }),
  ]
  renderPanel(fake, "/traffic")
  const table = await screen.findByRole("table", { name: "Last requests" })
  expect(screen.queryByText("req_seen")).toBeNull()
  const opener = within(table).getByRole("button", { expanded: false })
  fireEvent.click(opener)
  await within(table).findByText("req_seen")
  const attempts = within(table)
    .getAllByRole("listitem")
    .map((item) => item.textContent)
  expect(attempts[0]).toContain("first")
  expect(attempts[0]).toContain("quota")
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

test("while paused nothing moves; afterwards what was held is shown", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.requests = [request({ id: "old" })]
  renderPanel(fake, "/traffic")
  const table = await screen.findByRole("table", { name: "Last requests" })
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fireEvent.click(screen.getByRole("button", { name: "Pause" }))
  fake.world.publish("requestFinished", request({ id: "new", model: "claude-held-back" }))
  await screen.findByText("1 new")
  expect(within(table).getAllByRole("row")).toHaveLength(2)
  fireEvent.click(screen.getByRole("button", { name: "Resume" }))
  await within(table).findByText("claude-held-back")
  expect(screen.queryByText("1 new")).toBeNull()
})

test("a data plane tells its reasons, its lag and its refusal", async () => {
  const fake = await startFake({ signedIn: true })
  const node = {
    id: "n1",
    name: "rack-2",
    version: "0.1.0",
    connected: true,
    ready: false,
    reasons: ["no account holds a credential"],
    snapshotVersion: "181",
    lag: "3",
    refusal: null,
    inFlight: 0,
    rssBytes: "96468992",
    eventLoopDelayMs: 0.8,
    startedAt: null,
    lastSeenAt: null,
  }
  fake.world.nodes = [node]
  renderPanel(fake, "/traffic")
  await screen.findByText("no account holds a credential")
  expect(screen.getByText("Not ready")).toBeDefined()
  expect(screen.getByText(/3 behind/)).toBeDefined()
  await waitFor(() => expect(fake.openStreams()).toBe(3))
  fake.world.publish("nodeChanged", { ...node, ready: true, reasons: [], lag: "0", refusal: "a dangling pool" })
  await screen.findByText(/up to date/)
  expect(screen.getByText(/a dangling pool/)).toBeDefined()
})

test("nothing yet says what to do next", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/traffic")
  await screen.findByRole("heading", { name: "No requests yet" })
  await screen.findByRole("heading", { name: "No data plane has connected" })
})
