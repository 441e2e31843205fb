import { screen, waitFor } from "@solidjs/testing-library"
import { expect, test } from "vitest"
import { renderPanel, startFake } from "./render-panel.tsx"

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
    promptCache: { windowSeconds: 600, inputTokens: "800", cachedInputTokens: "740", hitRate: 0.925 },
    startedAt: null,
    lastSeenAt: null,
  }
  fake.world.nodes = [node]
  renderPanel(fake, "/nodes")
  await screen.findByText("no account holds a credential")
  expect(screen.getByText("Not ready")).toBeDefined()
  expect(screen.getByText(/3 behind/)).toBeDefined()
  expect(screen.getByText("92.5%")).toBeDefined()
  await waitFor(() => expect(fake.openStreams()).toBe(1))
  fake.world.publish("nodeChanged", { ...node, ready: true, reasons: [], lag: "0", refusal: "a dangling pool" })
  await screen.findByText(/up to date/)
  expect(screen.getByText(/a dangling pool/)).toBeDefined()
})

test("nothing yet says what to do next", async () => {
  const fake = await startFake({ signedIn: true })
  renderPanel(fake, "/nodes")
  await screen.findByRole("heading", { name: "No data plane has connected" })
})
