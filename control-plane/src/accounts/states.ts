/** The states of an account in words: why, and what gets it out. One place, so that panel, log and API tell the same. */
import type { AccountState } from "#generated/sqlite/enums.ts"
import type { AccountModel } from "#generated/sqlite/models.ts"
import { FAILURE_CLASSES, type ClassifiedFailure } from "#shared/upstream-failure.ts"
import { SYSTEM } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"

export interface StateChange {
  readonly state: AccountState
  readonly reason: string | null
  readonly wayOut: string | null
  /** https only. */
  readonly link: string | null
}

const plain = (state: AccountState, reason: string | null = null, wayOut: string | null = null): StateChange => {
  return { state, reason, wayOut, link: null }
}

/** The state that a row is in. */
export const of = (row: AccountModel): StateChange => ({
  state: row.state,
  reason: row.stateReason,
  wayOut: row.wayOut,
  link: row.wayOutLink,
})

export const ready: StateChange = plain("READY")

/** The account goes on by itself; `reason` says what it waits for. */
export const onboarding = (reason: string | null): StateChange => plain("ONBOARDING", reason)

export const needsLogin = (providerMessage: string): StateChange =>
  plain(
    "NEEDS_LOGIN",
    `The provider no longer takes this account's sign-in: ${providerMessage}`,
    "Sign in to the account again, as when it was added; its settings are kept.",
  )

/** What was given is not this account's. */
export const anothersCredential = (email: string): StateChange =>
  plain(
    "NEEDS_LOGIN",
    `The sign-in that this account was given is of another one, ${email}.`,
    "Sign in to this account again; add the other one as an account of its own.",
  )

export const needsProject = (reason: string): StateChange =>
  plain(
    "NEEDS_PROJECT",
    reason,
    "Set the id of a Google Cloud project that the account may use: among its settings in the panel, or with updateAccount.",
  )

export const needsVerification = (message: string, link: string | undefined): StateChange => ({
  state: "NEEDS_VERIFICATION",
  reason: `The provider wants the owner to verify this account: ${message}`,
  wayOut: "Verify the account in a browser that is signed in as it, then test it again.",
  link: verificationLink(link) ?? null,
})

export const disabledByProvider = (message: string, link: string | undefined): StateChange => ({
  state: "DISABLED_BY_PROVIDER",
  reason: `The provider disabled this account: ${message}`,
  wayOut: "Ask the provider to look at the account again; once it has agreed, test the account.",
  link: link ?? null,
})

/** So many refusals within this time, and the account is not tried again by itself. */
const REFUSALS = 3
const REFUSALS_WITHIN_MS = 86_400_000
/** The time for which data planes leave it alone after one: what comes within it belongs to the same refusal. */
export const REFUSAL_HOLD_MS = 600_000

/** The times that count with this one, oldest first, and whether they are enough. */
export function countRefusal(before: readonly number[], at: number): { times: number[]; isEnough: boolean } {
  const recent = before.filter((time) => at - time < REFUSALS_WITHIN_MS)
  const isSame = recent.some((time) => Math.abs(at - time) < REFUSAL_HOLD_MS)
  const times = isSame ? recent : [...recent, at].toSorted((left, right) => left - right)
  return { times, isEnough: times.length >= REFUSALS }
}

export const refusedAgainAndAgain = (message: string): StateChange => ({
  state: "DISABLED_BY_PROVIDER",
  reason: `The provider refused this account three times in 24 hours: ${message.slice(0, 500)}`,
  wayOut: "Find out at the provider what is wrong with the account, then sign in to it again, as when it was added.",
  link: null,
})

/** A page that asks for a sign-in is only ever the provider's own. */
const verificationLink = (link: string | undefined): string | undefined => {
  if (link === undefined || !URL.canParse(link)) return undefined
  const url = new URL(link)
  return url.protocol === "https:" && url.host === "accounts.google.com" && url.username === "" ? link : undefined
}

const httpsLink = (link: string | undefined): string | undefined =>
  link !== undefined && /^https:\/\//i.test(link) ? link : undefined

/** What a classified failure makes of the account it belongs to; undefined when it says nothing lasting. */
export function stateOfFailure(
  failure: Pick<ClassifiedFailure, "class" | "message" | "link">,
): StateChange | undefined {
  const link = httpsLink(failure.link)
  const message = failure.message.slice(0, 500)
  switch (failure.class) {
    case "validation":
      return needsVerification(message, failure.link)
    case "tos_disabled":
      return disabledByProvider(message, link)
    case "project_fault":
      return needsProject(`The provider refuses the account's project: ${message}`)
    case "auth":
      return needsLogin(message)
    default:
      return undefined
  }
}

/** The class of a report, or undefined for a name that this version does not know. */
export function failureClassOf(name: string): ClassifiedFailure["class"] | undefined {
  return Object.hasOwn(FAILURE_CLASSES, name) ? (name as ClassifiedFailure["class"]) : undefined // one of the table's keys
}

/** Writes a state; its `since` moves, and the audit hears of it, only when the state is another. True when something changed. */
export async function writeState(
  { database, clock, audit }: { database: Database; clock: Clock; audit: Pick<Audit, "record"> },
  accountId: string,
  change: StateChange,
): Promise<boolean> {
  const row = await database.prisma.account.findUnique({ where: { id: accountId } })
  if (row === null) return false
  const data = {
    state: change.state,
    stateReason: change.reason,
    wayOut: change.wayOut,
    wayOutLink: change.link,
  }
  const isSame = Object.entries(data).every(([name, value]) => row[name as keyof typeof data] === value) // keys of `data` itself
  if (isSame) return false
  const isAnother = row.state !== change.state
  const stateSince = isAnother ? new Date(clock.now()) : row.stateSince
  await database.prisma.$transaction(async (transaction) => {
    await transaction.account.updateMany({ where: { id: accountId }, data: { ...data, stateSince } })
    if (!isAnother) return
    await audit.record(transaction, {
      action: "changeAccountState",
      by: SYSTEM,
      object: { kind: "ACCOUNT", id: accountId, label: row.label },
      before: { state: row.state },
      after: { state: change.state, reason: change.reason },
    })
  })
  return true
}
