/** The limit of each account under exchanges of every kind at once: what the simulator counted in flight, at the most. */
import { setTimeout as sleep } from "node:timers/promises"
import { sequence } from "#simulator/random.ts"
import { callOf } from "../../data-plane/test/support/calls.ts"
import type { Call } from "../../data-plane/test/support/client.ts"
import { API_KEY, MODEL, OTHER_API_KEY, THIRD_API_KEY } from "../../data-plane/test/support/snapshots.ts"
import { many } from "../support/many.ts"
import { waitFor } from "../support/wait-for.ts"
import { Clients } from "./support/clients.ts"
import type { Stage } from "./support/stage.ts"

export interface LimitsOptions {
  readonly exchanges: number
  /** At once. */
  readonly clients: number
  /** Clients that leave before their answer is complete, 0 to 1. */
  readonly leaving: number
}

export interface LimitsCounts {
  readonly exchanges: number
  readonly left: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>
  readonly accounts: readonly { readonly id: string; readonly limit: number; readonly maximum: number }[]
}

const KEYS = [API_KEY, OTHER_API_KEY, THIRD_API_KEY]
const DIALECTS = ["openai-chat", "anthropic-messages", "gemini", "openai-responses"] as const
const MODELS = [MODEL, MODEL, "gemini-3.1-flash-lite", "claude-sonnet-4-6"]
/** Of the attempts, each kind. What rests for long would leave nothing to count. */
const FAULTS = ["internal", "rate-limit-short", "empty-answer", "reset-mid-stream"]
const FAULT_SHARE = 0.001
const MOST_DELAY_MS = 10

/** Each account has a limit of its own: 1, 2, 3, 1, … */
export async function limits(stage: Stage, options: LimitsOptions): Promise<LimitsCounts> {
  const { simulator } = stage
  const limitOf = new Map(stage.accounts.map(({ id }, index) => [String(id), 1 + (index % 3)]))
  await stage.push({
    accounts: stage.accounts.map((account) => ({ ...account, maxConcurrent: limitOf.get(account.id) ?? 1 })),
  })
  for (const kind of FAULTS) simulator.script({ fault: { kind }, share: FAULT_SHARE })
  const clients = new Clients(stage)
  const statuses: Record<number, number> = {}
  let left = 0
  try {
    await many(options.exchanges, options.clients, async (index) => {
      const random = sequence("limits", index)
      const [path, call] = randomCall(index, random)
      if (random() < options.leaving) {
        left += 1
        return leave(clients, path, call, random() * 2 * MOST_DELAY_MS)
      }
      const { status } = await clients.send(path, call)
      statuses[status] = (statuses[status] ?? 0) + 1
    })
    await waitFor(() => Object.values(simulator.concurrency()).every(({ current }) => current === 0), 60_000)
  } finally {
    simulator.clearFaults()
    clients.close()
  }
  const counted = simulator.concurrency()
  const accounts = [...limitOf].map(([id, limit]) => ({ id, limit, maximum: counted[id]?.maximum ?? 0 }))
  return { exchanges: options.exchanges, left, statuses, accounts }
}

function randomCall(index: number, random: () => number): [path: string, call: Call] {
  const one = <Value>(values: readonly [Value, ...Value[]] | readonly Value[], fallback: Value): Value =>
    values[Math.floor(random() * values.length)] ?? fallback
  const chunks = 1 + Math.floor(random() * 3)
  const prompt = `exchange ${index} [[sim:text=ok then]][[sim:chunks=${chunks}]][[sim:delay=${Math.floor(random() * MOST_DELAY_MS)}]]`
  const { path, body } = callOf(one(DIALECTS, "openai-chat"), prompt, {
    model: one(MODELS, MODEL),
    stream: random() < 0.5,
  })
  return [path, { anonymous: true, headers: { "x-api-key": one(KEYS, API_KEY) }, body }]
}

function leave(clients: Clients, path: string, call: Call, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const request = clients.begin(path, call)
    request.on("error", () => undefined)
    request.on("response", (message) => message.on("error", () => undefined).resume())
    request.on("close", resolve)
    void sleep(afterMs).then(() => request.destroy())
  })
}
