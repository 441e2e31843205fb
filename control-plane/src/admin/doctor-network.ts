/** The doctor's look at what listens here, and at the time the provider has. */
import { createServer, connect, isIPv6 } from "node:net"
import { requestJson } from "#shared/outbound/request-json.ts"
import type { StoreAddress } from "#shared/store-address.ts"
import type { Config } from "../config.ts"
import { createOutbound } from "../outbound.ts"
import { fail, note, ok, reasonOf, warn, type Finding } from "./finding.ts"

const PATIENCE_MS = 3_000
const MOST_SKEW_MS = 300_000

export interface Listener {
  readonly about: string
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly variable: string
}

/** Whether ours answers there, nobody does, or somebody else. */
export async function checkListener(listener: Listener): Promise<Finding> {
  const { about, port, tls, variable } = listener
  if (port === 0) return note(about, `${variable} 0 takes any free port: not looked at`)
  const host = /^(?:0\.0\.0\.0|::|\*)$/.test(listener.host) ? "127.0.0.1" : listener.host
  if (!(await isOpen(host, port))) {
    const taken = await bindError(listener.host, port)
    if (taken === undefined) return note(about, `does not run; port ${port} on ${listener.host} is free for it`)
    return fail(
      about,
      `cannot listen on ${listener.host}:${port} (${taken}): choose another address or port (${variable}).`,
    )
  }
  if (tls) return ok(about, `something listens on ${host}:${port}`)
  const base = `http://${isIPv6(host) ? `[${host}]` : host}:${port}`
  try {
    const ready = await fetch(`${base}/ready`, { signal: AbortSignal.timeout(PATIENCE_MS), redirect: "manual" })
    const answer: unknown = await ready.json()
    const reasons =
      typeof answer === "object" && answer !== null && "reasons" in answer && Array.isArray(answer.reasons)
        ? answer.reasons.map(String)
        : []
    return ready.ok
      ? ok(about, `runs at ${base}`)
      : warn(about, `runs at ${base} and is not ready: ${reasons.join("; ")}`)
  } catch (error) {
    return fail(
      about,
      `something else listens on ${host}:${port} (${reasonOf(error)}): choose another port (${variable}).`,
    )
  }
}

/** Data planes serve without it. What it says to them, a wrong password for one, the panel's Nodes tell. */
export async function checkStore(address: StoreAddress | undefined): Promise<Finding[]> {
  if (address === undefined) return []
  const { host, port } = address
  const about = "shared store"
  if (await isOpen(host, port)) return [ok(about, `something listens on ${host}:${port} (VALKEY_URL)`)]
  const message = `${host}:${port} (VALKEY_URL) cannot be reached: conversations may change accounts between data planes. Start it, or name another one.`
  return [warn(about, message)]
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS })
    const end = (isThere: boolean): void => {
      socket.destroy()
      resolve(isThere)
    }
    socket.once("connect", () => end(true))
    socket.once("timeout", () => end(false))
    socket.once("error", () => end(false))
  })
}

/** Undefined: it can be listened on. */
function bindError(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** Tokens are refused by a clock that is wrong. Any answer of the provider tells its time. */
export async function checkClock(config: Config, now: () => number): Promise<Finding> {
  const url = config.oauth.tokenUrl
  try {
    const before = now()
    const answer = await requestJson({ method: "GET", url, timeoutMs: PATIENCE_MS, ...createOutbound(config) })
    const theirs = Date.parse(answer.headers.date ?? "")
    if (Number.isNaN(theirs)) return note("clock", `${new URL(url).host} does not tell the time: not compared`)
    const skew = theirs - (before + now()) / 2
    const text = `${Math.abs(Math.round(skew / 1_000))} s off ${new URL(url).host}`
    return Math.abs(skew) > MOST_SKEW_MS
      ? fail("clock", `${text}: set this machine's clock (NTP), or every token is refused.`)
      : ok("clock", text)
  } catch (error) {
    return note("clock", `not compared, because ${new URL(url).host} was not reached: ${reasonOf(error)}`)
  }
}
