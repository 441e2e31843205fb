/** How far a sign-in came, for whoever began it: first the sign-in itself, then the onboarding of its account. */
import type { OnboardingStep } from "#generated/sqlite/enums.ts"
import type { AccountModel, OAuthFlowModel } from "#generated/sqlite/models.ts"
import type { Principal } from "../../auth/principal.ts"
import { pause, type Clock } from "../../clock.ts"
import type { Database } from "../../database/open.ts"
import type { Listener } from "../../events.ts"
import { hashToken } from "../../new-id.ts"
import { CLAIM_MS } from "./flow-store.ts"
import { isOAuthFailureCode, OAUTH_FAILURES, type OAuthFailureCode } from "./words.ts"

export interface OAuthProgress {
  /** WAITING for the owner of the account; WORKING; the last two are final. */
  readonly phase: "WAITING" | "WORKING" | "DONE" | "FAILED"
  /** The one it is at, or at which it failed. */
  readonly step: OnboardingStep | undefined
  /** Of a failure of the sign-in itself, for programs. */
  readonly code: string | undefined
  /** What failed, or what is waited for. */
  readonly message: string | undefined
  /** The provider's own words about a failure of the sign-in itself; those about an account are part of the message. */
  readonly providerMessage: string | undefined
  readonly hint: string | undefined
  readonly account: AccountModel | undefined
  /** The account was here before: it has the new credential, and keeps its settings. */
  readonly isKnownAccount: boolean
  /** Whose sign-in came back, where it was another account's than it is for. */
  readonly otherEmail: string | undefined
}

const NOTHING = {
  step: undefined,
  code: undefined,
  message: undefined,
  providerMessage: undefined,
  hint: undefined,
  account: undefined,
  isKnownAccount: false,
  otherEmail: undefined,
}

function failure(code: OAuthFailureCode, words?: string, step?: OnboardingStep): OAuthProgress {
  const { what, hint } = OAUTH_FAILURES[code].en
  return { ...NOTHING, phase: "FAILED", step, code, message: what, providerMessage: words, hint }
}

function accountProgress(flow: OAuthFlowModel, account: AccountModel): OAuthProgress {
  const { state, stateReason, wayOut, onboardingStep } = account
  const said = { message: stateReason ?? undefined, hint: wayOut ?? undefined }
  // The onboarding begins where the sign-in came from: to who follows both that would be a step back.
  const isBehind = state === "ONBOARDING" && stateReason === null && onboardingStep === "EXCHANGE"
  const common = {
    ...NOTHING,
    ...said,
    step: (isBehind ? flow.step : onboardingStep) ?? undefined,
    account,
    isKnownAccount: account.createdAt < flow.createdAt,
  }
  if (state === "ONBOARDING") return { ...common, phase: "WORKING" }
  if (state !== "READY") return { ...common, phase: "FAILED" }
  return { ...common, phase: onboardingStep === "QUOTA" ? "WORKING" : "DONE" }
}

/** Pure: what the rows say at a moment. */
export function progressOf(
  flow: OAuthFlowModel | null,
  account: AccountModel | null,
  principalId: string,
  now: number,
): OAuthProgress {
  if (flow === null) return failure("unknown_state")
  if (flow.principalId !== principalId) return failure("other_session")
  const code = flow.failureCode !== null && isOAuthFailureCode(flow.failureCode) ? flow.failureCode : undefined
  const words = flow.failureMessage ?? undefined
  if (flow.endedAt !== null && code !== undefined) {
    return { ...failure(code, words, flow.step ?? undefined), otherEmail: flow.otherEmail ?? undefined }
  }
  if (flow.accountId !== null) return account === null ? failure("account_removed") : accountProgress(flow, account)
  const isClaimed = flow.claimedAt !== null && now - flow.claimedAt.getTime() < CLAIM_MS
  if (isClaimed && flow.step !== null) return { ...NOTHING, phase: "WORKING", step: flow.step }
  if (flow.expiresAt.getTime() <= now) return failure("state_expired")
  return code === undefined ? { ...NOTHING, phase: "WAITING" } : { ...failure(code, words), phase: "WAITING" }
}

/** Events are of this process only; what another control plane did is seen after this long. */
const LOOK_AGAIN_MS = 1_000

export interface FollowOAuthOptions {
  readonly database: Database
  readonly clock: Clock
  readonly principal: Principal
  readonly state: string
  /** Ids whose change may matter; the first ends with the session. */
  readonly sources: readonly Listener<string>[]
}

/** Tells each change once, first how it stands now; ends when the progress is final or the first source ends. */
export function followOAuth(options: FollowOAuthOptions): AsyncIterableIterator<OAuthProgress> {
  const { database, clock, principal, state, sources } = options
  const { oAuthFlow, account } = database.prisma
  const stateHash = hashToken(state)
  let told: string | undefined
  let isOver = false
  let isListening = false
  let isHeard = false
  let hasEnded = false
  let wake: (() => void) | undefined

  async function read(): Promise<OAuthProgress> {
    const flow = await oAuthFlow.findUnique({ where: { stateHash } })
    const id = flow?.accountId ?? undefined
    const row = id === undefined ? null : await account.findUnique({ where: { id } })
    return progressOf(flow, row, principal.id, clock.now())
  }

  async function listen(source: Listener<string>): Promise<void> {
    while (!hasEnded) {
      const { done } = await source.next()
      if (done === true) hasEnded = true
      isHeard = true
      wake?.()
    }
  }

  /** False when it is time to end. What is waited for is let go with each look: a sign-in can stay at a step for days. */
  async function changed(): Promise<boolean> {
    if (!isListening) for (const source of sources) void listen(source)
    isListening = true
    if (!isHeard) {
      const look = new AbortController()
      wake = () => look.abort()
      await pause(clock, LOOK_AGAIN_MS, look.signal)
      wake = undefined
    }
    isHeard = false
    return !hasEnded
  }

  async function end(): Promise<IteratorResult<OAuthProgress>> {
    isOver = true
    await Promise.all(sources.map((source) => source.return()))
    return { done: true, value: undefined }
  }

  const iterator: AsyncIterableIterator<OAuthProgress> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => {
      while (!isOver) {
        const progress = await read()
        const { account: row, ...rest } = progress
        const text = JSON.stringify([rest, row?.id, row?.state, row?.label, row?.email])
        if (text !== told) {
          told = text
          isOver = progress.phase === "DONE" || progress.phase === "FAILED"
          return { done: false, value: progress }
        }
        if (!(await changed())) break
      }
      return end()
    },
    return: end,
  }
  return iterator
}
