/** The pages of audit events, newest first: each filter has an index that begins with it and ends with (at, sequence), so that a page costs the same however long the audit is. */
import type { AuditOutcome } from "#generated/sqlite/enums.ts"
import type { Prisma } from "#generated/sqlite/client.ts"
import type { AuditEventModel } from "#generated/sqlite/models.ts"
import type { Database } from "../database/open.ts"
import { readConnection, type Connection, type ConnectionArguments, type Position } from "./connection.ts"
import { checkTimes, type Given } from "../input-checks.ts"

export interface AuditFilter {
  readonly actorName?: Given<string>
  readonly actorId?: Given<string>
  readonly action?: Given<string>
  readonly objectId?: Given<string>
  readonly outcome?: Given<AuditOutcome>
  readonly sequence?: Given<bigint>
  readonly since?: Given<Date>
  readonly until?: Given<Date>
}

/** The range by time stands for itself, so that the index is entered where the page begins. */
function behind(position: Position | undefined): Prisma.AuditEventWhereInput[] {
  if (position === undefined) return []
  const { at, id } = position
  return [{ at: { lte: at } }, { OR: [{ at: { lt: at } }, { at, sequence: { lt: BigInt(id) } }] }]
}

function conditionsOf(filter: Given<AuditFilter>): Prisma.AuditEventWhereInput[] {
  const { actorName, actorId, action, objectId, outcome, sequence, since, until } = filter ?? {}
  checkTimes(since, until, ["filter", "until"])
  return [
    ...(actorName ? [{ actorName }] : []),
    ...(actorId ? [{ actorId }] : []),
    ...(action ? [{ action }] : []),
    ...(objectId ? [{ objectId }] : []),
    ...(outcome ? [{ outcome }] : []),
    ...(typeof sequence === "bigint" ? [{ sequence }] : []),
    ...(since ? [{ at: { gte: since } }] : []),
    ...(until ? [{ at: { lt: until } }] : []),
  ]
}

export function readAuditEvents(
  database: Database,
  { first, after, filter }: ConnectionArguments & { readonly filter?: Given<AuditFilter> },
): Promise<Connection<AuditEventModel>> {
  return readConnection(
    { first, after },
    ({ at, sequence }: AuditEventModel) => ({ at, id: String(sequence) }),
    (position, take) =>
      database.prisma.auditEvent.findMany({
        where: { AND: [...conditionsOf(filter), ...behind(position)] },
        orderBy: [{ at: "desc" }, { sequence: "desc" }],
        take,
      }),
  )
}
