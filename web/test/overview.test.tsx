import { fireEvent, screen, waitFor, within } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { fakeAccount } from "./fake-world.ts"
import { renderPanel, startFake } from "./render-panel.tsx"

test("this second's traffic stands in the tiles", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/")
  await waitFor(() => expect(fake.openStreams()).toBe(1))
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

test("what was sampled before the page was opened is there at once", async () => {
  const fake = await startFake({ signedIn: true })
  const sample = { failures: 0, inputTokens: "600", outputTokens: "50", inFlight: 3 }
  fake.world.recentTraffic = [
    { ...sample, at: "2026-03-01T12:00:00Z", requests: 5 },
    { ...sample, at: "2026-03-01T12:00:01Z", requests: 4 },
  ]
  renderPanel(fake, "/")
  await screen.findByText("650")
  screen.getByText("peak 5")
})

test("the last hour, what is left, what wants a hand and what was the matter", async () => {
  const fake = await startFake({ signedIn: true })
  const firstContent = { p50Ms: 420, p95Ms: 1_900 }
  fake.world.usage = [
    {
      requests: 1_234,
      cancellations: 12,
      inputTokens: "1000",
      cachedInputTokens: "250",
      meanOverheadUs: 412,
      firstContent,
    },
  ]
  fake.world.errors = [
    { errorCode: null, failures: 0 },
    { errorCode: "invalid_json", failures: 20 },
    { errorCode: "client_cancelled", failures: 0 },
    { errorCode: "upstream_timeout", failures: 9 },
    { errorCode: "upstream_failed", failures: 4 },
    { errorCode: "pool_busy", failures: 1 },
  ]
  const forecast = {
    accountsKnown: 4,
    accountsUnknown: 1,
    nextResetAt: null,
    exhaustsAt: null,
    confidence: 0.8,
    reason: null,
    oldestReadAt: new Date(Date.now() - 485_000).toISOString(),
    read: 1,
    remaining: 1,
    estimate: null,
  }
  const unknown = { accountsKnown: 0, remaining: 0, read: 0, oldestReadAt: null, outlook: "UNKNOWN" }
  fake.world.quotaForecast = [
    { ...forecast, bucket: "GEMINI", window: "FIVE_HOURS", outlook: "NOT_BEFORE_RESET" },
    { ...forecast, bucket: "THIRD_PARTY", window: "WEEKLY", ...unknown },
  ]
  fake.world.accounts = [
    fakeAccount({ id: "walled", state: "NEEDS_VERIFICATION", wayOut: "Verify it.", wayOutLink: null }),
  ]
  const alert = {
    id: "alert-1",
    kind: "POOL_ACCOUNTS",
    name: "Few accounts",
    summary: "2 of 9 can serve.",
    wayOut: "Add some.",
    firing: true,
  }
  fake.world.alerts = [{ ...alert, since: "2026-01-01T00:00:00Z", until: null }]
  fake.world.nodes = [{ id: "n", name: "n", connected: true, ready: true, inFlight: 1, lag: "0" }]
  renderPanel(fake, "/")
  const hour = (await screen.findByRole("heading", { name: "The last hour" })).parentElement as HTMLElement // its section
  for (const text of ["1,234", "12 given up by their client", "420 ms", "95 % within 1.9 s", "25%", "412 µs"])
    within(hour).getByText(text)
  expect(
    within(hour)
      .getAllByRole("listitem")
      .map((row) => row.textContent),
  ).toEqual(["the client's20", "the pool's1", "the upstream's13", "our own0"])
  const meters = screen.getAllByRole("meter")
  expect(meters.map((meter) => [meter.getAttribute("aria-label"), meter.getAttribute("aria-valuetext")])).toEqual([
    ["Gemini · 5 hours", "25%"],
  ])
  screen.getByText("mean of 4 accounts, the oldest reading 8 min. ago")
  expect(screen.getByText("Claude and GPT-OSS · week").parentElement?.textContent).toContain("–")
  screen.getByText("Add some.")
  screen.getByText("1 of 1 serve · 1 request in flight")
  fireEvent.click(screen.getByRole("link", { name: "Show it in the list" }))
  await screen.findByRole("heading", { level: 1, name: "Accounts" })
  await screen.findByRole("button", { name: /Need a hand/, pressed: true })
})

test("quota that runs out says when, and how sure that is", async () => {
  const fake = await startFake({ signedIn: true })
  fake.world.usage = [
    {
      requests: 0,
      cancellations: 0,
      inputTokens: "0",
      cachedInputTokens: "0",
      meanOverheadUs: null,
      firstContent: { p50Ms: null, p95Ms: null },
    },
  ]
  const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000 + 1_800_000).toISOString()
  const known = { accountsKnown: 2, accountsUnknown: 0, oldestReadAt: new Date(Date.now() - 485_000).toISOString() }
  const estimate = { usedTokens: "45000" }
  const forecast = { ...known, read: 1, estimate: null, nextResetAt: null, confidence: 0.8, bucket: "GEMINI" }
  fake.world.quotaForecast = [
    {
      ...forecast,
      window: "FIVE_HOURS",
      remaining: 0.4,
      read: 0.5,
      estimate,
      outlook: "EXHAUSTS",
      reason: null,
      exhaustsAt: { earliest: inHours(2), likely: inHours(3), latest: inHours(5) },
    },
    { ...forecast, window: "WEEKLY", remaining: 1, outlook: "UNKNOWN", reason: "TOO_FEW_READINGS", exhaustsAt: null },
  ]
  renderPanel(fake, "/")
  await screen.findByText("at this rate used up in 3 hr. (80% sure: between in 2 hr. and in 5 hr.)")
  screen.getByText("too few readings to tell")
  // An estimate is told from a reading, with what was read and when.
  expect(screen.getAllByRole("meter").map((meter) => meter.getAttribute("aria-valuetext"))).toEqual(["≈ 20%", "50%"])
  screen.getByText(
    "estimated: 25% was read of 2 accounts, the oldest reading 8 min. ago, and 45K tokens were used since",
  )
})

