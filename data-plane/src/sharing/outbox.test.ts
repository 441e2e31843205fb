import { accountId, apiKeyId } from "#shared/ids.ts"
import { expect, test } from "vitest"
import type { Fact } from "./fact.ts"
import { MAX_FACT_BYTES, Outbox, OUTBOX_BYTES, OUTBOX_FACTS } from "./outbox.ts"

const home = (conversation: string, account = "a"): Fact => ({
  type: "home",
  conversation,
  key: apiKeyId("key"),
  home: accountId(account),
  usedAt: 1,
})
const signature = (key: string, length: number): Fact => ({
  type: "signature",
  record: { key, value: { signature: "s".repeat(length) }, usedAt: 1 },
})
const release: Fact = { type: "release", of: { accountId: accountId("a") } }

test("facts leave in their order, of two about one thing the later at its place", () => {
  const outbox = new Outbox()
  for (const fact of [home("one"), home("two"), release, home("one", "b"), release]) outbox.add(fact)
  expect(outbox.take()).toEqual([[home("two"), release, home("one", "b"), release]])
  expect([outbox.size, outbox.bytes, outbox.take()]).toEqual([0, 0, []])
})

test("they leave in batches, as many as are sealed in a moment", () => {
  const outbox = new Outbox()
  for (let serial = 0; serial < 30; serial++) outbox.add(signature(`${serial}`, 30_000))
  const batches = outbox.take()
  expect(batches.map(({ length }) => length)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 1])
  expect(outbox.size).toBe(13)
  outbox.add(signature("large", 900_000))
  outbox.take()
  expect(outbox.take()).toEqual([[signature("large", 900_000)]])
})

test("what was not told is put back before all else, but not before what was said of it since", () => {
  const outbox = new Outbox()
  outbox.add(home("one"))
  outbox.add(home("two"))
  const taken = outbox.take()
  outbox.add(home("three"))
  outbox.add(home("one", "b"))
  outbox.putBack(taken)
  expect(outbox.take()).toEqual([[home("two"), home("three"), home("one", "b")]])
  expect(outbox.lost).toBe(0)
})

test("it is bounded in number and bytes, and counts what waited longest and is lost", () => {
  const outbox = new Outbox()
  for (let serial = 0; serial < OUTBOX_FACTS + 3; serial++) outbox.add(home(`${serial}`))
  expect([outbox.size, outbox.lost]).toEqual([OUTBOX_FACTS, 3])
  expect(outbox.take()[0]?.[0]).toEqual(home("3"))
  for (let serial = 0; serial < 40; serial++) outbox.add(signature(`${serial}`, 900_000))
  expect(outbox.bytes).toBeLessThanOrEqual(OUTBOX_BYTES)
  expect(outbox.bytes).toBeGreaterThan(OUTBOX_BYTES - 1_000_000)
  const { lost, size } = outbox
  outbox.add(signature("too large", MAX_FACT_BYTES))
  expect([outbox.lost, outbox.size]).toEqual([lost + 1, size])
  outbox.clear()
  expect([outbox.lost, outbox.size, outbox.bytes]).toEqual([lost + 1 + size, 0, 0])
})
