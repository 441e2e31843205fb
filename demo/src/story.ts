/** What happens to the demo's upstream while its clients go on: a quota that runs out, an outage, trouble that passes. */
import { pick, type Random } from "./random.ts"

/** What a scene does, and how long after it the next one comes. */
export interface Scene {
  readonly says: string
  readonly waitMs: number
  readonly play: (stage: Stage) => Promise<void>
}

/** The simulator, which the scenes play on, and what an operator would do in them. */
export interface Stage {
  /** A control endpoint of the simulator; resolves with its answer. */
  readonly simulator: (path: string, body: object) => Promise<Record<string, unknown>>
  /** Has the gateway read an account's quota now. */
  readonly readQuota: (email: string) => Promise<void>
}

export interface Cast {
  /** The addresses of the simulated accounts. */
  readonly accounts: readonly string[]
  /** Models that clients ask for. */
  readonly models: readonly string[]
}

const SECOND_MS = 1_000

/** Every account runs out of one kind of model for a while, gets it back, and the pool goes on meanwhile. */
function quotaRunsOut(random: Random, { accounts }: Cast): Scene[] {
  const email = pick(random, accounts)
  const quota = { email, bucket: "gemini", window: "fiveHours" }
  return [
    {
      says: `${email} has used up its five hours of Gemini; others serve meanwhile`,
      waitMs: 60 * SECOND_MS,
      play: async ({ simulator, readQuota }) => {
        await simulator("quota", { ...quota, remainingFraction: 0 })
        await readQuota(email)
      },
    },
    {
      says: `${email} has its quota again`,
      waitMs: 30 * SECOND_MS,
      play: async ({ simulator, readQuota }) => {
        await simulator("quota", { ...quota, remainingFraction: 1 })
        await readQuota(email)
      },
    },
  ]
}

/** A fault for a while, taken back by its id. */
function trouble(says: string, over: string, lastsMs: number, script: object): Scene[] {
  let id: unknown
  return [
    { says, waitMs: lastsMs, play: async ({ simulator }) => void ({ id } = await simulator("faults", script)) },
    {
      says: over,
      waitMs: 45 * SECOND_MS,
      play: async ({ simulator }) => void (await simulator("faults/clear", { id })),
    },
  ]
}

/** Once: it stays for who looks at the demo, as the way out is a person's. */
function verification({ accounts }: Cast): Scene {
  const email = accounts.at(-1) ?? ""
  return {
    says: `${email} has to be verified by its owner; its row in the panel has the link`,
    waitMs: 45 * SECOND_MS,
    play: async ({ simulator }) => void (await simulator("accounts/state", { email, state: "validation-required" })),
  }
}

/** One round of the story. The first one begins as soon as the traffic does, so that nobody waits for something to see. */
export function scenes(random: Random, cast: Cast, round: number): Scene[] {
  const model = pick(random, cast.models)
  return [
    ...quotaRunsOut(random, cast),
    ...trouble(`no host has capacity for ${model}`, `${model} has capacity again`, 30 * SECOND_MS, {
      fault: { kind: "capacity" },
      match: { model },
    }),
    ...(round === 0 ? [verification(cast)] : []),
    ...trouble("a third of the calls fail inside the upstream", "the upstream is well again", 40 * SECOND_MS, {
      fault: { kind: "internal" },
      share: 0.33,
    }),
  ]
}
