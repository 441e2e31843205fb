/** Where a client comes from, behind proxies and without; and how often an address may be wrong about its key. */
import { FREE_GUESSES, GUESS_EVERY_MS } from "#shared/guess-limit.ts"
import { mintApiKey } from "#shared/api-key.ts"
import { afterEach, expect, test } from "vitest"
import { chatBody, errorOf, fetchAnswer, type Answer } from "./support/client.ts"
import { startSystem, type System } from "./support/plane.ts"
import { API_KEY, BOUND_API_KEY, MINTED_API_KEY } from "./support/snapshots.ts"
import { steeredClock } from "./support/steered-clock.ts"

const LOOPBACK = ["127.0.0.1", "::1"]

let system: System
afterEach(() => system.stop())

function models(key: string, forwardedFor?: string): Promise<Answer> {
  const headers = { "x-api-key": key, ...(forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }) }
  return fetchAnswer(`${system.url}/v1/models`, { anonymous: true, headers })
}

test("what a client says of its address counts for nothing", async () => {
  system = await startSystem()
  const answer = await models(BOUND_API_KEY, "203.0.113.7")
  expect(answer.status).toBe(403)
  expect(errorOf(answer).message).toContain("from the address 127.0.0.1")
})

test.each([
  ["203.0.113.7", 200],
  ["198.51.100.1, 203.0.113.7", 200],
  ["203.0.113.7, 127.0.0.1", 200],
  ["203.0.113.7, 198.51.100.1", 403],
  ["203.0.113.7, unknown", 403],
  ["unknown", 403],
  [undefined, 403],
])("behind a proxy that is trusted %s is %i", async (forwardedFor, status) => {
  system = await startSystem({ config: { trustedProxies: LOOPBACK } })
  expect((await models(BOUND_API_KEY, forwardedFor)).status).toBe(status)
})

test("after many wrong keys one chosen by hand is looked at once a second, from that address alone", async () => {
  const clock = steeredClock()
  system = await startSystem({ config: { trustedProxies: LOOPBACK }, plane: { clock } })
  const [guesser, other] = ["2001:db8::1", "2001:db8:0:1::1"]
  for (let guess = 0; guess < FREE_GUESSES; guess++) {
    expect((await models("wrong", guesser)).status).toBe(401)
    expect((await models(mintApiKey(), other)).status).toBe(401)
  }
  const refused = await models(API_KEY, "2001:db8::2")
  expect(refused.status).toBe(429)
  expect(refused.headers["retry-after"]).toBe("1")
  const chat = await fetchAnswer(`${system.url}/v1/chat/completions`, {
    headers: { "x-forwarded-for": guesser },
    body: chatBody("never sent"),
  })
  expect([chat.status, errorOf(chat)["code"]]).toEqual([429, "rate_limit_exceeded"])
  expect(system.lines.filter((line) => line.includes("api-key.guessing"))).toHaveLength(1)
  expect((await models(MINTED_API_KEY, guesser)).status).toBe(200)
  expect((await models(API_KEY, other)).status).toBe(200)
  clock.advance(GUESS_EVERY_MS)
  expect((await models(API_KEY, guesser)).status).toBe(200)
  expect((await models("wrong", guesser)).status).toBe(401)
  expect((await models(API_KEY, guesser)).status).toBe(429)
})
