import { createLogger } from "#shared/log.ts"
import { accountId, apiKeyId } from "#shared/ids.ts"
import type { SharingLoad } from "#shared/link-protocol.ts"
import type { StoreAddress } from "#shared/store-address.ts"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { waitFor } from "../../../test/support/wait-for.ts"
import type { ConversationFact } from "../pool/affinity.ts"
import type { SignatureRecord } from "../signatures/store.ts"
import { manualClock, type ManualClock } from "../testing/manual-clock.ts"
import { SILENCE_MS } from "./connection.ts"
import { OUTBOX_FACTS } from "./outbox.ts"
import { REFUSED_WAIT_MS, Sharing } from "./sharing.ts"
import { redialDelayMs } from "../snapshot/link-state.ts"
import { startFakeStore, type FakeStore } from "./testing/fake-store.ts"

const PEPPER: Buffer = Buffer.alloc(32, "the pepper of one installation")
const OTHER_PEPPER: Buffer = Buffer.alloc(32, "the pepper of another installation")

let clock: ManualClock
let store: FakeStore
let nodes: Node[]
beforeEach(async () => {
  clock = manualClock()
  store = await startFakeStore()
  nodes = []
})
afterEach(async () => {
  await Promise.all(nodes.map(({ sharing }) => sharing.stop(0)))
  await store.stop()
  // The limits of their stops.
  clock.advance(0)
  expect(clock.pending).toBe(0)
})

interface Node {
  readonly sharing: Sharing
  readonly records: SignatureRecord[]
  readonly facts: ConversationFact[]
  readonly lines: { readonly event: string; readonly level: string; readonly reason?: string }[]
  /** As they were told to have changed. */
  readonly states: SharingLoad[]
}

function start(boot: string, more: { pepper?: Buffer; address?: StoreAddress } = {}): Node {
  const { pepper = PEPPER, address = store.address } = more
  const node: Omit<Node, "sharing"> = { records: [], facts: [], lines: [], states: [] }
  const sharing: Sharing = new Sharing({
    address,
    certificateAuthorities: undefined,
    boot,
    clock,
    random: () => 1,
    log: createLogger({
      level: "debug",
      format: "json",
      write: (line) => void node.lines.push(JSON.parse(line) as Node["lines"][number]), // a line of our log
    }),
    signatures: { restore: (record) => node.records.push(record) },
    pool: { learn: (fact) => node.facts.push(fact) },
    onChange: () => void node.states.push(sharing.state),
  })
  nodes.push({ ...node, sharing })
  sharing.adopt(pepper)
  return { ...node, sharing }
}

/** Time passes slowly meanwhile: what is gathered goes, and no silence is long, however slow the machine is. */
const until = (isSo: () => boolean): Promise<unknown> =>
  waitFor(
    () => {
      clock.advance(0.15)
      return isSo()
    },
    30_000,
    1,
  )

const failuresOf = (node: Node): number => events(node).filter((event) => /lost|unreachable/.test(event)).length

/** The pause before the next try passes. */
function redial(...all: readonly Node[]): void {
  for (const node of all) clock.advance(redialDelayMs(failuresOf(node), 1))
}

async function started(boot: string, more: { pepper?: Buffer; address?: StoreAddress } = {}): Promise<Node> {
  const node = start(boot, more)
  await until(() => node.sharing.state.isUp)
  return node
}

const signature = (key: string, value = `signature-${key}`): { type: "signature"; record: SignatureRecord } => ({
  type: "signature",
  record: { key, value: { signature: value }, usedAt: clock.now() },
})
const home = (conversation: string, account = "account"): ConversationFact => ({
  type: "home",
  conversation,
  key: apiKeyId("key"),
  home: accountId(account),
  usedAt: clock.now(),
})
const events = ({ lines }: Node, level?: string): string[] =>
  lines.filter((line) => level === undefined || line.level === level).map(({ event }) => event)
const ups = ({ states }: Node): boolean[] => states.map(({ isUp }) => isUp)
const reasons = ({ lines }: Node): unknown[] => lines.flatMap((line) => (line.level === "warn" ? [line.reason] : []))

