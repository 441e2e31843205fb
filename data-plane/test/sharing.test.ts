/** Two data planes and a real store between them: what one learnt of a conversation the other has, and without the store all is served. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { readConfig } from "#data-plane/config.ts"
import { startDataPlane, type DataPlane } from "#data-plane/data-plane.ts"
import { CHAT, list, type Wire } from "#data-plane/dialects/testing/speeches.ts"
import { createLogger } from "#shared/log.ts"
import { startValkey, type Valkey } from "../../test/support/valkey.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { fetchAnswer } from "./support/client.ts"
import { LINK_TOKEN } from "./support/link-server.ts"
import { startSurroundings, type Surroundings } from "./support/surroundings.ts"

const CLAUDE = "claude-sonnet-4-6"
const GEMINI = "gemini-3-flash"
const SENTINEL = "skip_thought_signature_validator"
/** The store holds none of these as it is. */
const CANARIES = ["canary-of-a-thought-in-full", "canary-conversation-name", "account-1@example.com"]

let surroundings: Surroundings
let valkey: Valkey
let one: DataPlane
let other: DataPlane
const planes: DataPlane[] = []
const directories: string[] = []
let lines: string[] = []
let conversations = 0

beforeAll(async () => {
  ;[surroundings, valkey] = await Promise.all([startSurroundings({ accounts: 6 }), startValkey()])
  one = await start()
  other = await start()
  await areSharing(one, other)
})
afterAll(async () => {
  await Promise.all(planes.map((plane) => plane.drain(0)))
  await valkey?.kill()
  await surroundings?.stop()
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })))
})

/** As its environment says, on a disk of its own. */
async function start(more: Readonly<Record<string, string>> = { VALKEY_URL: valkey.url }): Promise<DataPlane> {
  const directory = await mkdtemp(join(tmpdir(), "lagrange-sharing-"))
  directories.push(directory)
  const config = readConfig(() => undefined, {
    PORT: "0",
    CONTROL_URL: surroundings.link.url,
    LINK_TOKEN,
    DATA_DIR: directory,
    METRICS_PORT: "0",
    ...more,
  })
  const log = createLogger({ level: "debug", format: "json", write: (line) => void lines.push(line) })
  const plane = await startDataPlane(config, log)
  planes.push(plane)
  await waitFor(() => plane.store.version > 0)
  return plane
}

