/**
 * The durable job that makes an added account ready: token → address → project → catalogue → quota. What it knows is in the rows, so
 * that it goes on after a kill at any point; every step may run twice. A step that cannot go on is a state with its way out.
 */
import type { OnboardingStep } from "#generated/sqlite/enums.ts"
import type { AccountModel, CredentialModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import { Secret } from "#shared/secret.ts"
import { SYSTEM } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { CatalogueSync } from "../catalogue/sync.ts"
import { pause, type Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { AntigravityCalls, CallAnswer } from "./antigravity/calls.ts"
import { readLoadCodeAssist, readOnboardUser, type CodeAssist } from "./antigravity/code-assist.ts"
import { accountObject } from "./audited.ts"
import type { Credentials } from "./credentials.ts"
import type { OAuthTokens } from "./oauth/tokens.ts"
import { BACK_OFF_MS, type Renewals } from "./renew.ts"
import * as states from "./states.ts"

export interface OnboardingOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Pick<Audit, "record">
  readonly credentials: Credentials
  readonly tokens: OAuthTokens
  readonly calls: AntigravityCalls
  readonly renewals: Renewals
  readonly catalogueSync: CatalogueSync
  readonly onChange: (accountId: string) => void
  /** Only for those who watch: nothing changed that data planes have to know. */
  readonly onStep: (accountId: string) => void
  readonly onRemoved: (accountId: string) => void
}

export interface Onboarding {
  /** Takes the account as far as it goes now. Never throws for what the upstream does. */
  run(accountId: string, signal: AbortSignal): Promise<void>
}

/** How a step ends when it does not lead on: a state that needs a hand, or a reason to try again. */
export type Stop =
  | { readonly type: "state"; readonly change: states.StateChange }
  | { readonly type: "again"; readonly reason: string }
type Step<Value> = { readonly type: "done"; readonly value: Value } | Stop

const METADATA = { metadata: { ideType: "ANTIGRAVITY" } } as const
const POLL_MS = 2_000
const POLLS = 10
const EMAIL_TIMEOUT_MS = 10_000

const done = <Value>(value: Value): Step<Value> => ({ type: "done", value })
const again = (reason: string): Stop => ({ type: "again", reason })

function stopOf(answer: Exclude<CallAnswer, { type: "answer" }>, method: string): Stop {
  if (answer.type === "unreachable") return again(answer.message)
  const change = answer.failure.class === "auth" ? undefined : states.stateOfFailure(answer.failure)
  return change === undefined
    ? again(`${method} answered ${answer.status}: ${answer.failure.message}`)
    : { type: "state", change }
}

/** Where the provider says no to a plan it says so again; all else passes. */
function isRefusedForGood(answer: Exclude<CallAnswer, { type: "answer" }>): boolean {
  if (answer.type !== "failure" || answer.status < 400 || answer.status >= 500) return false
  return ![401, 403, 404, 408, 409, 429].includes(answer.status)
}

/** Why an account without a project cannot get one by itself. */
export function withoutProject(assist: CodeAssist): Stop | undefined {
  const verification = assist.ineligible.find((entry) => entry.reasonCode === "VALIDATION_REQUIRED")
  if (verification !== undefined) {
    return {
      type: "state",
      change: states.needsVerification(verification.message ?? "no reason given", verification.link),
    }
  }
  if (!assist.needsOwnProject) return undefined
  const why = assist.ineligible.map((entry) => entry.message ?? entry.reasonCode).find((text) => text !== undefined)
  const because = why === undefined ? "" : ` (${why})`
  return {
    type: "state",
    change: states.needsProject(`The provider gives this account no project of its own${because}.`),
  }
}

/** What an account's row becomes when its onboarding begins (anew). */
export function startOnboarding(now: number) {
  const at = new Date(now)
  return {
    state: "ONBOARDING",
    stateReason: null,
    stateSince: at,
    wayOut: null,
    wayOutLink: null,
    onboardingPending: true,
    onboardingFailures: 0,
    onboardingDueAt: at,
    onboardingStep: "EXCHANGE",
  } as const
}

/** Its project was refused, and is looked for once more: an account that waits for its owner's hand must not seem to be on its way. */
const isRefused = (row: AccountModel): boolean => row.state === "NEEDS_PROJECT"

export function createOnboarding(options: OnboardingOptions): Onboarding {
  const { database, clock, log, audit, credentials, tokens, calls } = options
  const { renewals, catalogueSync, onChange, onStep, onRemoved } = options
  const { account, credential } = database.prisma

  /** Says which step begins, for whoever watches and for the case that it is the last one. */
  async function begin(id: string, onboardingStep: OnboardingStep): Promise<void> {
    const { count } = await account.updateMany({
      where: { id, onboardingPending: true, OR: [{ onboardingStep: null }, { NOT: { onboardingStep } }] },
      data: { onboardingStep },
    })
    if (count > 0) onStep(id)
  }

  async function stepToken(row: AccountModel): Promise<Step<Secret<string>>> {
    await begin(row.id, "EXCHANGE")
    const current = await credential.findUnique({ where: { accountId: row.id } })
    const usable =
      current !== null && (current.accessTokenExpiresAt?.getTime() ?? 0) > clock.now() ? current : undefined
    const token = usable === undefined ? undefined : credentials.openAccessToken(usable)
    if (token !== undefined) return done(token)
    const result = await renewals.renew(row.id, "onboarding")
    if (result.type === "waiting") return again(result.message)
    const renewed = result.type === "renewed" ? await credential.findUnique({ where: { accountId: row.id } }) : null
    const fresh = renewed === null ? undefined : credentials.openAccessToken(renewed)
    return fresh === undefined ? again("The account has no credential.") : done(fresh)
  }

  /**
   * Whose the credential is. A new account takes the provider's word for its address; when that one is here already, it gets the
   * credential. One that has served before does not become another's.
   */
  async function stepEmail(row: AccountModel, token: Secret<string>): Promise<"same" | "merged" | Stop> {
    await begin(row.id, "ACCOUNT_INFO")
    const email = await tokens.readEmail(token, EMAIL_TIMEOUT_MS)
    if (email === undefined || email === row.email) return "same"
    if (row.email !== null && row.catalogueReadAt !== null) {
      return { type: "state", change: states.anothersCredential(email) }
    }
    const older = await account.findFirst({ where: { kind: row.kind, email, NOT: { id: row.id } } })
    if (older === null) {
      await account.updateMany({ where: { id: row.id }, data: { email } })
      return "same"
    }
    const own = await credential.findUnique({ where: { accountId: row.id } })
    await mergeInto(older, row.id, own)
    return "merged"
  }

  async function mergeInto(older: AccountModel, newerId: string, own: CredentialModel | null): Promise<void> {
    const refreshToken = own === null ? undefined : credentials.openRefreshToken(own)
    if (refreshToken === undefined) return
    const sealedRefreshToken = credentials.sealRefreshToken(older.id, refreshToken)
    const oauthClient = own?.oauthClient ?? null
    const reset = {
      sealedRefreshToken,
      givenFingerprint: own?.givenFingerprint ?? null,
      oauthClient,
      invalidGrantAt: null,
      renewalFailures: 0,
      renewalDueAt: new Date(clock.now()),
    }
    await database.prisma.$transaction(async (transaction) => {
      await transaction.credential.upsert({
        where: { accountId: older.id },
        create: { accountId: older.id, ...reset },
        update: { ...reset, refreshGeneration: { increment: 1 } },
      })
      await transaction.account.update({ where: { id: older.id }, data: startOnboarding(clock.now()) })
      await transaction.oAuthFlow.updateMany({ where: { accountId: newerId }, data: { accountId: older.id } })
      await transaction.account.deleteMany({ where: { id: newerId } })
      const after = { merged: newerId, refreshToken }
      await audit.record(transaction, { action: "mergeAccounts", by: SYSTEM, object: accountObject(older), after })
    })
    onRemoved(newerId)
    onChange(older.id)
  }

  async function provision(
    id: string,
    assist: CodeAssist,
    token: Secret<string>,
    signal: AbortSignal,
  ): Promise<Step<string>> {
    await begin(id, "ONBOARD")
    let refusal: string | undefined
    for (const tierId of assist.onboardTierIds) {
      const made = await onboardWith(tierId, token, signal)
      if (made.type !== "refused") return made
      refusal = made.message
    }
    const why = refusal === undefined ? "" : ` (${refusal})`
    return {
      type: "state",
      change: states.needsProject(`The provider makes no project for this account with any plan${why}.`),
    }
  }

  async function onboardWith(
    tierId: string,
    token: Secret<string>,
    signal: AbortSignal,
  ): Promise<Step<string> | { readonly type: "refused"; readonly message: string }> {
    for (let poll = 0; poll < POLLS && !signal.aborted; poll++) {
      if (poll > 0) await pause(clock, POLL_MS, signal)
      const answer = await calls.call("onboardUser", { tierId, ...METADATA }, token)
      if (answer.type !== "answer") {
        const stop = stopOf(answer, "onboardUser")
        return stop.type === "again" && isRefusedForGood(answer) ? { type: "refused", message: stop.reason } : stop
      }
      const progress = readOnboardUser(answer.json)
      if (progress.projectId !== undefined) return done(progress.projectId)
      if (!progress.done) continue
      // Discovery can lag behind: the project may show up in the next reading.
      const reading = await calls.call("loadCodeAssist", METADATA, token)
      const found = reading.type === "answer" ? readLoadCodeAssist(reading.json).projectId : undefined
      if (found !== undefined) return done(found)
    }
    return again("The provider has not made the account's project yet.")
  }

  async function stepProject(row: AccountModel, token: Secret<string>, signal: AbortSignal): Promise<Step<string>> {
    await begin(row.id, "LOAD")
    const given = row.projectIsGiven ? (row.projectId ?? undefined) : undefined
    const answer = await calls.call("loadCodeAssist", METADATA, token, given)
    if (answer.type !== "answer") return stopOf(answer, "loadCodeAssist")
    const assist = readLoadCodeAssist(answer.json)
    await account.updateMany({ where: { id: row.id }, data: { tier: assist.tier ?? null } })
    // Where the provider names none and makes none, one that came with the account is what its owner brought.
    const brought = assist.needsOwnProject ? (row.projectId ?? undefined) : undefined
    const known = given ?? assist.projectId ?? brought
    if (known !== undefined) return done(known)
    const stop = withoutProject(assist)
    if (stop === undefined) return provision(row.id, assist, token, signal)
    await begin(row.id, "PROJECT")
    return stop
  }

  async function steps(row: AccountModel, signal: AbortSignal): Promise<Stop | "ready" | "merged"> {
    const token = await stepToken(row)
    if (token.type !== "done") return token
    const owner = await stepEmail(row, token.value)
    if (owner !== "same") return owner
    const project = await stepProject(row, token.value, signal)
    if (project.type !== "done") return project
    await begin(row.id, "PROJECT")
    if (isRefused(row) && project.value === row.projectId) return { type: "state", change: states.of(row) }
    await account.updateMany({ where: { id: row.id }, data: { projectId: project.value } })
    await begin(row.id, "CATALOGUE")
    // Without a catalogue names pass through, so a reading that fails for a passing reason holds nothing up.
    await catalogueSync.sync(row.id)
    return "ready"
  }

  async function tryAgain(row: AccountModel, reason: string): Promise<void> {
    const wait = BACK_OFF_MS[row.onboardingFailures] ?? BACK_OFF_MS[2]
    const onboardingDueAt = new Date(clock.now() + wait)
    await account.updateMany({ where: { id: row.id }, data: { onboardingFailures: { increment: 1 }, onboardingDueAt } })
    await states.writeState(options, row.id, states.onboarding(`${reason} Trying again by itself.`))
    log.warn("account.onboarding-waits", { account: row.id, reason, retryMs: wait })
    onChange(row.id)
  }

  return {
    run: async (accountId, signal) => {
      const row = await account.findUnique({ where: { id: accountId } })
      if (row === null || !row.onboardingPending) return
      const result = await steps(row, signal)
      if (result === "merged" || signal.aborted) return
      // A renewal or a catalogue reading may have found a state that needs a hand: then the job is over.
      const now = await account.findUnique({ where: { id: accountId } })
      if (now === null || !now.onboardingPending) return
      if (result !== "ready" && result.type === "again" && !isRefused(row)) return tryAgain(row, result.reason)
      const isStopped = now.state !== "ONBOARDING" && now.state !== row.state
      const change = result === "ready" ? states.ready : result.type === "again" ? states.of(row) : result.change
      await account.updateMany({
        where: { id: accountId },
        data: {
          onboardingPending: false,
          onboardingFailures: 0,
          onboardingDueAt: null,
          // The quota is read by its own job, which looks at accounts that are switched on only. It is due from here on, not from the
          // beginning: a reading that was under way then would say when the next one is, and nobody would end this step.
          ...(change === states.ready && !isStopped
            ? { onboardingStep: now.enabled ? "QUOTA" : null, quotaDueAt: null }
            : {}),
        },
      })
      if (!isStopped || result !== "ready") await states.writeState(options, accountId, change)
      log.info("account.onboarded", { account: accountId, state: isStopped ? now.state : change.state })
      onChange(accountId)
    },
  }
}