describe("data planes that share a store", () => {
  test("hear what others learnt, and of homes what they did themselves, in one order", async () => {
    const one = await started("one")
    const two = await started("two")
    const known = signature("a")
    const [first, second] = [home("first"), home("second")]
    for (const fact of [known, first, second]) one.sharing.tell(fact)
    await until(() => two.facts.length === 2)
    const release: ConversationFact = { type: "release", of: { conversation: "first" } }
    two.sharing.tell(release)
    await until(() => one.facts.length === 3 && two.facts.length === 3)
    expect([one.facts, two.facts]).toEqual([
      [first, second, release],
      [first, second, release],
    ])
    expect([one.records, two.records]).toEqual([[], [known.record]])
    expect(ups(one)).toEqual([true])
    expect(one.sharing.counts).toEqual({ sent: 3, received: 1, dropped: 0, unreadable: 0 })
    expect(two.sharing.counts).toEqual({ sent: 1, received: 3, dropped: 0, unreadable: 0 })
  })

  test("know at their start what was told before", async () => {
    const one = await started("one")
    // More than a page of entries: each has one of its own.
    for (let serial = 0; serial < 40; serial++) one.sharing.tell(signature(`key ${serial}`, "x".repeat(40_000)))
    await until(() => one.sharing.counts.sent === 40)
    expect(store.entries).toHaveLength(40)
    const two = await started("two")
    await until(() => two.records.length === 40)
    expect(two.records.map(({ key }) => key)).toEqual(Array.from({ length: 40 }, (_none, serial) => `key ${serial}`))
  })

  test("put nothing into it that anybody else can read", async () => {
    const one = await started("one")
    const canaries = ["canary-conversation-name", "canary-signature-text", "canary-account-name", "canary-digest-of-it"]
    one.sharing.tell({ ...home(canaries[0] ?? "", canaries[2]) })
    one.sharing.tell(signature(canaries[3] ?? "", canaries[1]))
    await until(() => store.entries.length > 0 && one.sharing.counts.sent === 2)
    const held = JSON.stringify(store.entries)
    for (const canary of canaries) {
      for (const form of [canary, Buffer.from(canary).toString("base64url").slice(0, 20)])
        expect(held).not.toContain(form)
    }
  })

  test("leave what does not open or is none of theirs, and go on", async () => {
    const other = await started("other", { pepper: OTHER_PEPPER })
    other.sharing.tell(signature("of another installation"))
    await until(() => store.entries.length === 1)
    store.add("by", "somebody")
    store.add("facts", "s1.AAAA", "by", "x")
    store.add("by", "somebody", "facts", "x".repeat(3_000_000))
    const one = await started("one")
    const two = await started("two")
    one.sharing.tell(signature("a"))
    await until(() => two.records.length === 1)
    expect(two.sharing.counts).toMatchObject({ received: 1, unreadable: 4 })
    expect([...reasons(one), ...reasons(two)]).toEqual([])
  })

  test("begin anew with the snapshot of another installation", async () => {
    const one = await started("one")
    one.sharing.adopt(PEPPER)
    expect(one.sharing.state.isUp).toBe(true)
    one.sharing.tell(signature("of the one before"))
    one.sharing.adopt(OTHER_PEPPER)
    expect(one.sharing.counts.dropped).toBe(1)
    await until(() => failuresOf(one) === 1)
    redial(one)
    await until(() => one.sharing.state.isUp)
    one.sharing.tell(signature("a"))
    const other = await started("other", { pepper: OTHER_PEPPER })
    await until(() => other.records.length === 1)
  })
})

