/** All that waits for a control plane is within the budget, also what is hardly longer than nothing. */
import type { TranslationNote } from "#shared/capture.ts"
import { apiKeyId, exchangeId } from "#shared/ids.ts"
import { createLogger } from "#shared/log.ts"
import { expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { PostNotTaken } from "../report/link-post.ts"
import { Captures, KEEP_UNSENT_MS, LEAST_ROOM_BYTES } from "./captures.ts"
import type { ExchangeCapture } from "./exchange-capture.ts"

const BUDGET_BYTES = 1_048_576
const NOTE: TranslationNote = { code: "field-unknown", kind: "dropped", reason: "r".repeat(500), client: "/a" }

/** All that was promised is done. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function begin() {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const away = { send: () => Promise.reject(new Error("away")) }
  const captures = new Captures({ clock: manualClock(), log, post: away, budgetBytes: BUDGET_BYTES })
  const one = (headers: Record<string, string> = {}): ExchangeCapture | undefined =>
    captures.begin({
      exchangeId: exchangeId("req_1"),
      apiKeyId: apiKeyId("key_1"),
      startedAt: 0,
      dialect: "openai-chat",
      incoming: { segments: ["v1", "chat", "completions"], query: new URLSearchParams(), headers },
    })
  return { captures, one }
}

const startOf = (id: string) => ({
  exchangeId: exchangeId(id),
  apiKeyId: apiKeyId("key_1"),
  startedAt: 0,
  dialect: "openai-chat" as const,
  incoming: { segments: ["v1", "chat", "completions"], query: new URLSearchParams(), headers: {} },
})

test("one that the control plane cannot take lets the others go first, and is tried again later and later", async () => {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const clock = manualClock()
  const tried: string[] = []
  const post = {
    send: (_path: string, _type: string, [head]: readonly Buffer[]) => {
      const id = /req_\w+/.exec(String(head))?.[0] ?? ""
      tried.push(id)
      return id === "req_bad" ? Promise.reject(new PostNotTaken("500")) : Promise.resolve({ accepted: [id] })
    },
  }
  const captures = new Captures({ clock, log, post })
  const end = (id: string): void => {
    const capture = captures.begin(startOf(id))
    if (capture !== undefined) captures.end(capture, [])
  }
  for (const id of ["req_bad", "req_a", "req_b"]) end(id)
  await settled()
  expect(tried).toEqual(["req_bad", "req_a", "req_b"])
  // Who comes meanwhile waits for nobody.
  end("req_c")
  await settled()
  expect(tried.slice(3)).toEqual(["req_c"])
  const before = tried.length
  for (let second = 0; second < 60; second += 1) {
    clock.advance(1_000)
    await settled()
  }
  expect(tried.slice(before)).toEqual(tried.slice(before).map(() => "req_bad"))
  expect(tried.length - before).toBeGreaterThan(4)
  expect(tried.length - before).toBeLessThan(12)
  clock.advance(KEEP_UNSENT_MS)
  await settled()
  clock.advance(60_000)
  await settled()
  expect(captures.facts).toEqual({ bytes: 0, waiting: 0 })
})

/** A control plane that takes all but one, of which it only lets the time run out, or breaks off the connection. */
function breakingOff() {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const clock = manualClock()
  const taken: string[] = []
  const post = {
    send: (_path: string, _type: string, [head]: readonly Buffer[]) => {
      const id = /req_\w+/.exec(String(head))?.[0] ?? ""
      if (id === "req_bad") return Promise.reject(new Error("no receipt within 30 seconds"))
      taken.push(id)
      return Promise.resolve({ accepted: [id] })
    },
  }
  const captures = new Captures({ clock, log, post })
  for (const id of ["req_bad", "req_a", "req_b"]) {
    const capture = captures.begin(startOf(id))
    if (capture !== undefined) captures.end(capture, [])
  }
  return { captures, clock, taken }
}

test("one over which the control plane only breaks off holds up no other", async () => {
  const { captures, clock, taken } = breakingOff()
  for (let second = 0; second < 3; second += 1) {
    await settled()
    clock.advance(1_000)
  }
  await settled()
  expect(taken).toEqual(["req_a", "req_b"])
  expect(captures.facts.waiting).toBe(1)
})

test("nor at the end, when what is left is sent", async () => {
  const { captures, taken } = breakingOff()
  await captures.stop(5_000)
  expect(taken).toEqual(["req_a", "req_b"])
})

test("whoever waits for one is told its end where there is no room, with the texts cut", async () => {
  const log = createLogger({ level: "error", format: "json", write: () => undefined })
  const sent: string[] = []
  const post = {
    send: (_path: string, _type: string, [head]: readonly Buffer[]) => {
      sent.push(String(head))
      return Promise.resolve({ accepted: [] })
    },
  }
  const captures = new Captures({ clock: manualClock(), log, post, budgetBytes: LEAST_ROOM_BYTES - 1 })
  expect(captures.hasRoom()).toBe(false)
  expect(captures.begin(startOf("req_any"))).toBeUndefined()
  const capture = captures.begin(startOf("req_awaited"), true)
  if (capture === undefined) throw new Error("none was begun")
  const replay = { of: exchangeId("req_any"), target: "pool", replayId: "rpl_1", outcome: "completed" } as const
  captures.end(capture, [], replay)
  await settled()
  expect(sent[0]).toContain("rpl_1")
})

test("captures of nearly nothing are counted with what they hold beside their texts", async () => {
  const { captures, one } = begin()
  const most = BUDGET_BYTES / 4_096
  for (let turn = 0; turn < 2 * most; turn += 1) {
    const capture = one({ "user-agent": "u".repeat(4_000) })
    if (capture !== undefined) captures.end(capture, [])
  }
  expect(captures.facts.waiting).toBeLessThan(most / 2)
  expect(captures.facts.bytes).toBeGreaterThan(BUDGET_BYTES - 2 * LEAST_ROOM_BYTES)
  await captures.stop(0)
  expect(captures.facts).toEqual({ bytes: 0, waiting: 0 })
})

test("notes are counted, and left out where there is no room", async () => {
  const { captures, one } = begin()
  const capture = one()
  const notes = Array.from({ length: 1_000 }, () => NOTE)
  if (capture === undefined) throw new Error("no room")
  expect(capture.holdNotes(notes)).toBe(false)
  expect(capture.holdNotes(notes.slice(500))).toBe(true)
  captures.end(capture, notes)
  expect(captures.facts.bytes).toBeLessThanOrEqual(BUDGET_BYTES)
  await captures.stop(0)
  expect(captures.facts).toEqual({ bytes: 0, waiting: 0 })
})
