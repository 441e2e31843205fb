/** The simulated accounts, their refresh tokens, access tokens and projects. Nothing here resembles a real credential. */
import { REPLAY_ACCESS_TOKEN, REPLAY_PROJECT } from "#shared/replay-account.ts"
import { createHmac, timingSafeEqual } from "node:crypto"
import type { QuotaBucket } from "./catalogue.ts"
import { hexOf } from "./random.ts"

/** What is wrong with an account; every state but `ok` and `revoked` shows as a 403 or 400 on the API. */
export const accountStates = [
  "ok",
  "revoked",
  "validation-required",
  "terms-violation",
  "terms-violation-old",
  "subscription-required",
  "location",
] as const

/** One of them. */
export type AccountState = (typeof accountStates)[number]

/** How an account gets its project: it has one, `onboardUser` makes one, or its owner must bring one. */
export const projectSources = ["present", "onboarding", "own"] as const

/** One of them. */
export type ProjectSource = (typeof projectSources)[number]

/** Tokens a bucket holds, in each of its two windows. */
export type QuotaCapacity = Partial<Record<QuotaBucket, { readonly fiveHours: number; readonly weekly: number }>>

/** One simulated account. */
export interface SimulatedAccount {
  readonly email: string
  readonly name: string
  refreshToken: string
  /** `free-tier`, `g1-pro-tier`, `g1-ultra-tier`, `standard-tier` or `legacy-tier`. */
  tier: string
  projectId: string | undefined
  projectSource: ProjectSource
  /** Only these models are listed and answer; undefined = all. */
  models: readonly string[] | undefined
  quota: QuotaCapacity
  state: AccountState
  /** A refresh answers with a new refresh token, and the old one dies. */
  rotatesRefreshToken: boolean
  /** Consent gives no refresh token, as where the client holds the most it may have. */
  withholdsRefreshToken: boolean
  /** Calls of `onboardUser` still answered with `done: false`. */
  onboardingCalls: number
  /** The client that the refresh token was given to; undefined: one that anybody may say is theirs. */
  refreshTokenClient: string | undefined
  /** A refresh token was given out before: without `prompt=consent` there is no second. */
  consented: boolean
  /** Access tokens up to this serial number are void. */
  voidedTokens: number
}

/** What may be said when an account is made; all but the address has a default. */
export interface AccountInput {
  readonly email: string
  readonly refreshToken?: string
  readonly tier?: string
  /** null = none. Default: `sim-project-<hash>`. */
  readonly projectId?: string | null
  readonly projectSource?: ProjectSource
  readonly models?: readonly string[]
  readonly quota?: QuotaCapacity
  readonly state?: AccountState
  readonly rotatesRefreshToken?: boolean
  readonly withholdsRefreshToken?: boolean
  readonly onboardingCalls?: number
}

/** An access token that was found in order. */
export interface TokenOwner {
  readonly account: SimulatedAccount
  readonly expiresAt: number
}

/** The accounts of one simulator. Access tokens carry their own proof, so they outlive a restart with the same seed. */
export class Accounts {
  readonly #byEmail = new Map<string, SimulatedAccount>()
  readonly #seed: string
  #serial = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Adds an account, or replaces the one of the same address. */
  add(input: AccountInput): SimulatedAccount {
    const project = input.projectId === undefined && (input.projectSource ?? "present") === "present"
    const account: SimulatedAccount = {
      email: input.email,
      name: `Simulated ${input.email.split("@")[0] ?? "account"}`,
      refreshToken: input.refreshToken ?? `sim-refresh-${input.email}`,
      tier: input.tier ?? "g1-pro-tier",
      projectId: project ? this.mintProject(input.email) : (input.projectId ?? undefined),
      projectSource: input.projectSource ?? (input.projectId === null ? "onboarding" : "present"),
      models: input.models,
      quota: input.quota ?? {},
      state: input.state ?? "ok",
      rotatesRefreshToken: input.rotatesRefreshToken ?? false,
      withholdsRefreshToken: input.withholdsRefreshToken ?? false,
      onboardingCalls: input.onboardingCalls ?? 1,
      refreshTokenClient: undefined,
      consented: false,
      voidedTokens: 0,
    }
    this.#byEmail.set(account.email, account)
    return account
  }

  /** Every account in the order of adding. */
  all(): SimulatedAccount[] {
    return [...this.#byEmail.values()]
  }

  /** The account of an address. */
  of(email: string): SimulatedAccount | undefined {
    return this.#byEmail.get(email)
  }

  /** Removes an account; its tokens are void at once. */
  remove(email: string): boolean {
    return this.#byEmail.delete(email)
  }

  /** Forgets all. */
  clear(): void {
    this.#byEmail.clear()
  }

  /** The account whose refresh token this is, whatever its state. */
  byRefreshToken(token: string): SimulatedAccount | undefined {
    return this.all().find((account) => account.refreshToken === token)
  }

  /** The project id `onboardUser` gives an account. */
  mintProject(email: string): string {
    return `sim-project-${hexOf(8, this.#seed, "project", email)}`
  }

  /** Gives the account a new refresh token. */
  rotate(account: SimulatedAccount): void {
    this.#serial += 1
    account.refreshToken = `sim-refresh-${account.email}-${this.#serial}`
  }

  /** A new access token, valid from `now` for `seconds`. */
  mintAccessToken(account: SimulatedAccount, now: number, seconds: number): string {
    this.#serial += 1
    const claim = `${Buffer.from(account.email).toString("base64url")}.${now}.${now + seconds * 1000}.${this.#serial}`
    return `sim-access.${claim}.${this.#proof(claim)}`
  }

  /** Voids every access token the account was given so far. */
  voidTokens(account: SimulatedAccount): void {
    account.voidedTokens = this.#serial
  }

  /** Who holds an access token at `now`; undefined when it is malformed, expired, void or its account is gone. */
  ownerOf(token: string, now: number): TokenOwner | undefined {
    if (token === REPLAY_ACCESS_TOKEN) return { account: this.#guest(), expiresAt: now + GUEST_MS }
    const [kind, email = "", from = "", until = "", serial = "", proof = ""] = token.split(".")
    const expected = Buffer.from(this.#proof(`${email}.${from}.${until}.${serial}`))
    const given = Buffer.from(proof)
    if (kind !== "sim-access" || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    const account = this.#byEmail.get(Buffer.from(email, "base64url").toString())
    if (!account || account.state === "revoked" || Number(serial) <= account.voidedTokens) return undefined
    return now < Number(until) ? { account, expiresAt: Number(until) } : undefined
  }

  /** Whoever replays a captured request here has no account. */
  #guest(): SimulatedAccount {
    return this.of(GUEST) ?? this.add({ email: GUEST, projectId: REPLAY_PROJECT })
  }

  #proof(claim: string): string {
    return createHmac("sha256", `${this.#seed}:access-token`).update(claim).digest("hex").slice(0, 32)
  }
}

const GUEST = "replay@simulator.example"
const GUEST_MS = 3_600_000

const premadeTiers = ["g1-pro-tier", "free-tier", "g1-ultra-tier"]

/** The n-th (from 1) of the accounts a simulator is started with. */
export function premadeAccount(number: number): AccountInput {
  const email = `account-${String(number).padStart(2, "0")}@simulator.example`
  return { email, tier: premadeTiers[(number - 1) % premadeTiers.length] ?? "free-tier" }
}
