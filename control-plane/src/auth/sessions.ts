/** Browser sessions: 256 random bits in a cookie, their hash in the database, an idle and an absolute end. */
import { randomBytes } from "node:crypto"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { hashToken, newId } from "../new-id.ts"
import type { Principal } from "./principal.ts"

export const SESSION_IDLE_MS = 12 * 3_600_000
export const SESSION_ABSOLUTE_MS = 7 * 24 * 3_600_000
/** `lastSeenAt` is written at most this often. */
const TOUCH_MS = 60_000

export interface Sessions {
  /** A new session; the token goes into the cookie and is kept nowhere. */
  start(userId: string): Promise<{ readonly id: string; readonly token: string }>
  /** Who the cookie's token belongs to; undefined when it is unknown or over. */
  find(token: string): Promise<Principal | undefined>
  /** Whether it is there and not over. */
  isOpen(id: string): Promise<boolean>
  end(id: string): Promise<void>
  /** Removes what is over. */
  prune(): Promise<void>
}

/** `onEnd` hears of each session that was ended here, so that its open streams can be closed. */
export function createSessions(database: Database, clock: Clock, onEnd: (id: string) => void): Sessions {
  const { session } = database.prisma
  return {
    start: async (userId) => {
      const token = randomBytes(32).toString("base64url")
      const id = newId("ses")
      const now = clock.now()
      const at = new Date(now)
      const expiresAt = new Date(now + SESSION_ABSOLUTE_MS)
      await session.create({
        data: { id, userId, tokenHash: hashToken(token), createdAt: at, lastSeenAt: at, expiresAt },
      })
      return { id, token }
    },
    find: async (token) => {
      const row = await session.findUnique({ where: { tokenHash: hashToken(token) }, include: { user: true } })
      const now = clock.now()
      if (row === null) return undefined
      if (now >= row.expiresAt.getTime() || now - row.lastSeenAt.getTime() >= SESSION_IDLE_MS) {
        await session.deleteMany({ where: { id: row.id } })
        onEnd(row.id)
        return undefined
      }
      if (now - row.lastSeenAt.getTime() >= TOUCH_MS) {
        await session.updateMany({ where: { id: row.id }, data: { lastSeenAt: new Date(now) } })
      }
      return { origin: "SESSION", id: row.id, name: row.user.name, scope: row.user.scope }
    },
    isOpen: async (id) => {
      const now = clock.now()
      const seen = { gt: new Date(now - SESSION_IDLE_MS) }
      return (await session.count({ where: { id, expiresAt: { gt: new Date(now) }, lastSeenAt: seen } })) > 0
    },
    end: async (id) => {
      await session.deleteMany({ where: { id } })
      onEnd(id)
    },
    prune: async () => {
      const now = clock.now()
      const idle = new Date(now - SESSION_IDLE_MS)
      await session.deleteMany({
        where: { OR: [{ expiresAt: { lte: new Date(now) } }, { lastSeenAt: { lte: idle } }] },
      })
    },
  }
}
