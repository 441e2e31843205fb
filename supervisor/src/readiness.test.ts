import { describe, expect, it } from "vitest"
import { createReadiness } from "./readiness.ts"

const control = {
  type: "started",
  url: "http://127.0.0.1:1",
  panelUrl: "https://panel.test:8443/",
  generatedPassword: "obviously-fake",
}
const gateway = { type: "started", url: "http://127.0.0.1:2" }
const applied = { type: "snapshot-applied" }

describe("readiness", () => {
  it.each([
    ["control plane first", [control, gateway, applied]],
    ["data plane first", [gateway, applied, control]],
    [
      "control plane restarted before",
      [control, gateway, { type: "started", url: "http://127.0.0.1:3", panelUrl: "http://127.0.0.1:3/" }, applied],
    ],
  ])("comes when both serve and a snapshot is applied, and not before: %s", async (_name, messages) => {
    const readiness = createReadiness()
    let isReady = false
    const ready = readiness.ready.then((facts) => {
      isReady = true
      return facts
    })
    for (const message of messages) {
      await Promise.resolve()
      expect(isReady).toBe(false)
      readiness.onMessage("panelUrl" in message ? "control-plane" : "data-plane", message)
    }
    expect(await ready).toEqual({
      panelUrl: "https://panel.test:8443/",
      gatewayUrl: "http://127.0.0.1:2",
      generatedPassword: "obviously-fake",
    })
    expect(readiness.addresses()).toEqual({ control: "http://127.0.0.1:1", gateway: "http://127.0.0.1:2" })
  })

  it.each([
    ["http://0.0.0.0:2", "http://localhost:2"],
    ["https://[::]:2", "https://localhost:2"],
    ["http://0.0.0.0", "http://localhost"],
    ["http://[::1]:2", "http://[::1]:2"],
    ["http://192.0.2.7:2", "http://192.0.2.7:2"],
  ])("tells a gateway that listens on %s as %s", async (url, gatewayUrl) => {
    const readiness = createReadiness()
    readiness.onMessage("control-plane", control)
    readiness.onMessage("data-plane", { type: "started", url })
    readiness.onMessage("data-plane", applied)
    expect((await readiness.ready).gatewayUrl).toBe(gatewayUrl)
  })

  it("takes a broken message for nothing", () => {
    const readiness = createReadiness()
    for (const message of [undefined, null, 1, "started", {}, { type: "started", url: 5, panelUrl: 5 }]) {
      readiness.onMessage("control-plane", message)
    }
    expect(readiness.addresses()).toEqual({ control: undefined, gateway: undefined })
  })
})
