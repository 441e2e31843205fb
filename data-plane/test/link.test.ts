/** The link and what survives without it: snapshots from disk, refused snapshots, renewed tokens, reports that arrive late. */
import { createLogger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import { encodeSnapshotFrame } from "#shared/snapshot-check.ts"
import { startDataPlane, type DataPlane, type DataPlaneOptions } from "#data-plane/data-plane.ts"
import { RENEWAL_WAIT_MS } from "#data-plane/snapshot/credentials.ts"
import { WAITING_MS } from "#data-plane/snapshot/link-outage.ts"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, describe, expect, test } from "vitest"
import { isAnswering } from "../../test/support/seen.ts"
import { waitFor } from "../../test/support/wait-for.ts"
import { answerText, chatBody, errorOf, fetchAnswer } from "./support/client.ts"
import { startLinkServer } from "./support/link-server.ts"
import { configFor, startSystem, type System } from "./support/plane.ts"
import { account, snapshot } from "./support/snapshots.ts"
import { steeredClock } from "./support/steered-clock.ts"

let system: System
const others: DataPlane[] = []
/** Their planes write into them until they have stopped. */
const directories: string[] = []
afterEach(async () => {
  for (const plane of others.splice(0)) await plane.drain(0)
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true })
  await system?.stop()
})

const NOBODY = "http://127.0.0.1:1"
const quiet = createLogger({ level: "error", format: "json", write: () => true })
const ask = (url: string, text = "[[sim:text=served]]") =>
  fetchAnswer(`${url}/v1/chat/completions`, { body: chatBody(text) })
const newest = (): string => join(system.directory, "data-plane", "snapshot.sealed")
const previous = (): string => join(system.directory, "data-plane", "snapshot.previous.sealed")

async function restartWithoutControlPlane(more: object = {}, options: DataPlaneOptions = {}): Promise<DataPlane> {
  const plane = await startDataPlane(configFor(NOBODY, system.directory, more), quiet, options)
  others.push(plane)
  return plane
}

describe("last good snapshot", () => {
  test("with no control plane a restart is ready as soon as it listens, and serves", async () => {
    system = await startSystem()
    await waitFor(() => existsSync(newest()))
    await system.plane.drain(0)
    // Time stands still: it waits for nobody.
    const plane = await restartWithoutControlPlane({}, { clock: steeredClock() })
    expect((await fetchAnswer(`${plane.url}/ready`)).status).toBe(200)
    expect(answerText(await ask(plane.url))).toBe("served")
  })

  test("it is sealed, owner-only, and holds no token in clear", async () => {
    system = await startSystem()
    await waitFor(() => existsSync(newest()))
    const token = system.accounts[0]?.credential?.accessToken ?? "?"
    expect(await readFile(newest(), "utf8")).not.toContain(token)
    expect((await stat(newest())).mode & 0o777).toBe(0o600)
  })

  test("a damaged newest file is put aside and the one before is used", async () => {
    system = await startSystem()
    await waitFor(() => existsSync(newest()))
    await system.push({ settings: { maxConcurrentPerModel: 3 } })
    await waitFor(() => existsSync(previous()))
    await system.plane.drain(0)
    const bytes = await readFile(newest())
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
    await writeFile(newest(), bytes)
    const plane = await restartWithoutControlPlane()
    expect(plane.store.version).toBe(1)
    expect(existsSync(`${newest()}.damaged`)).toBe(true)
    expect(answerText(await ask(plane.url))).toBe("served")
  })

  test("under another link token it is not opened", async () => {
    system = await startSystem()
    await waitFor(() => existsSync(newest()))
    await system.plane.drain(0)
    const plane = await restartWithoutControlPlane({ linkToken: new Secret("laglink_other") })
    expect(plane.store.current).toBeUndefined()
  })
})

