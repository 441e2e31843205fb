/**
 * Clients that leave, in every phase of an exchange and at a random moment of it. What must come back afterwards is counted where it is
 * real: slots by what the data plane tells of itself, streams and connections by the simulator, the rest by who runs the scenario.
 */
import type { ClientRequest } from "node:http"
import { createServer, type Socket } from "node:net"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { SnapshotAccount } from "#shared/snapshot.ts"
import type { SeenRequest } from "#simulator/seen.ts"
import { sequence } from "#simulator/random.ts"
import { open } from "../../data-plane/test/support/client.ts"
import { MODEL, SETTINGS } from "../../data-plane/test/support/snapshots.ts"
import { many } from "../support/many.ts"
import { waitFor } from "../support/wait-for.ts"
import { Clients, type Asking } from "./support/clients.ts"
import { loadOf, type Stage } from "./support/stage.ts"

/** Only an account whose token has expired offers it. */
const EXPIRED_MODEL = "claude-sonnet-4-6"
/** More than any machine takes to get back what a client left. */
const SETTLE_MS = 60_000
/** A random moment within this after the phase has begun, or may have. */
const MOMENT_MS = 80
const LOOK_MS = 5

export const PHASES = ["queue", "token", "connect", "before the first byte", "mid-stream", "between attempts"] as const
export type PhaseName = (typeof PHASES)[number]

export interface DepartureCounts {
  readonly phase: PhaseName
  readonly departures: number
  /** Those whose answer was complete before they left; they are not among the departures. */
  readonly answered: number
  /** From the leaving to the reset that the simulator got, of those that had a call open. */
  readonly resetMs: readonly number[]
  /** The same of clients that call the simulator themselves, in turn with the others: what this machine alone takes. */
  readonly directMs: readonly number[]
}

export interface DepartureResult {
  readonly phases: readonly DepartureCounts[]
  /** A minute later at the latest: exchanges and slots in use by the data plane's own account, and streams open at the simulator. */
  readonly leaked: { readonly exchanges: number; readonly slots: number; readonly streams: number }
}

interface Phase {
  readonly name: PhaseName
  readonly prompt: string
  readonly asking?: Asking
  /** What it leaves a moment after: its first bytes, or the coming of its call to the simulator; undefined: its request. */
  readonly after?: "first-byte" | "call"
  /** Each is followed by one without a gateway between. */
  readonly isCompared?: boolean
  /** The world of this phase; what it gives takes it back. */
  readonly prepare?: (stage: Stage, clients: Clients) => Promise<() => Promise<void>>
}

const RUNS: readonly Phase[] = [
  { name: "queue", prompt: "[[sim:text=ok]]", prepare: takeAllSlots },
  { name: "token", prompt: "[[sim:text=ok]]", asking: { model: EXPIRED_MODEL } },
  { name: "connect", prompt: "[[sim:text=ok]]", prepare: neverConnect },
  {
    name: "before the first byte",
    prompt: "[[sim:fault=hang-before-headers]]",
    asking: { stream: true },
    after: "call",
    isCompared: true,
  },
  {
    name: "mid-stream",
    prompt: "[[sim:words=60]][[sim:chunks=40]][[sim:pause=50]]",
    asking: { stream: true },
    after: "first-byte",
  },
  // The refusal tells a wait of half a second, and the gateway adds as much.
  { name: "between attempts", prompt: "[[sim:fault=rate-limit-short]]", after: "call" },
]

/** `each` in every phase, `width` at once. The stage needs two accounts at least and slots without limit. */
export async function departures(stage: Stage, each: number, width: number): Promise<DepartureResult> {
  const clients = new Clients(stage)
  try {
    await stage.push({ accounts: oneExpired(stage.accounts) })
    const phases: DepartureCounts[] = []
    for (const phase of RUNS) phases.push(await runPhase(stage, clients, phase, each, width))
    return { phases, leaked: await leftOver(stage, clients) }
  } finally {
    clients.close()
  }
}

