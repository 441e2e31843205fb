import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { parseWebhookHosts } from "#shared/webhook-hosts.ts"
import { systemClock } from "../clock.ts"
import { createSend } from "./send.ts"

describe("where a name leads", () => {
  let canary: Server
  let port = 0
  let hits = 0
  beforeEach(async () => {
    hits = 0
    canary = createServer((_request, response) => {
      hits++
      response.end()
    })
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve))
    port = (canary.address() as AddressInfo).port // a TCP server that listens has one
  })
  afterEach(() => new Promise((resolve) => canary.close(resolve)))

  function sendTo(list: string, resolve: (host: string) => Promise<readonly string[]>) {
    const send = createSend({
      clock: systemClock,
      outbound: { outboundProxy: undefined, certificateAuthorities: undefined },
      hosts: () => parseWebhookHosts(list),
      resolve,
    })
    return send({ url: `http://hooks.example.com:${port}/`, secret: "s" }, { id: "evt", body: "{}" })
  }

  it.each([
    ["127.0.0.1"],
    ["169.254.169.254"],
    ["10.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["100.64.0.1"],
    ["64:ff9b::7f00:1"],
  ])("to %s: no connection is made, also where it is one of several", async (address) => {
    for (const found of [[address], ["1.1.1.1", address]]) {
      const result = await sendTo("http://hooks.example.com", () => Promise.resolve(found))
      expect(result).toMatchObject({ type: "failed" })
      expect(result).toHaveProperty("reason", expect.stringContaining("not public"))
    }
    expect(hits).toBe(0)
  })

  it("is asked once, and the connection goes where was judged", async () => {
    let asked = 0
    // A name whose second answer is another one: asked again it would lead elsewhere.
    const rebinding = (): Promise<readonly string[]> => Promise.resolve(asked++ === 0 ? ["127.0.0.1"] : ["192.0.2.1"])
    const result = await sendTo("http://hooks.example.com,127.0.0.1", rebinding)
    expect(result).toEqual({ type: "delivered", status: 200 })
    expect([asked, hits]).toEqual([1, 1])
  })

  it("that nobody knows is a failure that says so", async () => {
    const result = await sendTo("http://hooks.example.com", () => Promise.reject(new Error("ENOTFOUND")))
    expect(result).toEqual({ type: "failed", reason: "The name hooks.example.com cannot be resolved." })
  })
})
