import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { parseWebhookHosts } from "#shared/webhook-hosts.ts"
import { systemClock } from "../clock.ts"
import { createSend, type SendResult } from "./send.ts"

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

type Resolve = (host: string) => Promise<readonly string[]>

/** `list`: what is allowed now, whatever it was when the webhook was made. */
function sendTo(list: string | undefined, resolve: Resolve, url = `http://hooks.example.com:${port}/`) {
  const send = createSend({
    clock: systemClock,
    outbound: { outboundProxy: undefined, certificateAuthorities: undefined },
    hosts: () => (list === undefined ? undefined : parseWebhookHosts(list)),
    resolve,
  })
  return send({ url, secret: "s" }, { id: "evt", body: "{}" })
}

describe("an address that was allowed once and no longer is", () => {
  let asked = 0
  /** Each name leads to where the list allows a connection to be made: nothing but the address itself is in the way. */
  function sendNow(list: string | undefined, url: string): Promise<SendResult> {
    asked = 0
    return sendTo(list, () => Promise.resolve((asked++, ["127.0.0.1"])), url)
  }

  it.each<[what: string, list: () => string | undefined, url: () => string, why: string]>([
    ["no host at all", () => undefined, () => `http://127.0.0.1:${port}/`, "it is not set"],
    ["other names", () => "other.example.com,127.0.0.1", () => `http://hooks.example.com:${port}/`, "does not allow"],
    ["another port", () => "127.0.0.1:1", () => `http://127.0.0.1:${port}/`, "does not allow"],
    [
      "its name with TLS only",
      () => "hooks.example.com,127.0.0.1",
      () => `http://hooks.example.com:${port}/`,
      "does not begin with https://",
    ],
    ["it without a password", () => "127.0.0.1", () => `http://u:p@127.0.0.1:${port}/`, "a user name or a password"],
    ["no such scheme", () => "127.0.0.1", () => `ftp://127.0.0.1:${port}/`, "does not begin with https://"],
  ])("is called no more: now %s", async (_what, list, url, why) => {
    const result = await sendNow(list(), url())
    expect(result).toEqual({ type: "failed", reason: expect.stringContaining(why) })
    expect([asked, hits]).toEqual([0, 0])
  })

  it("is called where it is allowed again", async () => {
    const url = `http://hooks.example.com:${port}/`
    expect(await sendNow("http://hooks.example.com,127.0.0.1", url)).toEqual({ type: "delivered", status: 200 })
    expect([asked, hits]).toEqual([1, 1])
  })
})

describe("where a name leads", () => {
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