async function runPhase(
  stage: Stage,
  clients: Clients,
  phase: Phase,
  count: number,
  width: number,
): Promise<DepartureCounts> {
  const random = sequence("departures", phase.name)
  const restore = await phase.prepare?.(stage, clients)
  const begunAt = Date.now()
  const calls = new Calls(stage, begunAt)
  const leftAt = new Map<string, number>()
  const directAt = new Map<string, number>()
  let answered = 0
  await many(count, width, async (index) => {
    const mark = `${phase.name} ${index}.`
    const moment = random() * MOMENT_MS
    const begins = phase.after === "call" ? () => calls.come(mark) : phase.after
    const left = await leaves(clients.open(`${mark} ${phase.prompt}`, phase.asking), moment, begins)
    if (left === undefined) answered += 1
    else leftAt.set(mark, left)
    if (phase.isCompared !== true) return
    const ownMark = `direct ${index}.`
    const direct = await leaves(callDirectly(stage, `${ownMark} ${phase.prompt}`), moment, () => calls.come(ownMark))
    if (direct !== undefined) directAt.set(ownMark, direct)
  })
  await restore?.()
  await waitFor(() => isIdle(stage), SETTLE_MS)
  const seen = stage.simulator.seen().filter(({ at }) => at >= begunAt)
  const [resetMs, directMs] = [resetTimes(seen, leftAt), resetTimes(seen, directAt)]
  return { phase: phase.name, departures: leftAt.size, answered, resetMs, directMs }
}

/** When it left; undefined: its answer was complete before. `begins` is what it leaves a moment after; undefined: at once. */
function leaves(
  request: ClientRequest,
  moment: number,
  begins?: "first-byte" | (() => Promise<unknown>),
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const leave = async (): Promise<void> => {
      await sleep(moment)
      resolve(request.destroyed ? undefined : Date.now())
      request.destroy()
    }
    request.on("error", () => resolve(undefined))
    request.on("response", (message) => {
      message.on("error", () => undefined)
      message.on("end", () => resolve(undefined))
      message.resume()
      if (begins === "first-byte") message.once("data", () => void leave())
    })
    if (begins === undefined) void leave()
    else if (begins !== "first-byte") begins().then(leave, reject)
  })
}

/** The calls of one phase that the simulator got, by their marks. */
class Calls {
  readonly #stage: Stage
  readonly #begunAt: number
  readonly #marks = new Set<string>()
  #newest = 0

  constructor(stage: Stage, begunAt: number) {
    this.#stage = stage
    this.#begunAt = begunAt
  }

  /** Resolves when the one with this mark has come. */
  come(mark: string): Promise<unknown> {
    return waitFor(() => this.#look().has(mark), SETTLE_MS, LOOK_MS)
  }

  /** Newest first, until what is known already. Those whose body is still on its way are looked at again. */
  #look(): ReadonlySet<string> {
    const seen = this.#stage.simulator.seen()
    let newest = seen.at(-1)?.id ?? 0
    for (let place = seen.length - 1; place >= 0; place -= 1) {
      const call = seen[place]
      if (call === undefined || call.id <= this.#newest || call.at < this.#begunAt) break
      const mark = markOf(call)
      if (mark !== undefined) this.#marks.add(mark)
      else newest = Math.min(newest, call.id - 1)
    }
    this.#newest = newest
    return this.#marks
  }
}

function markOf({ body }: SeenRequest): string | undefined {
  return body === undefined ? undefined : /"text":"([^"]*?\.) /.exec(JSON.stringify(body))?.[1]
}

function callDirectly({ simulator, accounts }: Stage, text: string): ClientRequest {
  const [account] = accounts
  return open(`${simulator.url}/v1internal:streamGenerateContent?alt=sse`, {
    anonymous: true,
    headers: {
      authorization: `Bearer ${account?.credential?.accessToken}`,
      "user-agent": SETTINGS.antigravityUserAgent,
    },
    body: { project: account?.projectId, model: MODEL, request: { contents: [{ role: "user", parts: [{ text }] }] } },
  })
}

