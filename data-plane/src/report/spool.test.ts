import type { ReportItem } from "#shared/link-protocol.ts"
import { accountId, exchangeId } from "#shared/ids.ts"
import { expect, test } from "vitest"
import { Spool } from "./spool.ts"

const exchange = (id: string): ReportItem => ({
  type: "exchange",
  id,
  at: 0,
  exchangeId: exchangeId(id),
  startedAt: 0,
  dialect: "openai-chat",
  stream: false,
  outcome: "completed",
  status: 200,
  usage: {},
  durationMs: 1,
  attempts: [],
  dropped: [],
})
const refused = (id: string): ReportItem => ({
  type: "credential-refused",
  id,
  at: 0,
  accountId: accountId("a"),
  generation: 1,
  again: false,
})
const ids = (spool: Spool): string[] => spool.peek(100).map(({ id }) => id)

test("items stay until they are accepted, oldest first", () => {
  const spool = new Spool(10)
  for (const id of ["1", "2", "3"]) spool.add(exchange(id))
  expect(ids(spool)).toEqual(["1", "2", "3"])
  expect(spool.peek(2)).toHaveLength(2)
  spool.accepted(["2", "unknown"])
  expect(ids(spool)).toEqual(["1", "3"])
})

test("when it is full the oldest exchange goes, facts stay, and the loss is counted once", () => {
  const spool = new Spool(3)
  spool.add(refused("fact"))
  for (const id of ["1", "2", "3", "4"]) spool.add(exchange(id))
  expect(ids(spool)).toEqual(["fact", "3", "4"])
  expect(spool.drops).toBe(2)
  expect(spool.takeDrops()).toBe(2)
  expect(spool.takeDrops()).toBe(0)
})

test("with nothing but facts the oldest fact goes", () => {
  const spool = new Spool(2)
  for (const id of ["1", "2", "3"]) spool.add(refused(id))
  expect(ids(spool)).toEqual(["2", "3"])
})

test("items given up are counted as lost", () => {
  const spool = new Spool(5)
  spool.add(exchange("1"))
  spool.drop(["1", "unknown"])
  expect(spool.size).toBe(0)
  expect(spool.drops).toBe(1)
})