test("charts say their values, and usage is told apart by who used it, with the way to its requests", async () => {
  const fake = await startFake({ signedIn: true })
  const firstContent = { p50Ms: 420, p95Ms: 1_900 }
  const sums = { requests: 120, failures: 6, inputTokens: "600", cachedInputTokens: "150", outputTokens: "60" }
  fake.world.usage = [{ ...sums, cancellations: 0, meanOverheadUs: 412, firstContent }]
  // The next one too, should it strike meanwhile.
  const hours = [0, 1].map((one) => new Date((Math.floor(Date.now() / 3_600_000) + one) * 3_600_000).toISOString())
  fake.world.usageSteps = hours.map((since) => ({ ...sums, since, meanOverheadUs: 412, firstContent }))
  fake.world.errorSteps = hours.map((since) => ({ since, errorCode: "pool_busy", failures: 4 }))
  fake.world.usageBy = [
    { ...sums, model: "gemini-3-flash", apiKeyId: null, apiKey: null, accountId: null, account: null, firstContent },
    {
      ...sums,
      inputTokens: "9000",
      model: "claude",
      apiKeyId: null,
      apiKey: null,
      accountId: null,
      account: null,
      firstContent,
    },
  ]
  fake.world.nodes = [{ id: "n", name: "n", connected: true, ready: true, inFlight: 2, lag: "0" }]
  renderPanel(fake, "/?range=24h")
  const chart = (name: string) => screen.findByRole("slider", { name })
  expect((await chart("Requests an hour")).getAttribute("aria-valuetext")).toMatch(/, all 120, failed 6$/)
  expect((await chart("Tokens an hour")).getAttribute("aria-valuetext")).toMatch(/, in 600, out 60$/)
  expect((await chart("First content")).getAttribute("aria-valuetext")).toMatch(
    /, half within 420 ms, 95 % within 1.9 s$/,
  )
  expect((await chart("From the prompt cache")).getAttribute("aria-valuetext")).toMatch(/ 25%$/)
  expect((await chart("Errors, by whose fault")).getAttribute("aria-valuetext")).toMatch(
    /the pool's 4, the upstream's 0/,
  )
  expect(screen.getByRole("link", { name: /^Data planes/ }).textContent).toContain(
    "1 of 1 serve · 2 requests in flight",
  )
  const table = await screen.findByRole("table", { name: "Who used what" })
  const links = within(table).getAllByRole("link")
  expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
    ["claude", "/requests?model=claude&since=24h"],
    ["gemini-3-flash", "/requests?model=gemini-3-flash&since=24h"],
  ])
  fireEvent.click(screen.getByRole("button", { name: "Key", pressed: false }))
  await waitFor(() =>
    expect(fake.seen.findLast(({ operationName }) => operationName === "usageBy")?.variables["by"]).toEqual([
      "API_KEY",
    ]),
  )
})
