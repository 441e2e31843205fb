/** Browser sessions: 256 random bits in a cookie, their hash in the database, an idle and an absolute end. */
import { randomBytes } from "node:crypto"
import type { AdminScope } from "#generated/sqlite/enums.ts"
import type { AdminUserModel, SessionModel } from "#generated/sqlite/models.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database, Transaction } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { hashToken, newId } from "../new-id.ts"
import { FRESH_MS } from "./fresh.ts"
import type { Principal } from "./principal.ts"

export const SESSION_IDLE_MS = 12 * 3_600_000
export const SESSION_ABSOLUTE_MS = 7 * 24 * 3_600_000
/** `lastSeenAt` is written at most this often. */
const TOUCH_MS = 60_000
/** Of one administrator; beyond them the one that was idle longest ends. */
export const MAX_SESSIONS = 50
const MAX_USER_AGENT_LENGTH = 300

export type SessionRow = SessionModel & { readonly user: AdminUserModel }

/** Where a sign-in comes from. */
export interface Caller {
  readonly address: string
  readonly userAgent: string | undefined
  /** What the browser shows of an earlier sign-in. */
  readonly browserToken?: string | undefined
}

export interface Sessions {
  /** A new session; the token goes into the cookie and is kept nowhere. `gone` ended for it: they have to be given to `ended`. */
  start(
    transaction: Transaction,
    user: AdminUserModel,
    caller: Caller,
  ): Promise<{ readonly principal: Principal; readonly token: string; readonly gone: readonly string[] }>
  /** Who the cookie's token belongs to; undefined when it is unknown or over. */
  find(token: string): Promise<Principal | undefined>
  /** What its administrator may now; undefined: it is not there, or over. */
  scopeOf(id: string): Promise<AdminScope | undefined>
  /** The password was given again: another token, fresh for a while. The old token counts no longer. */
  renew(transaction: Transaction, id: string): Promise<{ readonly token: string; readonly freshUntil: Date }>
  /** Those of an administrator, or of all, that are not over; the one seen last first. */
  list(userId: string | undefined): Promise<readonly SessionRow[]>
  /** Ends one, of this administrator unless that is left out. Throws `InvalidInputError` when there is none. */
  end(id: string, userId?: string): Promise<void>
  /** Ends those of an administrator but for one; how many. */
  endOthers(userId: string, keep: string): Promise<number>
  /** The same inside of a change; the ids have to be given to `ended` when that is done. */
  endAllOf(transaction: Transaction, userId: string, keep?: string): Promise<readonly string[]>
  /** They have ended: what they had open is closed. */
  ended(ids: readonly string[]): void
  /** Removes what is over. */
  prune(): Promise<void>
}

export interface SessionsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  /** Hears of each session that was ended here, so that its open streams can be closed. */
  readonly onEnd: (id: string) => void
}

export function createSessions({ database, clock, audit, onEnd }: SessionsOptions): Sessions {
  const { session } = database.prisma

  const ended = (ids: readonly string[]): void => {
    for (const id of ids) onEnd(id)
  }

  /** What of the table is not over. */
  function living() {
    const now = clock.now()
    return {
      expiresAt: { gt: new Date(now) },
      lastSeenAt: { gt: new Date(now - SESSION_IDLE_MS) },
      user: { disabledAt: null },
    }
  }

  async function endAllOf(transaction: Transaction, userId: string, keep?: string): Promise<readonly string[]> {
    const where = { userId, ...(keep === undefined ? {} : { NOT: { id: keep } }) }
    const rows = await transaction.session.findMany({ where, select: { id: true } })
    const ids = rows.map(({ id }) => id)
    await transaction.session.deleteMany({ where: { id: { in: ids } } })
    return ids
  }

  function principalOf({ id, user, freshUntil }: SessionRow): Principal {
    const { name, scope } = user
    const fresh = freshUntil === null ? {} : { freshUntil: freshUntil.getTime() }
    return { origin: "SESSION", id, name, scope, administratorId: user.id, ...fresh }
  }

  return {
    start: async (transaction, user, { address, userAgent }) => {
      const token = newToken()
      const now = clock.now()
      const at = new Date(now)
      const row = await transaction.session.create({
        data: {
          id: newId("ses"),
          userId: user.id,
          tokenHash: hashToken(token),
          createdAt: at,
          lastSeenAt: at,
          expiresAt: new Date(now + SESSION_ABSOLUTE_MS),
          freshUntil: new Date(now + FRESH_MS),
          address,
          userAgent: userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
        },
      })
      const orderBy = [{ lastSeenAt: "desc" }, { id: "desc" }] as const
      const where = { userId: user.id }
      const many = await transaction.session.findMany({ where, orderBy: [...orderBy], skip: MAX_SESSIONS })
      const gone = many.map(({ id }) => id)
      if (gone.length > 0) await transaction.session.deleteMany({ where: { id: { in: gone } } })
      return { principal: principalOf({ ...row, user }), token, gone }
    },
    find: async (token) => {
      const row = await session.findUnique({ where: { tokenHash: hashToken(token) }, include: { user: true } })
      const now = clock.now()
      if (row === null) return undefined
      const isOver = now >= row.expiresAt.getTime() || now - row.lastSeenAt.getTime() >= SESSION_IDLE_MS
      if (isOver || row.user.disabledAt !== null) {
        await session.deleteMany({ where: { id: row.id } })
        onEnd(row.id)
        return undefined
      }
      if (now - row.lastSeenAt.getTime() >= TOUCH_MS) {
        await session.updateMany({ where: { id: row.id }, data: { lastSeenAt: new Date(now) } })
      }
      return principalOf(row)
    },
    scopeOf: async (id) => {
      const row = await session.findFirst({ where: { id, ...living() }, include: { user: true } })
      return row?.user.scope
    },
    renew: async (transaction, id) => {
      const token = newToken()
      const freshUntil = new Date(clock.now() + FRESH_MS)
      await transaction.session.update({ where: { id }, data: { tokenHash: hashToken(token), freshUntil } })
      return { token, freshUntil }
    },
    list: (userId) =>
      session.findMany({
        where: { ...living(), ...(userId === undefined ? {} : { userId }) },
        include: { user: true },
        orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
        take: 1_000,
      }),
    end: async (id, userId) => {
      await database.prisma.$transaction(async (transaction) => {
        const row = await transaction.session.findUnique({ where: { id }, include: { user: true } })
        if (row === null || (userId !== undefined && row.userId !== userId)) {
          throw new InvalidInputError("not_found", "There is no such session.", ["id"])
        }
        await transaction.session.delete({ where: { id } })
        await audit.record(transaction, { object: { kind: "SESSION", id, label: row.user.name } })
      })
      ended([id])
    },
    endOthers: async (userId, keep) => {
      const ids = await database.prisma.$transaction(async (transaction) => {
        const gone = await endAllOf(transaction, userId, keep)
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id: userId },
          after: { endedSessions: gone.length },
        })
        return gone
      })
      ended(ids)
      return ids.length
    },
    endAllOf,
    ended,
    prune: async () => {
      const now = clock.now()
      const idle = new Date(now - SESSION_IDLE_MS)
      await session.deleteMany({
        where: { OR: [{ expiresAt: { lte: new Date(now) } }, { lastSeenAt: { lte: idle } }] },
      })
    },
  }
}

function newToken(): string {
  return randomBytes(32).toString("base64url")
}
