/**
 * Says whether the chain of audit events is whole, and if not, where it is not. Some thousand events a call, since a request has not
 * the time for a million; a call goes on where the last one ended, and all of them together have seen every event and both ends.
 */
import type { AuditChainModel, AuditEventModel } from "#generated/sqlite/models.ts"
import type { Database } from "../database/open.ts"
import type { Chain } from "./chain.ts"

/**
 * CHANGED: a row is not as it was written. MISSING: rows are not there. OUT_OF_LINE: a row does not follow on the one before.
 * ENDS_CHANGED: what is kept of the first and the last event is not as it was written.
 */
export type AuditFaultKind = "CHANGED" | "MISSING" | "OUT_OF_LINE" | "ENDS_CHANGED"

export interface AuditFault {
  readonly kind: AuditFaultKind
  /** The first and the last event that it is about. */
  readonly from: bigint
  readonly to: bigint
}

export interface AuditVerification {
  /** Events that this call looked at. */
  readonly checked: number
  readonly faults: readonly AuditFault[]
  /** The last one it looked at, where there are more: the next call goes on after it. */
  readonly goOnAfter: bigint | undefined
  readonly newest: { readonly sequence: bigint; readonly hash: string }
  /** What was forgotten for its age. */
  readonly forgotten: { readonly until: bigint; readonly at: Date } | undefined
}

export const EVENTS_A_CALL = 20_000
const PAGE = 1_000
const MAX_FAULTS = 100

export interface VerifyOptions {
  readonly database: Database
  readonly chain: Pick<Chain, "hashOf" | "sealOf">
  /** Where the last call ended; undefined: from the beginning. */
  readonly after?: bigint | undefined
  readonly limit?: number | undefined
}

interface Link {
  readonly sequence: bigint
  readonly hash: string
}

export async function verifyAuditChain(options: VerifyOptions): Promise<AuditVerification> {
  const { database, chain, after, limit = EVENTS_A_CALL } = options
  const { auditEvent, auditChain } = database.prisma
  const faults: AuditFault[] = []
  const find = (kind: AuditFaultKind, from: bigint, to = from): void => {
    if (faults.length < MAX_FAULTS) faults.push({ kind, from, to })
  }
  const readEnds = (): Promise<AuditChainModel> => auditChain.findUniqueOrThrow({ where: { id: 1 } })

  // In this order: what is added meanwhile lies behind the end, and is for the next time.
  const last = await auditEvent.findFirst({ orderBy: { sequence: "desc" }, select: { sequence: true } })
  const ends = await readEnds()
  const areEndsSound = chain.sealOf(ends) === ends.seal && (last?.sequence ?? 0n) <= ends.sequence
  if (!areEndsSound) find("ENDS_CHANGED", ends.sequence)
  const end = areEndsSound ? ends.sequence : (last?.sequence ?? 0n)

  async function beginning(): Promise<Link> {
    const row = after === undefined ? null : await auditEvent.findUnique({ where: { sequence: after } })
    return row ?? { sequence: ends.forgottenUntil, hash: ends.forgottenHash }
  }

  async function look(before: Link, row: AuditEventModel): Promise<void> {
    const expected = before.sequence + 1n
    if (row.sequence !== expected) {
      // Old ones may have been forgotten while we looked.
      const { forgottenUntil } = await readEnds()
      if (row.sequence - 1n > forgottenUntil) find("MISSING", expected, row.sequence - 1n)
    } else if (row.previousHash !== before.hash) find("OUT_OF_LINE", row.sequence)
    if (chain.hashOf(row) !== row.hash) find("CHANGED", row.sequence)
  }

  let link = await beginning()
  let checked = 0
  while (checked < limit) {
    const rows = await auditEvent.findMany({
      where: { sequence: { gt: link.sequence, lte: end } },
      orderBy: { sequence: "asc" },
      take: Math.min(PAGE, limit - checked),
    })
    for (const row of rows) {
      await look(link, row)
      link = row
    }
    checked += rows.length
    if (rows.length === 0) break
  }
  const isAtEnd = checked < limit || link.sequence >= end
  if (isAtEnd && areEndsSound) {
    if (link.sequence < end) find("MISSING", link.sequence + 1n, end)
    else if (link.hash !== ends.hash) find("OUT_OF_LINE", end)
  }
  return {
    checked,
    faults,
    goOnAfter: isAtEnd ? undefined : link.sequence,
    newest: { sequence: ends.sequence, hash: ends.hash },
    forgotten: ends.forgottenAt === null ? undefined : { until: ends.forgottenUntil, at: ends.forgottenAt },
  }
}
