import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { JOURNAL_DELAY_MS, SignatureJournal } from "./journal.ts"
import type { KnownTurn } from "./look-up.ts"
import { readRecord } from "./read-record.ts"
import { SIGNATURE_TTL_MS, SignatureStore } from "./store.ts"

let directory: string
let clock: ManualClock
let lines: string[]
const file = () => join(directory, "data-plane", "signatures.sealed")

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "lagrange-signatures-"))
  clock = manualClock()
  lines = []
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** A process's life. */
function start(token = "a-link-token", maxBytes?: number) {
  const log = createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) })
  const journal = new SignatureJournal({ dataDirectory: directory, linkToken: new Secret(token), clock, log })
  const store = new SignatureStore({
    clock,
    onKeep: (record) => journal.add(record),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  })
  journal.load(store)
  return { journal, store }
}

const PLACE = { lineage: "a", family: "gemini-3", session: "s" } as const
const TURN: KnownTurn = {
  thoughts: [{ text: "I think.", signature: "s" }],
  calls: [{ signature: "t", upstreamId: "up" }, {}],
  textSignature: "u",
}
const CALL = { position: 0, signature: "sig", upstreamId: "up", thoughts: [{ text: "I think.", signature: "claude" }] }

describe("the signature journal", () => {
  it("brings the store back after a restart (G172)", async () => {
    const first = start()
    first.store.keepCall("a", "claude", "c1", CALL)
    first.store.keepThought("a", "claude", "I think. 数据", "sig-2")
    first.store.keepTurn(PLACE, "digest", TURN)
    await first.journal.close()
    const { store } = start()
    expect(store.turn(PLACE, "digest")).toEqual(TURN)
    expect(store.turn({ ...PLACE, lineage: "b" }, "digest")).toBeUndefined()
    expect(store.call("a", "claude", "c1")).toEqual(CALL)
    expect(store.thought("a", "claude", "I think. 数据")).toBe("sig-2")
    expect(store.hasSeen("a", "claude", "sig-2")).toBe(true)
    expect(store.call("b", "claude", "c1")).toBeUndefined()
  })

  it("writes behind, in one go, without being closed", async () => {
    const { store, journal } = start()
    store.keepCall("a", "claude", "c1", CALL)
    store.keepCall("a", "claude", "c2", CALL)
    await expect(stat(file())).rejects.toThrow("ENOENT")
    clock.advance(JOURNAL_DELAY_MS)
    await journal.close()
    expect(clock.pending).toBe(0)
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect(start().store.size).toBe(store.size)
  })

  it("shows nothing of what it holds", async () => {
    const { store, journal } = start()
    // Long, so that sealed bytes do not spell it by chance.
    const signature = "signature-of-the-call"
    store.keepCall("lineage-a", "claude", "call-1", { ...CALL, signature })
    await journal.close()
    const text = await readFile(file(), "utf8")
    for (const secret of [signature, "I think.", "lineage-a", "call-1", "claude"]) expect(text).not.toContain(secret)
  })

  it("forgets what is damaged, torn or under another token, and goes on", async () => {
    const first = start()
    first.store.keepThought("a", "claude", "one", "s1")
    await first.journal.close()
    const { size } = await stat(file())
    first.store.keepThought("a", "claude", "two", "s2")
    await first.journal.close()
    await truncate(file(), size + 20)
    const second = start()
    expect([second.store.thought("a", "claude", "one"), second.store.thought("a", "claude", "two")]).toEqual([
      "s1",
      undefined,
    ])
    second.store.keepThought("a", "claude", "three", "s3")
    await second.journal.close()
    const third = start()
    expect(third.store.thought("a", "claude", "three")).toBe("s3")
    expect(start("another-token").store.size).toBe(0)
    await writeFile(file(), "nonsense\n\n\u0000")
    expect(start().store.size).toBe(0)
    expect(lines.join("\n")).toContain("signatures.forgotten")
  })

  it("takes of another version's record what it knows, and of a turn all or nothing", () => {
    const read = (value: unknown) => readRecord({ key: "k", usedAt: 1, value })?.value
    expect(readRecord({ key: "k", usedAt: "1", value: {} })).toBeUndefined()
    expect(read({ signature: "s", position: 1, later: true })).toEqual({ signature: "s", position: 1 })
    expect(read({ turn: TURN })).toEqual({ turn: TURN })
    for (const broken of [
      { ...TURN, calls: [null] },
      { ...TURN, thoughts: [{ text: "x" }] },
      { ...TURN, calls: undefined },
    ])
      expect(read({ turn: broken })).toEqual({})
  })

  it("does not bring back what is older than a day", async () => {
    const first = start()
    first.store.keepThought("a", "claude", "one", "s1")
    await first.journal.close()
    clock.advance(SIGNATURE_TTL_MS)
    expect(start().store.size).toBe(0)
  })

  it("stays within a multiple of what the store holds", async () => {
    const { store, journal } = start("a-link-token", 100_000)
    const signature = "s".repeat(20_000)
    for (let index = 0; index < 400; index += 1) {
      store.keepCall("a", "claude", `c${index}`, { upstreamId: signature })
      if (index % 50 === 0) await journal.close()
    }
    await journal.close()
    expect((await stat(file())).size).toBeLessThan(6 * 1024 * 1024)
    const again = start("a-link-token", 100_000).store
    expect(again.call("a", "claude", "c399")).toEqual({ upstreamId: signature })
  })

  it("holds no more than the store does while the disk is slow, and then writes that", async () => {
    const { store, journal } = start()
    for (let index = 0; index < 5000; index += 1) {
      store.keepThought("a", "claude", "one", `s${index}`)
      store.keepThought("a", "claude", `other ${index % 10}`, "s")
    }
    clock.advance(JOURNAL_DELAY_MS)
    // While that is written.
    store.keepThought("a", "claude", "last", "s-last")
    await journal.close()
    const written = (await readFile(file(), "utf8")).split("\n").filter((line) => line !== "")
    expect(written.length).toBeLessThanOrEqual(store.size + 2)
    const again = start().store
    expect(again.size).toBe(store.size)
    expect([again.thought("a", "claude", "one"), again.thought("a", "claude", "last")]).toEqual(["s4999", "s-last"])
  })

  it("is never an error where it cannot write", async () => {
    await writeFile(join(directory, "data-plane"), "a file in the way")
    const { store, journal } = start()
    store.keepThought("a", "claude", "one", "s1")
    await journal.close()
    store.keepThought("a", "claude", "two", "s2")
    await journal.close()
    expect(store.thought("a", "claude", "one")).toBe("s1")
    expect(lines.filter((line) => line.includes("signatures.not-written"))).toHaveLength(1)
  })
})
