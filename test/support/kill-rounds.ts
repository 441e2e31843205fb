/**
 * A control plane that is killed with -9 while several writers change all kinds of things, again and again on the same folder. A
 * ledger keeps what was acknowledged; after each restart the database has to be whole and to say what the ledger says.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createClient } from "@libsql/client"
import { startBuilt, type Running } from "./child-process.ts"
import { LANES, type Change, type Lane, type Reach, type Rows } from "./kill-lanes.ts"
import { sequence } from "./sequence.ts"
import { waitFor } from "./wait-for.ts"

const ADMIN_TOKEN = "kill-rounds-admin-token-for-tests"
const LINK_TOKEN = "kill-rounds-link-token-for-tests"
/** Every so many rounds it is killed while it starts. */
const KILL_START_EVERY = 8
/** Acknowledgements before a kill, at most. */
const MOST_CHANGES = 40

export interface KillFigures {
  readonly rounds: number
  readonly killedWhileStarting: number
  readonly acknowledged: number
  /** Under way when it was killed: found done, and found not done. */
  readonly unansweredDone: number
  readonly unansweredNotDone: number
  /** What the ledger says and the database does not. */
  readonly missing: readonly string[]
  /** What SQLite's own checks found. */
  readonly integrity: readonly string[]
}

/** One lane's part of the ledger. */
class Ledger {
  readonly acknowledged = new Map<string, string>()
  /** At most one change of a lane is under way. */
  pending: Change | undefined

  settle(change: Change): void {
    if (change.value === undefined) this.acknowledged.delete(change.key)
    else this.acknowledged.set(change.key, change.value)
    this.pending = undefined
  }
}

class Rounds {
  readonly #directory = mkdtempSync(join(tmpdir(), "lagrange-kills-"))
  readonly #random: () => number
  readonly #ledgers = new Map<Lane, Ledger>(LANES.map((lane) => [lane, new Ledger()]))
  readonly missing: string[] = []
  readonly integrity: string[] = []
  acknowledged = 0
  unansweredDone = 0
  unansweredNotDone = 0
  killedWhileStarting = 0
  #counter = 0

  constructor(seed: number) {
    this.#random = sequence(seed)
  }

  #start(onUrl: (url: string) => void): Running {
    const env = { DATA_DIR: this.#directory, CONTROL_PORT: "0", ADMIN_TOKEN, LINK_TOKEN, LOG_LEVEL: "error" }
    const onMessage = (message: unknown): void => {
      const { type, url } = message as { type?: string; url?: string } // what our own control plane tells its parent
      if (type === "started" && url !== undefined) onUrl(url)
    }
    return startBuilt("control-plane", env, onMessage, [])
  }