describe("without any snapshot", () => {
  test("at a start it waits for the control plane and says so; who stays away is warned about", async () => {
    system = await startSystem()
    const directory = await mkdtemp(join(tmpdir(), "lagrange-alone-"))
    directories.push(directory)
    const clock = steeredClock()
    const lines: { level: string; event: string; reason?: string }[] = []
    const log = createLogger({ level: "debug", format: "json", write: (line) => lines.push(JSON.parse(line)) > 0 })
    others.push(await startDataPlane(configFor(NOBODY, directory), log, { clock }))
    const of = (event: string) => lines.filter((line) => line.event === event)
    await waitFor(() => of("link.waiting").length === 1)
    clock.advance(1_000)
    await waitFor(() => of("link.unreachable").length === 1)
    expect(of("link.lost")).toEqual([])
    clock.advance(WAITING_MS)
    await waitFor(() => of("link.lost").length === 1)
    expect(of("link.waiting")).toMatchObject([{ level: "info" }])
    expect(of("link.lost")).toMatchObject([{ level: "warn", reason: expect.stringContaining("ECONNREFUSED") }])
  })

  test.each<[number, string, string]>([
    [403, JSON.stringify({ error: "A link from another host needs TLS." }), "A link from another host needs TLS."],
    [401, JSON.stringify({ error: "not known" }), "the control plane refuses the link token"],
    [502, "<html>a proxy's own page</html>", "the control plane answered 502"],
    [500, JSON.stringify({ error: "x".repeat(5_000) }), "the control plane answered 500"],
  ])("a control plane that answers %i is told with its reason", async (status, body, reason) => {
    const refusing = createServer((_request, response) => response.writeHead(status).end(body))
    await once(refusing.listen(0, "127.0.0.1"), "listening")
    const directory = await mkdtemp(join(tmpdir(), "lagrange-refused-"))
    directories.push(directory)
    const lines: { event: string; reason?: string }[] = []
    const log = createLogger({ level: "info", format: "json", write: (line) => lines.push(JSON.parse(line)) > 0 })
    const address = refusing.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    others.push(await startDataPlane(configFor(`http://127.0.0.1:${port}`, directory), log))
    const lost = await waitFor(() => lines.find(({ event }) => event === "link.lost"))
    expect(lost.reason).toBe(reason)
    refusing.close()
  })

  test("it says so with a 503 and never a 401, and is ready as soon as one comes", async () => {
    system = await startSystem()
    const directory = await mkdtemp(join(tmpdir(), "lagrange-empty-"))
    directories.push(directory)
    const link = await startLinkServer()
    const plane = await startDataPlane(configFor(link.url, directory), quiet)
    others.push(plane)
    expect((await fetchAnswer(`${plane.url}/live`)).status).toBe(200)
    const ready = await fetchAnswer(`${plane.url}/ready`)
    expect(ready.status).toBe(503)
    expect(JSON.parse(ready.text)).toEqual({ status: "not_ready", reasons: ["no_snapshot"] })
    for (const path of ["/v1/chat/completions", "/v1/messages", "/v1/models"]) {
      const answer = await fetchAnswer(`${plane.url}${path}`, path === "/v1/models" ? {} : { body: chatBody("x") })
      expect(answer.status).toBe(path === "/v1/messages" ? 529 : 503)
      expect(answer.headers["retry-after"]).toBe("2")
    }
    link.push(snapshot({ accounts: system.accounts, settings: { antigravityBaseUrls: [system.simulator.url] } }))
    await waitFor(async () => (await fetchAnswer(`${plane.url}/ready`)).status === 200)
    expect(answerText(await ask(plane.url))).toBe("served")
    await link.stop()
  })
})

