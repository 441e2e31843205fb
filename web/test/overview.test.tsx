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

test("the last hour, what is left, what wants a hand and what was the matter", async () => {
  const fake = await startFake({ signedIn: true })
  const firstContent = { p50Ms: 420, p95Ms: 1_900 }
  fake.world.usage = [
    { requests: 1_234, inputTokens: "1000", cachedInputTokens: "250", meanOverheadUs: 412, firstContent },
  ]
  fake.world.errors = [
    { errorCode: null, requests: 1_200 },
    { errorCode: "invalid_json", requests: 20 },
    { errorCode: "upstream_timeout", requests: 9 },
    { errorCode: "upstream_failed", requests: 4 },
    { errorCode: "pool_busy", requests: 1 },
  ]
  const forecast = { accountsKnown: 4, accountsUnknown: 1, nextResetAt: null, exhaustsAt: null }
  fake.world.quotaForecast = [
    { ...forecast, bucket: "GEMINI", window: "FIVE_HOURS", remaining: 1, outlook: "NOT_BEFORE_RESET" },
    { ...forecast, bucket: "THIRD_PARTY", window: "WEEKLY", remaining: 0, accountsKnown: 0, outlook: "UNKNOWN" },
  ]
  fake.world.accounts = [fakeAccount({ id: "walled", state: "NEEDS_VERIFICATION", wayOut: "Verify it." })]
  const alert = { id: "alert-1", name: "Few accounts", summary: "2 of 9 can serve.", wayOut: "Add some.", firing: true }
  fake.world.alerts = [{ ...alert, since: "2026-01-01T00:00:00Z", until: null }]
  renderPanel(fake, "/")
  const hour = (await screen.findByRole("heading", { name: "The last hour" })).parentElement as HTMLElement // its section
  for (const text of ["1,234", "420 ms", "95 % within 1.9 s", "25%", "412 µs"]) within(hour).getByText(text)
  expect(
    within(hour)
      .getAllByRole("listitem")
      .map((row) => row.textContent),
  ).toEqual(["the client's20", "the pool's1", "the upstream's13", "our own0"])
  const meters = screen.getAllByRole("meter")
  expect(meters.map((meter) => [meter.getAttribute("aria-label"), meter.getAttribute("aria-valuetext")])).toEqual([
    ["Gemini · 5 hours", "25%"],
  ])
  expect(screen.getByText("Claude and GPT-OSS · week").parentElement?.textContent).toContain("–")
  screen.getByText("Add some.")
  fireEvent.click(screen.getByRole("link", { name: "See to all 1" }))
  await screen.findByRole("heading", { level: 1, name: "Accounts" })
  await screen.findByRole("button", { name: /Need a hand/, pressed: true })
})