  async #started(): Promise<{ readonly running: Running; readonly reach: Reach }> {
    let url: string | undefined
    const running = this.#start((told) => (url = told))
    let hasEnded = false
    void running.ended.then(() => (hasEnded = true))
    await waitFor(() => url ?? hasEnded, 120_000, 5)
    if (url === undefined) throw new Error(`the control plane did not start:\n${running.output()}`)
    return { running, reach: { url, adminToken: ADMIN_TOKEN, linkToken: LINK_TOKEN } }
  }

  async round(number: number): Promise<void> {
    if (number % KILL_START_EVERY === KILL_START_EVERY - 1) await this.#killWhileStarting()
    const { running, reach } = await this.#started()
    const rows = await this.#check()
    await this.#writeUntilKilled(running, reach, rows)
  }

  async #killWhileStarting(): Promise<void> {
    const running = this.#start(() => undefined)
    const timer = setTimeout(() => running.child.kill("SIGKILL"), this.#random() * 1_500)
    await running.ended
    clearTimeout(timer)
    this.killedWhileStarting += 1
  }

  /** Starts it once more, looks at everything, and ends it in order. */
  async last(): Promise<void> {
    const { running } = await this.#started()
    await this.#check()
    const { code } = await running.end()
    if (code !== 0) throw new Error(`the control plane ended with ${code}:\n${running.output()}`)
  }

  /** While the control plane runs: recovery of the log is its own work, not ours. */
  async #check(): Promise<Map<Lane, Rows>> {
    const client = createClient({ url: `file:${join(this.#directory, "lagrange.db")}`, timeout: 5_000 })
    try {
      const whole = (await client.execute("PRAGMA integrity_check")).rows.map((row) => textAt(row, 0))
      if (whole.join() !== "ok") this.integrity.push(...whole)
      const orphans = await client.execute("PRAGMA foreign_key_check")
      this.integrity.push(...orphans.rows.map((row) => `a row of ${textAt(row, 0)} without the one it belongs to`))
      const found = new Map<Lane, Rows>()
      for (const lane of LANES) {
        const rows: Rows = new Map((await client.execute(lane.sql)).rows.map((row) => [textAt(row, 0), rowOf(row)]))
        found.set(lane, rows)
        this.#compare(lane, rows)
      }
      return found
    } finally {
      client.close()
    }
  }

  #compare(lane: Lane, rows: Rows): void {
    const ledger = this.#ledgerOf(lane)
    const { pending } = ledger
    if (pending !== undefined) {
      const isDone = rows.get(pending.key)?.value === pending.value
      if (isDone) ledger.settle(pending)
      ledger.pending = undefined
      if (isDone) this.unansweredDone += 1
      else this.unansweredNotDone += 1
    }
    for (const [key, value] of ledger.acknowledged) {
      const found = rows.get(key)?.value
      if (found !== value) this.missing.push(`${lane.name} ${key}: ${value} was acknowledged, found ${found}`)
    }
    for (const key of rows.keys()) {
      if (!ledger.acknowledged.has(key)) this.missing.push(`${lane.name} ${key} is there and nobody made it`)
    }
  }

  #ledgerOf(lane: Lane): Ledger {
    const ledger = this.#ledgers.get(lane)
    if (ledger === undefined) throw new Error(`no ledger of ${lane.name}`)
    return ledger
  }

  async #writeUntilKilled(running: Running, reach: Reach, rows: ReadonlyMap<Lane, Rows>): Promise<void> {
    let left = 1 + Math.floor(this.#random() * MOST_CHANGES)
    const kill = (): void => void running.child.kill("SIGKILL")
    const write = async (lane: Lane): Promise<void> => {
      const ledger = this.#ledgerOf(lane)
      const known: Rows = new Map(rows.get(lane))
      while (!running.child.killed) {
        const change = lane.next(known, this.#random, `${lane.name}-${++this.#counter}`)
        ledger.pending = change
        let id: string | undefined
        try {
          id = await change.make(reach)
        } catch (error) {
          // A connection that broke with the kill: whether it was done is seen at the next start.
          if (running.child.killed) return
          throw error
        }
        ledger.settle(change)
        if (change.value === undefined) known.delete(change.key)
        else known.set(change.key, { value: change.value, id: id ?? known.get(change.key)?.id ?? change.key })
        this.acknowledged += 1
        left -= 1
        // Within the next few statements of the other writers.
        if (left === 0) setTimeout(kill, this.#random() * 12)
      }
    }
    await Promise.all([...LANES.map(write), running.ended])
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

function rowOf(row: ArrayLike<unknown>): { readonly value: string; readonly id: string } {
  return { value: textAt(row, 1), id: textAt(row, 2) }
}

function textAt(row: ArrayLike<unknown>, index: number): string {
  const value = row[index]
  if (typeof value !== "string" && typeof value !== "number") throw new Error(`column ${index} holds no text`)
  return String(value)
}

/** Kills a control plane so many times. Nothing is asserted here: the figures say what was found. */
export async function killRounds(rounds: number, seed: number): Promise<KillFigures> {
  const run = new Rounds(seed)
  try {
    for (let number = 0; number < rounds; number += 1) await run.round(number)
    await run.last()
    const { killedWhileStarting, acknowledged, unansweredDone, unansweredNotDone, missing, integrity } = run
    return { rounds, killedWhileStarting, acknowledged, unansweredDone, unansweredNotDone, missing, integrity }
  } finally {
    run.remove()
  }
}