describe("a store that", () => {
  test("is silent is left after a while, said once, and found again", async () => {
    const one = await started("one")
    const two = await started("two")
    store.mood = "silent"
    one.sharing.tell(signature("meanwhile"))
    await until(() => store.asked.includes("XADD"))
    clock.advance(SILENCE_MS)
    await until(() => failuresOf(one) === 1)
    for (let failures = 2; failures < 5; failures++) {
      const before = store.asked.length
      redial(one)
      await until(() => store.asked.length > before)
      clock.advance(SILENCE_MS)
      await until(() => failuresOf(one) === failures)
    }
    expect(reasons(one)).toEqual(["it does not answer"])
    // Since the first failure, however many tries there were.
    expect(ups(one)).toEqual([true, false])
    expect(one.sharing.state).toMatchObject({ isUp: false, reason: "it does not answer" })
    expect(one.sharing.state.since).toBeLessThanOrEqual(clock.now() - 3 * SILENCE_MS)
    const lostAt = clock.now()
    store.mood = "well"
    redial(one)
    await until(() => one.sharing.state.isUp && one.sharing.counts.sent === 1)
    await until(() => failuresOf(two) > 0)
    redial(two)
    await until(() => two.records.length === 1)
    expect(one.sharing.counts).toMatchObject({ sent: 1, dropped: 0 })
    expect(events(one, "info")).toEqual(["sharing.opened", "sharing.opened"])
    expect(Object.keys(one.sharing.state)).toEqual(["isUp", "since"])
    expect(one.sharing.state.since).toBeGreaterThan(lostAt)
  })

  test("takes nothing more is told of once, and gets all of it when it does", async () => {
    const one = await started("one")
    const two = await started("two")
    store.mood = "full"
    one.sharing.tell(home("a"))
    await until(() => events(one, "warn").length > 0)
    one.sharing.tell(signature("b"))
    const tries = (): number => store.asked.filter((word) => word === "XADD").length
    clock.advance(REFUSED_WAIT_MS)
    await until(() => tries() === 2)
    expect(reasons(one)).toEqual(["it answers OOM"])
    expect([ups(one), ups(two), one.sharing.state.reason]).toEqual([[true, false], [true], "it answers OOM"])
    store.mood = "well"
    store.wake()
    await until(() => store.asked.filter((word) => word === "XREAD").length >= 6)
    clock.advance(REFUSED_WAIT_MS)
    await until(() => two.facts.length === 1 && two.records.length === 1)
    expect(events(one, "info")).toEqual(["sharing.opened", "sharing.resumed"])
    expect(one.sharing.state.isUp).toBe(true)
  })

  test("starts empty is read from its new begin", async () => {
    const one = await started("one")
    for (const key of ["a", "b", "c"]) one.sharing.tell(signature(key, "x".repeat(40_000)))
    await until(() => one.sharing.counts.sent === 3)
    const two = await started("two")
    await until(() => two.records.length === 3)
    store.restart()
    await until(() => failuresOf(one) === 1 && failuresOf(two) === 1)
    one.sharing.tell(signature("d"))
    redial(one, two)
    await until(() => two.records.length === 4)
    expect(reasons(two)).toHaveLength(1)
  })

  test.each([
    ["loading", "it answers LOADING"],
    ["http", "it speaks another protocol"],
    ["closed to readers", "it refuses the user or the password of VALKEY_URL (NOPERM)"],
  ] as const)("is %s is none yet", async (mood, reason) => {
    store.mood = mood
    const one = start("one")
    await until(() => reasons(one).length > 0)
    expect(reasons(one)).toEqual([reason])
    expect(one.states).toEqual([{ isUp: false, since: expect.any(Number), reason }])
    await until(() => store.connections === 0)
    store.mood = "well"
    redial(one)
    await until(() => one.sharing.state.isUp)
  })

  test("refuses the password is told of without it", async () => {
    const password = "canary-wrong-password"
    const one = start("one", { address: { ...store.address, user: "canary-user-of-it", password } })
    await until(() => reasons(one).length > 0)
    expect(reasons(one)).toEqual(["it refuses the user or the password of VALKEY_URL (WRONGPASS)"])
    expect(JSON.stringify([one.lines, one.states])).not.toMatch(/canary/)
    expect(one.states).toMatchObject([{ isUp: false, reason: reasons(one)[0] }])
  })

  test("is not there costs a bounded memory, and what is lost is counted", async () => {
    await store.stop()
    const one = start("one")
    await until(() => reasons(one).length > 0)
    expect(reasons(one)).toEqual(["it cannot be reached (ECONNREFUSED)"])
    for (let serial = 0; serial < OUTBOX_FACTS + 7; serial++) one.sharing.tell(home(`conversation ${serial}`))
    expect(one.sharing.counts).toMatchObject({ sent: 0, dropped: 7 })
    store = await startFakeStore()
  })
})