/** Of the calls that had come when their client left: how much later the simulator saw it. */
function resetTimes(seen: readonly SeenRequest[], leftAt: ReadonlyMap<string, number>): number[] {
  return seen.flatMap((call) => {
    const { at, abortedAfter } = call
    const mark = markOf(call)
    const left = mark === undefined ? undefined : leftAt.get(mark)
    // A call that came later shows how long a busy listener takes to accept, and nothing of resets.
    if (left === undefined || abortedAfter === undefined || at > left) return []
    // Both are whole milliseconds of the same clock; a reset cannot come before the leaving.
    return [Math.max(0, at + abortedAfter - left)]
  })
}

function isIdle(stage: Stage): boolean {
  const { exchanges, slots, streams } = inUse(stage)
  return exchanges === 0 && slots === 0 && streams === 0
}

/** By heartbeats that were written after everything: the newest one may be older than the last departure. */
async function leftOver(stage: Stage, clients: Clients): Promise<DepartureResult["leaked"]> {
  for (let turn = 0; turn < 2; turn += 1) {
    const { length } = stage.link.find("heartbeat")
    await clients.ask("[[sim:text=ok]]")
    await waitFor(() => stage.link.find("heartbeat").length > length, SETTLE_MS)
  }
  await waitFor(() => isIdle(stage), SETTLE_MS).catch(() => undefined)
  return inUse(stage)
}

function inUse(stage: Stage): DepartureResult["leaked"] {
  const { inFlight = 0, inFlightByAccount = {} } = loadOf(stage) ?? {}
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
  return {
    exchanges: inFlight,
    slots: sum(Object.values(inFlightByAccount)),
    streams: sum(Object.values(stage.simulator.concurrency()).map(({ current }) => current)),
  }
}

/** The last account alone offers `EXPIRED_MODEL`, and nothing else, and its token is not renewed. */
function oneExpired(accounts: readonly SnapshotAccount[]): SnapshotAccount[] {
  return accounts.map((account, index) => {
    if (index < accounts.length - 1) return { ...account, disabledModels: [EXPIRED_MODEL] }
    const { credential } = account
    return {
      ...account,
      disabledModels: [MODEL],
      ...(credential === undefined ? {} : { credential: { ...credential, expiresAt: Date.now() - 60_000 } }),
    }
  })
}

/** One slot each, and all of them taken. */
async function takeAllSlots(stage: Stage, clients: Clients): Promise<() => Promise<void>> {
  await stage.push({ settings: { maxConcurrentPerAccount: 1 } })
  const taken = stage.accounts.length - 1
  const holders = Array.from({ length: taken }, (_, index) => {
    return clients.open(`holder ${index} [[sim:fault=hang-before-headers]]`).on("error", () => undefined)
  })
  await waitFor(() => inUse(stage).streams === taken, SETTLE_MS)
  return async () => {
    for (const holder of holders) holder.destroy()
    await waitFor(() => isIdle(stage), SETTLE_MS)
    await stage.push({ settings: { maxConcurrentPerAccount: 0 } })
  }
}

/** An upstream that takes connections and never says a word of TLS. */
async function neverConnect(stage: Stage): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>()
  const mute = createServer((socket) => {
    sockets.add(socket)
    socket.on("error", () => undefined)
    socket.on("close", () => sockets.delete(socket))
    socket.resume()
  })
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve))
  const { port } = mute.address() as AddressInfo // a TCP server that listens has one
  const { simulator } = stage
  await stage.push({ settings: { antigravityBaseUrls: [`https://127.0.0.1:${port}`] } })
  return async () => {
    // The one connection that all waited for is given up by its own time limit.
    await waitFor(() => sockets.size === 0, SETTLE_MS)
    await new Promise((resolve) => mute.close(resolve))
    await stage.push({ settings: { antigravityBaseUrls: [simulator.httpsUrl ?? simulator.url] } })
  }
}
