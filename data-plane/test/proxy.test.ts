/** Every upstream call goes through `OUTBOUND_PROXY` when one is set, over both HTTP versions. */
import { Secret } from "#shared/secret.ts"
import { afterEach, expect, test } from "vitest"
import { startConnectProxy, type ConnectProxy } from "../../test/support/connect-proxy.ts"
import { answerText, chatBody, errorOf, fetchAnswer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"

let system: System
let proxy: ConnectProxy
afterEach(async () => {
  await system?.stop()
  await proxy?.stop()
})

test.each([
  [false, "1.1"],
  [true, "2"],
])("through the proxy (TLS upstream: %s)", async (tlsUpstream, httpVersion) => {
  proxy = await startConnectProxy()
  system = await startSystem({
    tlsUpstream,
    config: { outboundProxy: new Secret(proxy.url) },
    settings: { maxConcurrentPerAccount: 0 },
  })
  const answers = await Promise.all(
    [1, 2, 3].map((turn) =>
      fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody(`[[sim:text=${turn}]]`) }),
    ),
  )
  expect(answers.map(answerText)).toEqual(["1", "2", "3"])
  expect(system.simulator.seen().at(-1)?.httpVersion).toBe(httpVersion)
  const target = new URL((tlsUpstream ? system.simulator.httpsUrl : system.simulator.url) ?? "").host
  expect(new Set(proxy.targets)).toEqual(new Set([target]))
  // Three streams share one HTTP/2 connection.
  if (tlsUpstream) expect(proxy.targets).toHaveLength(1)
})

test("a proxy that refuses us ends in a 502 that names no address", async () => {
  proxy = await startConnectProxy()
  const wrong = new Secret(proxy.url.replace("user:", "other:"))
  system = await startSystem({ tlsUpstream: true, config: { outboundProxy: wrong } })
  const answer = await fetchAnswer(`${system.url}/v1/chat/completions`, { body: chatBody("x") })
  expect(answer.status).toBe(502)
  expect(errorOf(answer).message).not.toMatch(/127\.0\.0\.1|pass/)
  expect(system.plane.pool.facts().inFlight).toBe(0)
})
