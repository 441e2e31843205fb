import { describe, expect, it } from "vitest"
import { createReadiness } from "./readiness.ts"

const control = { type: "started", panelUrl: "http://127.0.0.1:1/", generatedPassword: "obviously-fake" }
const gateway = { type: "started", url: "http://127.0.0.1:2" }
const applied = { type: "snapshot-applied" }

describe("readiness", () => {
  it.each([
    ["control plane first", [control, gateway, applied]],
    ["data plane first", [gateway, applied, control]],
    [
      "control plane restarted before",
      [control, gateway, { type: "started", panelUrl: "http://127.0.0.1:3/" }, applied],
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
      panelUrl: "http://127.0.0.1:1/",
      gatewayUrl: "http://127.0.0.1:2",
      generatedPassword: "obviously-fake",
    })
  })

  it("takes a broken message for nothing", () => {
    const readiness = createReadiness()
    for (const message of [undefined, null, 1, "started", {}, { type: "started", panelUrl: 5 }]) {
      readiness.onMessage("control-plane", message)
    }
    expect(readiness.addresses()).toEqual({ control: undefined, gateway: undefined })
  })
})