async function metric(plane: DataPlane, name: string): Promise<number> {
  const page = await (await fetch(`${plane.metricsUrl}`)).text()
  return Number(new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\d+)$`, "m").exec(page)?.[1])
}
const isSharing = async (plane: DataPlane): Promise<boolean> => (await metric(plane, "lagrange_sharing_up")) === 1
const count = (plane: DataPlane, result: string): Promise<number> =>
  metric(plane, `lagrange_shared_facts_total{result="${result}"}`)

const areSharing = (...all: DataPlane[]): Promise<unknown> =>
  waitFor(async () => (await Promise.all(all.map(isSharing))).every((isOne) => isOne))

/** Until another data plane has all that one of them has told: what is told now, with a home of its own, comes last. */
async function isHeard(by: DataPlane): Promise<void> {
  const { exchangeId } = await turn(one, nextName(), GEMINI, [CHAT.ask("[[sim:text=ok]]")])
  const { conversation = "" } = await waitFor(() =>
    surroundings.link.find("exchange").find((record) => record.exchangeId === exchangeId),
  )
  await waitFor(() => by.pool.homeOf(conversation))
}

const told = () => surroundings.link.find("heartbeat")

interface Turn {
  readonly call: Wire
  readonly exchangeId: unknown
  readonly account: string | undefined
  /** Signatures that went upstream with it. */
  readonly signatures: readonly unknown[]
}

interface Begun extends Turn {
  readonly history: readonly Wire[]
}

async function turn(plane: DataPlane, conversation: string, model: string, history: readonly Wire[]): Promise<Turn> {
  const headers = { "x-session-id": conversation }
  const answer = await fetchAnswer(`${plane.url}/v1/chat/completions`, { headers, body: CHAT.request(model, history) })
  expect(answer.status, answer.text).toBe(200)
  const [message = {}] = CHAT.turn(JSON.parse(answer.text) as Wire) // a whole answer of this dialect
  const last = surroundings.simulator.seen().at(-1)
  const body = last?.body as { request: { contents: unknown } } // the envelope that we made
  const signatures = list(body.request.contents).flatMap(({ parts }) =>
    list(parts).flatMap(({ thoughtSignature }) => thoughtSignature ?? []),
  )
  const exchangeId = answer.headers["x-request-id"]
  return { exchangeId, call: list(message["tool_calls"] ?? [])[0] ?? {}, account: last?.account, signatures }
}

const nextName = (): string => `${CANARIES[1]} ${++conversations}`

/** A conversation that begins with a call of a tool: what a client knows of it that keeps nothing but the call. */
async function begin(plane: DataPlane, conversation: string, model: string): Promise<Begun> {
  const prompt = `[[sim:think=${CANARIES[0]} ${conversation}.]][[sim:call=get_weather {"city":"Bern"}]][[sim:then]][[sim:text=Done.]]`
  const first = await turn(plane, conversation, model, [CHAT.ask(prompt)])
  const { id, type, function: called } = first.call
  const { name, arguments: given } = called as Wire // of a chat's call
  const said = { role: "assistant", content: null, tool_calls: [{ id, type, function: { name, arguments: given } }] }
  return { ...first, history: [CHAT.ask(prompt), said, CHAT.result(String(id), "get_weather")] }
}

test("what was begun at one goes on at the others, at its account and with its signatures, as VALKEY_URL says", async () => {
  // Whoever knows nothing begins with the first account, and this one is not there any more.
  for (let turns = 0; turns < 2; turns++) await turn(one, nextName(), GEMINI, [CHAT.ask("[[sim:text=ok]]")])
  const models = [GEMINI, CLAUDE]
  const names = models.map(nextName)
  const begun: Begun[] = []
  for (const [index, model] of models.entries()) begun.push(await begin(one, names[index] ?? "", model))
  await isHeard(other)
  const goOn = async (plane: DataPlane): Promise<Turn[]> => {
    const turns = []
    for (const [index, model] of models.entries())
      turns.push(await turn(plane, names[index] ?? "", model, begun[index]?.history ?? []))
    return turns
  }
  const accounts = begun.map(({ account }) => account)
  const elsewhere = await goOn(other)
  expect(elsewhere.map(({ account }) => account)).toEqual(accounts)
  for (const { signatures } of elsewhere) {
    expect(signatures).toHaveLength(1)
    expect(signatures).not.toContain(SENTINEL)
  }

  // One that begins with an empty disk knows them too; one without a store does not.
  const late = await start()
  await isHeard(late)
  const later = await goOn(late)
  expect(later.map(({ account, signatures }) => [account, signatures])).toEqual(
    elsewhere.map(({ account, signatures }) => [account, signatures]),
  )
  const alone = await start({})
  const missed = await goOn(alone)
  expect(missed.map(({ signatures }) => signatures)).toEqual([[SENTINEL], []])
  for (const [index, { account }] of missed.entries()) expect(account).not.toBe(accounts[index])
  expect(await metric(alone, "lagrange_sharing_up")).toBeNaN()
  // So the control plane counts a conversation once, though each of them tells of it, and shows how that goes.
  await waitFor(() => told().some((beat) => beat.sharesConversations === true && beat.sharing?.isUp === true))
  await waitFor(() => told().some((beat) => beat.sharesConversations === false && beat.sharing === undefined))
})

test("the store holds nothing that can be read, and what others write to it is left alone", async () => {
  const conversation = nextName()
  const begun = await begin(one, conversation, GEMINI)
  await isHeard(other)
  const [stream] = (await valkey.ask(["KEYS", "*"])) as string[] // the one that is there
  const held = JSON.stringify(await valkey.ask(["XRANGE", stream ?? "", "-", "+"]))
  expect(held.length).toBeGreaterThan(1_000)
  for (const secret of [...CANARIES, String(begun.call["id"])]) {
    expect(held).not.toContain(secret)
    expect(held).not.toContain(Buffer.from(secret).toString("base64url").slice(0, 18))
  }
  const before = await count(other, "unreadable")
  await valkey.ask(["XADD", stream ?? "", "*", "by", "somebody", "facts", "s1.AAAA"])
  await valkey.ask(["XADD", stream ?? "", "*", "by", "somebody", "facts", "x".repeat(3_000_000)])
  await valkey.ask(["XADD", stream ?? "", "*", "hello", "world"])
  await waitFor(async () => (await count(other, "unreadable")) === before + 3)
  expect((await turn(other, conversation, GEMINI, begun.history)).account).toBe(begun.account)
})

test("killed, empty after a restart, and paused in the middle: all is served, and sharing comes back", async () => {
  lines = []
  const before = Date.now()
  await valkey.kill()
  await waitFor(async () => !(await isSharing(one)) && !(await isSharing(other)))
  const lost = await waitFor(() => told().find(({ sharing }) => /ECONNREFUSED/.test(sharing?.reason ?? ""))?.sharing)
  expect(lost).toEqual({ isUp: false, since: expect.any(Number), reason: "it cannot be reached (ECONNREFUSED)" })
  expect(lost.since).toBeGreaterThanOrEqual(before)
  const atNight = nextName()
  const begun = await begin(one, atNight, GEMINI)
  expect((await turn(other, nextName(), GEMINI, begun.history)).signatures).toEqual([SENTINEL])
  await valkey.start()
  await areSharing(one, other)
  const found = await waitFor(() => told().find(({ sharing }) => sharing?.isUp && sharing.since > lost.since)?.sharing)
  expect(found).toEqual({ isUp: true, since: expect.any(Number) })
  // What was learnt meanwhile has waited.
  const wasHeard = async (conversation: string, { account, history }: Begun): Promise<void> => {
    await isHeard(other)
    const next = await turn(other, conversation, GEMINI, history)
    expect([next.account, next.signatures.length, next.signatures.includes(SENTINEL)]).toEqual([account, 1, false])
  }
  await wasHeard(atNight, begun)

  valkey.pause()
  const asleep = nextName()
  const paused = await begin(one, asleep, GEMINI)
  expect((await turn(other, nextName(), GEMINI, paused.history)).signatures).toEqual([SENTINEL])
  valkey.resume()
  await wasHeard(asleep, paused)
  expect(surroundings.simulator.seen().filter(({ outcome }) => outcome?.status !== 200)).toEqual([])
  expect(lines.filter((line) => line.includes('"level":"error"'))).toEqual([])
  expect(JSON.stringify(told())).not.toContain(new URL(valkey.url).password)
})
