/** What the data plane says of itself. Readiness does not depend on the control plane: what is served from is here. */
import type { Cooldown } from "../pool/cooldown.ts"
import type { PoolFacts } from "../pool/pool.ts"
import type { SnapshotStore } from "../snapshot/store.ts"

export interface Readiness {
  readonly ready: boolean
  readonly reasons: readonly string[]
}

/** What keeps it from taking more: an operator's word, or its own end. */
export interface Leaving {
  readonly isToldToDrain: boolean
  readonly isDraining: boolean
}

/** Ready: a snapshot, a usable account that holds a credential (a cooling one counts), not draining, nor told to. */
export function readiness(store: SnapshotStore, { isToldToDrain, isDraining }: Leaving): Readiness {
  const reasons: string[] = []
  const snapshot = store.current?.snapshot
  if (snapshot === undefined) reasons.push("no_snapshot")
  else if (!snapshot.accounts.some((account) => account.usable && account.credential !== undefined)) {
    reasons.push("no_usable_account")
  }
  if (isToldToDrain) reasons.push("told_to_drain")
  if (isDraining) reasons.push("draining")
  return { ready: reasons.length === 0, reasons }
}

/** Counts only, and that the pool has paused itself: this answer needs no key. */
export function health(facts: PoolFacts, pause?: Pick<Cooldown, "since">): unknown {
  const { total, usable, cooling } = facts
  const paused = pause === undefined ? {} : { pool: { paused: true, since: new Date(pause.since).toISOString() } }
  return { status: "ok", accounts: { total, active: pause === undefined ? usable - cooling : 0, cooling }, ...paused }
}
