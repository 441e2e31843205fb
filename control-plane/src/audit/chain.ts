/**
 * The chain of audit events. Each row's hash is an HMAC, under a key of the master key's, over all its fields and the hash of the row
 * before; the two ends are sealed in AuditChain. So whoever can write to the database but has no master key cannot change, add or take
 * out a row, at an end or between, without `verify.ts` naming it. (Putting back an old copy of the whole database is another matter:
 * that is seen only by who kept a newer sequence and hash elsewhere.)
 */
import type { AuditChainModel, AuditEventModel } from "#generated/sqlite/models.ts"
import type { Transaction } from "../database/open.ts"
import { newId } from "../new-id.ts"
import type { Vault } from "../vault.ts"

/** An event that has no place in the chain yet. */
export type UnchainedEvent = Omit<AuditEventModel, "sequence" | "id" | "previousHash" | "hash">

export interface Chain {
  /**
   * Adds events at the end, as part of a transaction. From here to its end the transaction holds the chain's lock (the row of
   * AuditChain, on both databases), so that of two control planes one waits for the other: it has to be its last statement.
   */
  append(transaction: Transaction, events: readonly UnchainedEvent[]): Promise<void>
  hashOf(event: Omit<AuditEventModel, "hash">): string
  sealOf(ends: Omit<AuditChainModel, "seal">): string
}

/** A chain that has no event yet. */
export const NO_EVENTS = {
  id: 1,
  sequence: 0n,
  hash: "",
  forgottenUntil: 0n,
  forgottenHash: "",
  forgottenAt: null,
} as const satisfies Omit<AuditChainModel, "seal">

export function createChain(vault: Pick<Vault, "auditMac">): Chain {
  const mac = (parts: readonly unknown[]): string => vault.auditMac(JSON.stringify(parts))

  function hashOf(event: Omit<AuditEventModel, "hash">): string {
    const { sequence, id, at, actorKind, actorId, actorName, actorRole, address, requestId } = event
    const { action, objectKind, objectId, objectLabel, before, after, outcome, code, count, previousHash } = event
    const who = [actorKind, actorId, actorName, actorRole, address, requestId]
    const what = [action, objectKind, objectId, objectLabel, before, after, outcome, code, count]
    return mac(["event", String(sequence), id, at.getTime(), ...who, ...what, previousHash])
  }

  function sealOf({ sequence, hash, forgottenUntil, forgottenHash, forgottenAt }: Omit<AuditChainModel, "seal">) {
    return mac(["ends", String(sequence), hash, String(forgottenUntil), forgottenHash, forgottenAt?.getTime() ?? null])
  }

  return {
    hashOf,
    sealOf,
    append: async (transaction, events) => {
      const { auditChain, auditEvent } = transaction
      const moved = await auditChain.update({ where: { id: 1 }, data: { sequence: { increment: events.length } } })
      const ends = { ...moved, sequence: moved.sequence - BigInt(events.length) }
      // To seal ends that somebody else wrote would cover them up: from then on the chain itself tells of them.
      const added = sealOf(ends) === ends.seal ? events : [endsChanged(events[0]?.at ?? new Date(0)), ...events]
      let { sequence, hash } = ends
      const rows = added.map((event) => {
        sequence += 1n
        const row = { ...event, sequence, id: newId("aud"), previousHash: hash }
        hash = hashOf(row)
        return { ...row, hash }
      })
      await auditEvent.createMany({ data: rows })
      await auditChain.update({
        where: { id: 1 },
        data: { sequence, hash, seal: sealOf({ ...ends, sequence, hash }) },
      })
    },
  }
}

/** What was kept of the ends is not as it was written, or is not there. */
export function endsChanged(at: Date): UnchainedEvent {
  return { ...ownEvent(at), action: "findAuditChainChanged", outcome: "FAILED", code: "ends_changed" }
}

/** In a database that was used before. */
export function auditBegins(at: Date): UnchainedEvent {
  return { ...ownEvent(at), action: "beginAudit", outcome: "DONE", code: null }
}

function ownEvent(at: Date): Omit<UnchainedEvent, "action" | "outcome" | "code"> {
  return {
    at,
    actorKind: "SYSTEM",
    actorId: null,
    actorName: null,
    actorRole: null,
    address: null,
    requestId: null,
    objectKind: "AUDIT",
    objectId: null,
    objectLabel: null,
    before: null,
    after: null,
    count: 1,
  }
}
