import { describe, expect, it } from "vitest"
import type { KnownTurn } from "./look-up.ts"
import { mediaDigest } from "./turn-digest.ts"
import { SIGNATURE_TTL_MS, SignatureStore, type SignatureRecord, type SignatureStoreOptions } from "./store.ts"

function createStore(options: Partial<SignatureStoreOptions> = {}) {
  const clock = { time: 1_000_000, now: () => clock.time }
  const records: SignatureRecord[] = []
  const store = new SignatureStore({ clock, onKeep: (record) => void records.push(record), ...options })
  return { clock, store, records }
}

describe("the signature store", () => {
  it("finds a call by its id and a thought by its text, under their lineage and family only", () => {
    const { store } = createStore()
    store.keepCall("a", "gemini-3", "call_1", { signature: "s1", upstreamId: "u1" })
    store.keepThought("a", "claude", "I think.", "s2")
    expect(store.call("a", "gemini-3", "call_1")).toEqual({ signature: "s1", upstreamId: "u1" })
    expect(store.thought("a", "claude", "I think.")).toBe("s2")
    expect(store.hasSeen("a", "gemini-3", "s1")).toBe(true)
    expect(store.hasSeen("a", "claude", "s2")).toBe(true)

    expect(store.call("b", "gemini-3", "call_1")).toBeUndefined()
    expect(store.call("a", "gemini-2.5", "call_1")).toBeUndefined()
    expect(store.call("a", "claude", "call_1")).toBeUndefined()
    expect(store.thought("b", "claude", "I think.")).toBeUndefined()
    expect(store.thought("a", "claude", "I think. ")).toBeUndefined()
    expect(store.hasSeen("b", "gemini-3", "s1")).toBe(false)
    expect(store.hasSeen("a", "claude", "s1")).toBe(false)
  })

  it("finds a turn by what it said, in its own conversation only", () => {
    const { store } = createStore()
    const place = { lineage: "a", family: "gemini-3", session: "s" } as const
    const turn: KnownTurn = { thoughts: [], calls: [{ signature: "s1" }, {}], textSignature: "s2" }
    store.keepTurn(place, "digest", turn)
    expect(store.turn(place, "digest")).toEqual(turn)
    expect(store.hasSeen("a", "gemini-3", "s2")).toBe(true)
    for (const other of [{ lineage: "b" }, { family: "claude" }, { session: "t" }] as const)
      expect(store.turn({ ...place, ...other }, "digest")).toBeUndefined()
    expect(store.turn(place, "other")).toBeUndefined()
  })

  it("finds a picture's signature by its digest", () => {
    const { store } = createStore()
    store.keepMedia("a", "gemini-3", mediaDigest("AAAA"), "s")
    expect(store.media("a", "gemini-3", mediaDigest("AAAA"))).toBe("s")
    expect(store.hasSeen("a", "gemini-3", "s")).toBe(true)
    expect(store.media("b", "gemini-3", mediaDigest("AAAA"))).toBeUndefined()
    expect(store.media("a", "gemini-2.5", mediaDigest("AAAA"))).toBeUndefined()
    expect(store.media("a", "gemini-3", mediaDigest("BBBB"))).toBeUndefined()
  })

  it("cannot be led to another lineage by a lineage's or an id's letters", () => {
    const { store } = createStore()
    store.keepCall('a","gemini-3"]x', "gemini-3", "y", { signature: "s" })
    store.keepCall("a", "gemini-3", "xy", { signature: "t" })
    expect(store.call("a", "gemini-3", 'x"]y')).toBeUndefined()
    expect(store.call("a", "gemini-3", "xy")).toEqual({ signature: "t" })
  })

  it("keeps for a day after the last use", () => {
    const { clock, store } = createStore()
    store.keepThought("a", "claude", "x", "s")
    clock.time += SIGNATURE_TTL_MS - 1
    expect(store.thought("a", "claude", "x")).toBe("s")
    clock.time += SIGNATURE_TTL_MS - 1
    expect(store.thought("a", "claude", "x")).toBe("s")
    clock.time += SIGNATURE_TTL_MS
    expect(store.thought("a", "claude", "x")).toBeUndefined()
  })

  it("lets go of what expired when something new is kept", () => {
    const { clock, store } = createStore()
    for (let index = 0; index < 10; index += 1) store.keepCall("a", "claude", `old-${index}`, { upstreamId: "u" })
    clock.time += SIGNATURE_TTL_MS
    store.keepCall("a", "claude", "new", { upstreamId: "u" })
    expect(store.size).toBe(1)
  })

  it("never holds more than its bytes, and lets the least recently used go first", () => {
    const { store } = createStore({ maxBytes: 10_000 })
    for (let index = 0; index < 1000; index += 1) {
      store.keepCall("a", "claude", `call-${index}`, { upstreamId: "u".repeat(index % 50) })
      store.call("a", "claude", "call-0")
      expect(store.bytes).toBeLessThanOrEqual(10_000)
    }
    expect(store.call("a", "claude", "call-0")).toBeDefined()
    expect(store.call("a", "claude", "call-1")).toBeUndefined()
    expect(store.call("a", "claude", "call-999")).toBeDefined()
  })

  it("counts turns with all that is in them", () => {
    const { store } = createStore({ maxBytes: 100_000 })
    const text = "思".repeat(1000)
    for (let index = 0; index < 1000; index += 1) {
      const place = { lineage: "a", family: "claude", session: `${index}` } as const
      store.keepTurn(place, "d", { thoughts: [{ text, signature: "s".repeat(500) }], calls: [{ upstreamId: "u" }] })
      expect(store.bytes).toBeLessThanOrEqual(100_000)
    }
    expect(store.size).toBeGreaterThan(20)
    expect(store.size).toBeLessThan(100_000 / 2500)
  })

  it("keeps its count right over overwriting and letting go", () => {
    const { clock, store } = createStore()
    for (let round = 0; round < 5; round += 1) store.keepThought("a", "claude", "x", "s".repeat(round * 100))
    clock.time += SIGNATURE_TTL_MS
    store.thought("a", "claude", "x")
    store.keepCall("a", "claude", "c", {})
    const { bytes } = store
    const fresh = createStore().store
    fresh.keepCall("a", "claude", "c", {})
    expect([store.size, bytes]).toEqual([1, fresh.bytes])
  })

  it("does not keep what is larger than all of it", () => {
    const { store } = createStore({ maxBytes: 1000 })
    store.keepThought("a", "claude", "x", "s".repeat(2000))
    expect(store.thought("a", "claude", "x")).toBeUndefined()
    expect(store.bytes).toBeLessThanOrEqual(1000)
  })

  it("comes back from its records, without what is too old", () => {
    const { clock, store, records } = createStore()
    store.keepThought("a", "claude", "old", "s1")
    clock.time += 1000
    store.keepCall("a", "claude", "call_1", { upstreamId: "u" })
    const later = createStore()
    later.clock.time = 1_000_000 + SIGNATURE_TTL_MS
    for (const record of records) later.store.restore(record)
    expect(later.store.thought("a", "claude", "old")).toBeUndefined()
    expect(later.store.call("a", "claude", "call_1")).toEqual({ upstreamId: "u" })
    expect(later.records).toEqual([])
  })

  it("tells what is used again after an hour, and not more often", () => {
    const reused: SignatureRecord[] = []
    const { clock, store, records } = createStore({ onReuse: (record) => reused.push(record) })
    store.keepCall("a", "claude", "call_1", { upstreamId: "u" })
    clock.time += 59 * 60_000
    store.call("a", "claude", "call_1")
    clock.time += 60 * 60_000
    store.call("a", "claude", "call_1")
    store.call("a", "claude", "call_1")
    expect(reused).toEqual([{ key: records[0]?.key, value: { upstreamId: "u" }, usedAt: clock.time }])
    expect(records).toHaveLength(1)
  })

  it("learns nothing older than it knows", () => {
    const { store, records, clock } = createStore()
    store.keepThought("a", "claude", "x", "s2")
    const [{ key } = { key: "" }] = records
    store.restore({ key, value: { signature: "s1" }, usedAt: clock.time - 1 })
    expect(store.thought("a", "claude", "x")).toBe("s2")
    store.restore({ key, value: { signature: "s3" }, usedAt: clock.time })
    expect(store.thought("a", "claude", "x")).toBe("s3")
  })
})
