/**
 * The simulator: a strict fake of the Antigravity upstream (Cloud Code Assist `v1internal`) on real sockets, with its
 * OAuth server. It refuses what the real one refuses with the recorded bodies, meters quota in both windows, signs
 * thoughts and checks that signatures come back unaltered, and plays faults.
 *
 * - It is written from the protocol document and shares no code with the gateway; it is never imported by a plane.
 * - Everything is decided by the seed and the request; time is injected; nothing is global.
 * - Client versions: the User-Agent is free text and the first `name/x.y.z` in it counts. Below `newerModelsVersion`
 *   (0.1.0) newer models are hidden and 404; below `supportedVersion` (0.0.1, so also without any version) every
 *   answer is the "no longer supported" text.
 *
 * `docs/reference/simulator.md` lists endpoints, prompt language, faults and rules.
 */
import type { AccountInput, SimulatedAccount } from "./accounts.ts"
import { makeCertificate } from "./certificate.ts"
import { stateOf } from "./control.ts"
import type { FaultScript } from "./faults.ts"
import { answer } from "./routes.ts"
import type { Concurrency, RefusedRequest, SeenRequest } from "./seen.ts"
import { listen } from "./server.ts"
import type { TrafficCounts } from "./traffic.ts"
import { World } from "./world.ts"
import type { WorldOptions } from "./world.ts"

/** Options of `startSimulator`; everything has a default. */
export interface SimulatorOptions extends WorldOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Port of clear-text HTTP/1.1 and HTTP/2. Default 0 = any free one. */
  readonly port?: number
  /** Port of TLS with ALPN; undefined = no TLS. 0 = any free one. */
  readonly tlsPort?: number
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:…`, for every endpoint: API, OAuth, token, userinfo, control. */
  readonly url: string
  readonly port: number
  readonly httpsUrl: string | undefined
  /** PEM of the authority of `httpsUrl`. */
  readonly ca: string | undefined
  /** The state behind it, for tests in the same process. */
  readonly world: World
  addAccount(input: AccountInput): SimulatedAccount
  /** A fresh access token. Throws a RangeError when there is no such account. */
  accessToken(email: string, seconds?: number): string
  /** Voids every access token minted so far. */
  expireTokens(email: string): void
  /** Scripts a fault and gives its id. */
  script(fault: FaultScript): string
  /** Removes every scripted fault. */
  clearFaults(): void
  /** The newest requests, oldest first. */
  seen(): SeenRequest[]
  /** What the rules refused since this was asked last, oldest first. */
  takeRefused(): RefusedRequest[]
  concurrency(): Record<string, Concurrency>
  /** Calls and connections since the start or the last reset. */
  traffic(): TrafficCounts
  state(): object
  setRule(id: string, enabled: boolean): void
  /** Moves the simulator's clock forward. */
  advance(milliseconds: number): void
  /** Back to the state after the start. */
  reset(): void
  close(): Promise<void>
}

/** Starts a simulator; rejects when a port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host = "127.0.0.1", port = 0, tlsPort, ...worldOptions } = options
  const world = new World(worldOptions)
  const certificate = tlsPort === undefined ? undefined : makeCertificate(Date.now())
  const tls = certificate && tlsPort !== undefined ? { tls: { port: tlsPort, certificate } } : {}
  const listeners = await listen(
    { host, port, ...tls },
    {
      exchange: (exchange) => answer(world, exchange),
      connection: () => world.traffic.connect(),
    },
  )
  const name = host.includes(":") ? `[${host}]` : host
  const accountOf = (email: string): SimulatedAccount => {
    const account = world.accounts.of(email)
    if (!account) throw new RangeError(`no account ${email}`)
    return account
  }
  return {
    url: `http://${name}:${listeners.port}`,
    port: listeners.port,
    httpsUrl: listeners.tlsPort === undefined ? undefined : `https://${name}:${listeners.tlsPort}`,
    ca: certificate?.cert,
    world,
    addAccount: (input) => world.accounts.add(input),
    accessToken: (email, seconds = world.options.tokenLifetime) =>
      world.accounts.mintAccessToken(accountOf(email), world.now(), seconds),
    expireTokens: (email) => world.accounts.voidTokens(accountOf(email)),
    script: (fault) => world.faults.add(fault),
    clearFaults: () => world.faults.clear(),
    seen: () => world.seen.all(),
    takeRefused: () => world.seen.takeRefused(),
    concurrency: () => world.seen.concurrency(),
    traffic: () => world.traffic.counts(),
    state: () => stateOf(world),
    setRule: (id, enabled) => void (enabled ? world.disabledRules.delete(id) : world.disabledRules.add(id)),
    advance: (milliseconds) => world.advance(milliseconds),
    reset: () => world.reset(),
    close: () => listeners.close(),
  }
}
