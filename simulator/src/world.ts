/** Everything one simulator holds: its options, clock and memories. Handlers get it whole; nothing is global. */
import { Accounts, premadeAccount } from "./accounts.ts"
import type { AccountInput } from "./accounts.ts"
import { FaultBook } from "./faults.ts"
import type { AuthorizationGrant } from "./oauth.ts"
import { QuotaMeter } from "./quota.ts"
import { SeenLog } from "./seen.ts"
import { Signatures } from "./signatures.ts"
import { Traffic } from "./traffic.ts"
import { PromptCache } from "./usage.ts"

/** What the simulated upstream may be told; everything has a default. */
export interface WorldOptions {
  /** Decides every word, id and signature. Default `simulator`. */
  readonly seed?: string
  /** Accounts at start: a number of ready-made ones, or a list. Default 0. */
  readonly accounts?: number | readonly AccountInput[]
  /** Epoch milliseconds. Default `Date.now`; the control endpoint can move it forward. */
  readonly now?: () => number
  readonly clientId?: string
  readonly clientSecret?: string
  /** Secrets of further clients by their ids. A refresh token works with the client alone that it was given to. */
  readonly otherClients?: Readonly<Record<string, string>>
  /** Seconds an access token lives. Default 3599. */
  readonly tokenLifetime?: number
  /** Redirect addresses accepted beside loopback ones. */
  readonly redirectUris?: readonly string[]
  /** Rules that are off, by id. */
  readonly disabledRules?: readonly string[]
  /** Version (in the User-Agent's `name/x.y.z`) from which newer models are shown and answer. Default 0.1.0. */
  readonly newerModelsVersion?: string
  /** Version below which every answer is the "no longer supported" text. Default 0.0.1. */
  readonly supportedVersion?: string
  /** Multiplies the default quota; 0 = nothing is metered. Default 1. */
  readonly quotaScale?: number
  /** Milliseconds before the first byte of an answer. Default 0. */
  readonly firstByteDelay?: number
  /** Milliseconds between events. Default 0. */
  readonly eventPause?: number
  /** Bytes a request body may have. Default 32 MiB. */
  readonly bodyLimit?: number
  /** Requests remembered. Default 1000. */
  readonly seenCapacity?: number
}

/** The state of one simulator. */
export class World {
  readonly options: Required<Omit<WorldOptions, "now" | "accounts">>
  readonly accounts: Accounts
  readonly quota: QuotaMeter
  readonly signatures: Signatures
  readonly faults: FaultBook
  readonly promptCache = new PromptCache()
  readonly seen: SeenLog
  readonly traffic = new Traffic()
  readonly grants = new Map<string, AuthorizationGrant>()
  readonly disabledRules = new Set<string>()
  readonly #startAccounts: readonly AccountInput[]
  readonly #clock: () => number
  #offset = 0
  #serial = 0

  constructor(options: WorldOptions = {}) {
    const { now = Date.now, accounts = 0, ...rest } = options
    this.options = {
      seed: "simulator",
      clientId: "simulator-client",
      clientSecret: "simulator-secret",
      otherClients: {},
      tokenLifetime: 3599,
      redirectUris: [],
      disabledRules: [],
      newerModelsVersion: "0.1.0",
      supportedVersion: "0.0.1",
      quotaScale: 1,
      firstByteDelay: 0,
      eventPause: 0,
      bodyLimit: 32 * 1024 * 1024,
      seenCapacity: 1000,
      ...rest,
    }
    this.#clock = now
    this.#startAccounts =
      typeof accounts === "number"
        ? Array.from({ length: accounts }, (_, index) => premadeAccount(index + 1))
        : accounts
    this.accounts = new Accounts(this.options.seed)
    this.quota = new QuotaMeter(this.options.quotaScale)
    this.signatures = new Signatures(this.options.seed)
    this.faults = new FaultBook(this.options.seed)
    this.seen = new SeenLog(this.options.seenCapacity)
    this.reset()
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#clock() + this.#offset
  }

  /** Moves the clock forward. */
  advance(milliseconds: number): void {
    this.#offset += milliseconds
  }

  /** A number never given before. */
  next(): number {
    this.#serial += 1
    return this.#serial
  }

  /** Back to the state after the start: accounts, quota, faults, rules, memories. The clock keeps its place. */
  reset(): void {
    this.accounts.clear()
    for (const account of this.#startAccounts) this.accounts.add(account)
    this.quota.clear()
    this.faults.clear()
    this.promptCache.clear()
    this.seen.clear()
    this.traffic.clear()
    this.grants.clear()
    this.disabledRules.clear()
    for (const rule of this.options.disabledRules) this.disabledRules.add(rule)
  }
}
