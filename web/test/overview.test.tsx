import { screen, waitFor } from "@solidjs/testing-library"
import { expect, test } from "vitest"
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
