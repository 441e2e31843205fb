/**
 * A rule by which one of the accounts that may serve is chosen. The pool keeps the ready ones in order of their rank and does the rest:
 * who may serve, tiers, affinity, slots. So a rule is one number for one account, and choosing costs the same however many there are.
 */
import type { PoolStrategyName } from "#shared/pool-strategy.ts"

/** An account as a strategy sees it, in one group of models. It is not to be kept: the pool shows the next one with the same object. */
export interface Candidate {
  readonly inFlight: number
  /** The turn in which it was last chosen over the whole pool; 0: never. */
  readonly lastChosen: number
  readonly weight: number
  /** Smaller for the account that the pool has known longer. */
  readonly order: number
  /** As last read, less what was used since; undefined: nothing was read. */
  readonly headroom: number | undefined
  /** For the strategy alone; 0 at first. */
  mark: number
}

/** What a strategy may keep of a tier of one group. */
export interface TierMemory {
  /** 0 at first. */
  mark: number
}

export interface Strategy {
  readonly name: PoolStrategyName
  /** Completes "chosen …" for the record of an exchange. */
  readonly why: string
  /**
   * The smallest is chosen first; of equal ones the account that the pool has known longer. While an account is ready its rank may
   * only rise, but by a new snapshot. No clock and no randomness.
   */
  rank(candidate: Candidate): number
  /** So many are drawn at random and the first of them by rank is taken; absent: the first of all. */
  readonly draws?: number
  /** It may serve again after it could not. */
  onReady?(candidate: Candidate, tier: TierMemory): void
  /** It was chosen. */
  onChosen?(candidate: Candidate, tier: TierMemory): void
}
