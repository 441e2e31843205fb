import type { AccountId } from "#shared/ids.ts"

/** A ready account as a strategy sees it. */
export interface Candidate {
  readonly id: AccountId
  readonly inFlight: number
  /** Rises with every choice; 0: never chosen. */
  readonly lastChosen: number
}

/**
 * Chooses among accounts that may serve. Pure: no clock, no randomness of its own. It is given the least recently chosen candidate
 * of each catalogue that offers the model, at least one.
 */
export interface Strategy {
  readonly name: string
  choose<C extends Candidate>(candidates: readonly C[]): C | undefined
}
