/**
 * What follows a failed attempt, as a pure decision: the verdict says what may be done, the budget and the credit say whether it
 * still is. There is one budget of attempts and time, waits included, and nothing follows content.
 */
import type { SnapshotSettings } from "#shared/snapshot.ts"
import type { ClassifiedFailure, FailureClass } from "#shared/upstream-failure.ts"

/** What one exchange may spend on attempts, repeats and other accounts alike. */
export interface AttemptBudget {
  readonly attempts: number
  /** From the begin of the first attempt: no other begins later. */
  readonly ms: number
}

/** Where no setting says otherwise. */
export const ATTEMPT_BUDGET: AttemptBudget = { attempts: 4, ms: 30_000 }

export function attemptBudget({ maxAttempts, attemptBudgetMs }: SnapshotSettings): AttemptBudget {
  return { attempts: maxAttempts ?? ATTEMPT_BUDGET.attempts, ms: attemptBudgetMs ?? ATTEMPT_BUDGET.ms }
}

export type NextStep =
  | { readonly type: "renew" }
  | { readonly type: "same-account"; readonly afterMs: number; readonly host: number }
  | { readonly type: "next-account" }
  | { readonly type: "give-up" }

/** What one exchange has tried so far. Changed only by `nextStep` and `onNextAccount`. */
export interface AttemptHistory {
  attempts: number
  /** Base URL in use, as an index. */
  host: number
  hasRenewed: boolean
  hasChangedHost: boolean
  hasRepaired: boolean
  hasUsedLateAttempt: boolean
  /** By class, on the account in use. */
  repeats: Map<FailureClass, number>
  /** By class, over the whole exchange. */
  moves: Map<FailureClass, number>
}

export interface Circumstances {
  readonly budget: AttemptBudget
  readonly hasContent: boolean
  readonly isFirstByteTimeout: boolean
  /** Since the first attempt began. */
  readonly elapsedMs: number
  readonly hosts: number
  /** 0 to 1. */
  readonly random: number
  hasOtherAccount(): boolean
  /** Takes out of the request what the upstream refused; false: nothing can be taken out. */
  repair(): boolean
  /** Pays for a repeat; false: no credit is left. */
  spendCredit(): boolean
}

export function newHistory(): AttemptHistory {
  return {
    attempts: 0,
    host: 0,
    hasRenewed: false,
    hasChangedHost: false,
    hasRepaired: false,
    hasUsedLateAttempt: false,
    repeats: new Map(),
    moves: new Map(),
  }
}

/** What is kept per account begins anew, with the first base URL. */
export function onNextAccount(history: AttemptHistory): void {
  history.hasRenewed = false
  history.hasChangedHost = false
  history.host = 0
  history.repeats.clear()
}

/** Refusals that belong to one account move on for free; these are the same cause again. */
const COSTS_CREDIT: ReadonlySet<FailureClass> = new Set(["server", "capacity", "empty", "malformed_call", "bare_429"])

/** Absent: no attempt has failed. */
export function costsCredit(failureClass: FailureClass | undefined): boolean {
  return failureClass !== undefined && COSTS_CREDIT.has(failureClass)
}

/** The verdict allows one more try on the same account after a change that is not ours to make; without it, it fails again. */
const NEEDS_CHANGE: ReadonlySet<FailureClass> = new Set(["project_fault", "credits"])

export function nextStep(history: AttemptHistory, failure: ClassifiedFailure, now: Circumstances): NextStep {
  if (now.hasContent || history.attempts >= now.budget.attempts) return { type: "give-up" }
  const isLate = now.elapsedMs >= now.budget.ms
  const step = isLate ? lateStep(history, now) : allowedStep(history, failure, now)
  if (step.type === "give-up" || !costsCredit(failure.class)) return step
  return now.spendCredit() ? step : { type: "give-up" }
}

/** An attempt that ended by the first-byte time-out earns one on another account even after the budget. */
function lateStep(history: AttemptHistory, now: Circumstances): NextStep {
  if (!now.isFirstByteTimeout || history.hasUsedLateAttempt || !now.hasOtherAccount()) return { type: "give-up" }
  history.hasUsedLateAttempt = true
  return { type: "next-account" }
}

function allowedStep(history: AttemptHistory, failure: ClassifiedFailure, now: Circumstances): NextStep {
  const { retry } = failure
  if (retry.forceRenewal && !history.hasRenewed) {
    history.hasRenewed = true
    return { type: "renew" }
  }
  if (retry.nextHost && !history.hasChangedHost && history.host + 1 < now.hosts) {
    history.hasChangedHost = true
    history.host += 1
    return { type: "same-account", afterMs: 0, host: history.host }
  }
  const again = repeat(history, failure, now)
  if (again !== undefined) return again
  const moves = history.moves.get(failure.class) ?? 0
  if (moves >= retry.nextAccount || !now.hasOtherAccount()) return { type: "give-up" }
  history.moves.set(failure.class, moves + 1)
  return { type: "next-account" }
}

function repeat(history: AttemptHistory, failure: ClassifiedFailure, now: Circumstances): NextStep | undefined {
  const { retry } = failure
  if (failure.class === "signature") return repairStep(history, now)
  const repeats = history.repeats.get(failure.class) ?? 0
  if (repeats >= retry.sameAccount || retry.forceRenewal || NEEDS_CHANGE.has(failure.class)) return undefined
  // Never before a time that was told.
  const jitter = retry.isDelayTold ? now.random * 0.2 : (now.random - 0.5) * 0.4
  const afterMs = retry.sameAccountDelayMs * 2 ** repeats * (1 + jitter)
  if (now.elapsedMs + afterMs >= now.budget.ms) return undefined
  history.repeats.set(failure.class, repeats + 1)
  return { type: "same-account", afterMs, host: history.host }
}

/** Once in an exchange, at once, on the same account: the request was at fault. */
function repairStep(history: AttemptHistory, now: Circumstances): NextStep | undefined {
  if (history.hasRepaired || !now.repair()) return undefined
  history.hasRepaired = true
  return { type: "same-account", afterMs: 0, host: history.host }
}
