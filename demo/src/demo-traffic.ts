/**
 * The demo's clients: a bounded, repeatable stream of small requests in four dialects against a gateway on this machine, so
 * that the panel has something to show. It ends by itself and says so. It is never part of the gateway.
 */
import { setTimeout as wait } from "node:timers/promises"
import { nextCall, type Call } from "./call.ts"
import { readConfig, type Config } from "./config.ts"
import { createRandom } from "./random.ts"

const REQUEST_LIMIT_MS = 120_000
/** More than this at once means that the gateway is slower than the traffic: it then waits instead of piling up. */
const MOST_AT_ONCE = 16

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`)

/** About as many are asked for. */
const MODELS = 12

/** Sends one call and reads its answer to the end; true when the gateway answered with success. */
async function send(config: Config, call: Call, stopped: AbortSignal): Promise<boolean> {
  const limits = [stopped, AbortSignal.timeout(call.leavesAfterMs ?? REQUEST_LIMIT_MS)]
  try {
    const response = await fetch(config.gatewayUrl + call.path, {
      method: "POST",
      headers: { "content-type": "application/json", ...call.headers },
      body: JSON.stringify(call.body),
      signal: AbortSignal.any(limits),
    })
    await response.text()
    return response.ok
  } catch {
    return false // gone early on purpose, or the gateway is away for the moment: the traffic goes on
  }
}

/** The models that the gateway lists now; empty while it has none. */
async function listModels(config: Config): Promise<string[]> {
  const response = await fetch(`${config.gatewayUrl}/v1/models`, {
    headers: { authorization: `Bearer ${config.apiKey}` },
    signal: AbortSignal.timeout(10_000),
  })
  const answer: unknown = await response.json()
  const list: unknown = typeof answer === "object" && answer !== null && "data" in answer ? answer.data : undefined
  if (!Array.isArray(list)) return []
  const ids = list.map((one: unknown) => (typeof one === "object" && one !== null && "id" in one ? one.id : undefined))
  return ids.filter((id) => typeof id === "string").filter((id) => !id.includes("image"))
}

async function run(config: Config, stopped: AbortSignal): Promise<void> {
  const random = createRandom(config.seed)
  const listed = await listModels(config)
  // The list is sorted: some from everywhere, so that every vendor's models are seen.
  const models = listed.filter((_, index) => index % Math.ceil(listed.length / MODELS) === 0)
  if (models.length === 0) throw new Error("the gateway lists no models")
  const running = new Set<Promise<void>>()
  const endsAt = performance.now() + config.minutes * 60_000
  let [sent, succeeded] = [0, 0]
  while (sent < config.requests && performance.now() < endsAt && !stopped.aborted) {
    const one = send(config, nextCall(random, models, config.apiKey), stopped).then((isFine) => {
      if (isFine) succeeded += 1
      running.delete(one)
    })
    running.add(one)
    sent += 1
    if (sent % 100 === 0) say(`${sent} requests so far, ${succeeded} of them answered with success`)
    // Between half and one and a half of the mean pause, so that it does not look like a metronome.
    await wait(((0.5 + random()) * 1000) / config.requestsPerSecond, undefined, { signal: stopped }).catch(
      () => undefined,
    )
    if (running.size >= MOST_AT_ONCE) await Promise.race(running)
  }
  await Promise.all(running)
  if (!stopped.aborted) say(`The demo traffic has ended by itself after ${sent} requests; the panel stays open.`)
}

const stop = new AbortController()
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort())
process.on("disconnect", () => stop.abort())
await run(readConfig(), stop.signal)
if (process.connected) process.disconnect()