describe("snapshots that arrive", () => {
  test("each is acknowledged with its hash", async () => {
    system = await startSystem()
    const ack = await waitFor(() => system.link.find("snapshot-ack")[0])
    expect(ack).toMatchObject({ epoch: 1, version: 1 })
    expect(ack.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  test.each([
    ["another hash", (frame: ReturnType<typeof encodeSnapshotFrame>) => ({ ...frame, hash: "0".repeat(64) })],
    ["another schema", (frame: ReturnType<typeof encodeSnapshotFrame>) => ({ ...frame, schemaVersion: 99 })],
    ["a body that is not JSON", (frame: ReturnType<typeof encodeSnapshotFrame>) => ({ ...frame, body: "{" })],
    ["an older version", (frame: ReturnType<typeof encodeSnapshotFrame>) => ({ ...frame, version: 0 })],
  ])("%s is refused with its reason, and the last good one serves on", async (_name, damage) => {
    system = await startSystem()
    system.link.send(damage(encodeSnapshotFrame(snapshot({ version: 2, accounts: [] }))))
    const refusal = await waitFor(() => system.link.find("snapshot-refuse")[0])
    expect(refusal.reason).not.toBe("")
    expect(system.plane.store.version).toBe(1)
    expect(answerText(await ask(system.url))).toBe("served")
  })

  test("another content under the stamp in force is refused, not acknowledged", async () => {
    system = await startSystem()
    await waitFor(() => system.link.find("snapshot-ack")[0])
    system.link.send(encodeSnapshotFrame(snapshot({ version: 1, accounts: [] })))
    const refusal = await waitFor(() => system.link.find("snapshot-refuse")[0])
    expect(refusal.reason).toMatch(/two databases claim version 1\.1/)
    expect(system.link.find("snapshot-ack")).toHaveLength(1)
    expect(answerText(await ask(system.url))).toBe("served")
  })

  test("a stream of garbage is hung up on and dialled again", async () => {
    system = await startSystem()
    system.link.sendRaw("this is no frame\n")
    await waitFor(() => system.link.connections === 0)
    await waitFor(() => system.link.connections === 1)
    await system.push({ settings: { maxConcurrentPerModel: 5 } })
    expect(answerText(await ask(system.url))).toBe("served")
  })

  test("requests go on while snapshots are swapped under them", async () => {
    system = await startSystem({ accounts: 2, settings: { maxConcurrentPerAccount: 0 } })
    const answers = Promise.all(
      Array.from({ length: 40 }, (_, index) => ask(system.url, `[[sim:delay=${index * 5}]][[sim:text=${index}]]`)),
    )
    for (let swap = 0; swap < 10; swap++) await system.push({ settings: { maxConcurrentPerModel: 50 + swap } })
    expect((await answers).map(answerText)).toEqual(Array.from({ length: 40 }, (_, index) => String(index)))
  })
})

describe("access tokens", () => {
  const renewed = (token: string, generation: number) =>
    system.accounts.map((one, index) =>
      index === 0 ? { ...one, credential: { accessToken: token, expiresAt: Date.now() + 3_600_000, generation } } : one,
    )

  test("a 401 asks for a new token once, and the same account serves with it", async () => {
    system = await startSystem()
    const email = "account-1@example.com"
    system.simulator.expireTokens(email)
    const answer = ask(system.url)
    const refused = await waitFor(() => system.link.find("credential-refused")[0])
    expect(refused).toMatchObject({ accountId: email, generation: 1, again: false })
    await system.push({ accounts: renewed(system.simulator.accessToken(email), 2) })
    expect(answerText(await answer)).toBe("served")
    const record = await waitFor(() => system.link.find("exchange").at(-1))
    expect(record.attempts.map((attempt) => attempt.failureClass)).toEqual(["auth", undefined])
    expect(system.link.find("credential-refused")).toHaveLength(1)
  })

  test("a renewed token that is refused too is reported, and another account serves", async () => {
    system = await startSystem({ accounts: 2 })
    const email = "account-1@example.com"
    system.simulator.script({ fault: { kind: "unauthenticated" }, match: { account: email } })
    const answer = ask(system.url)
    await waitFor(() => system.link.find("credential-refused")[0])
    await system.push({ accounts: renewed(system.simulator.accessToken(email), 2) })
    expect(answerText(await answer)).toBe("served")
    const again = await waitFor(() => system.link.find("credential-refused")[1])
    expect(again).toMatchObject({ accountId: email, generation: 2, again: true })
    const calls = system.simulator.seen().length
    await ask(system.url)
    await ask(system.url)
    expect(
      system.simulator
        .seen()
        .slice(calls)
        .map((seen) => seen.account),
    ).not.toContain(email)
  })

  test("an expired token is never sent", async () => {
    system = await startSystem()
    const email = "account-1@example.com"
    const token = system.simulator.accessToken(email)
    await system.push({
      accounts: [
        {
          ...account(email, token),
          projectId: system.accounts[0]?.projectId,
          credential: { accessToken: token, expiresAt: Date.now() - 1, generation: 2 },
        },
      ] as never,
    })
    const answer = ask(system.url)
    const refused = await waitFor(() => system.link.find("credential-refused")[0])
    expect(refused).toMatchObject({ generation: 2, again: false })
    expect(system.simulator.seen()).toHaveLength(0)
    await system.push({ accounts: renewed(system.simulator.accessToken(email), 3) })
    expect(answerText(await answer)).toBe("served")
    expect(system.simulator.seen()).toHaveLength(1)
  })

  test("without a renewal the answer is a 503, soon, and never a 401", async () => {
    const clock = steeredClock()
    system = await startSystem({ plane: { clock } })
    system.simulator.expireTokens("account-1@example.com")
    const answer = await clock.during(ask(system.url), () => isAnswering(system.simulator))
    expect(answer.status).toBe(503)
    expect(errorOf(answer).code).toBe("no_upstream_account")
    const waited = clock.monotonic()
    expect(waited).toBeLessThan(RENEWAL_WAIT_MS + 1_000)
    // The next one does not wait at all.
    expect((await ask(system.url)).status).toBe(503)
    expect(clock.monotonic()).toBe(waited)
  })

  const refuse = async ({ simulator }: System): Promise<void> => simulator.expireTokens("account-1@example.com")
  const expire = (spoilt: System): Promise<void> =>
    spoilt.push({
      accounts: spoilt.accounts.map((one) => {
        return { ...one, credential: { accessToken: "old", expiresAt: Date.now() - 1, generation: 2 } }
      }),
    })

  test.each([
    ["refused", refuse],
    ["expired", expire],
  ])("a %s one is waited for no longer once the account needs a login, nor is its slot", async (_what, spoil) => {
    // Time stands still: nothing but the snapshot ends a wait.
    system = await startSystem({ plane: { clock: steeredClock() }, settings: { maxConcurrentPerAccount: 1 } })
    await spoil(system)
    const answers = [ask(system.url), ask(system.url)]
    await waitFor(() => system.plane.pool.facts().waiting === 1)
    await system.push({
      accounts: system.accounts.map(({ credential: _credential, ...one }) => {
        return { ...one, usable: false, state: "NEEDS_LOGIN" }
      }),
    })
    for (const answer of await Promise.all(answers)) {
      expect([answer.status, errorOf(answer).code]).toEqual([503, "no_upstream_account"])
    }
  })
})

describe("reports", () => {
  test("made while the control plane is away, they arrive once it is back, each once", async () => {
    system = await startSystem()
    system.link.leave()
    for (let round = 0; round < 3; round++) expect(answerText(await ask(system.url))).toBe("served")
    expect(system.link.find("exchange")).toEqual([])
    system.link.comeBack()
    await waitFor(() => system.link.find("exchange").length === 3, 30_000)
    await waitFor(() => system.link.connections === 1, 30_000)
    expect(new Set(system.link.find("exchange").map((item) => item.exchangeId)).size).toBe(3)
  })

  test("heartbeats tell load and what is served", async () => {
    system = await startSystem()
    const beat = await waitFor(() => system.link.find("heartbeat").find((item) => item.ready))
    expect(beat).toMatchObject({ snapshotEpoch: 1, snapshotVersion: 1, inFlight: 0, reasons: [], url: system.url })
    expect(beat.rssBytes).toBeGreaterThan(1_000_000)
  })
})
