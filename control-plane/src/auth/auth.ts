/**
 * Who may enter: sign-in with the password, sessions, admin tokens. Nothing here knows GraphQL. A secret is compared by its hash
 * or in constant time, and an unknown name is told from a wrong password by nobody.
 */
import type { IncomingMessage } from "node:http"
import { timingSafeEqual } from "node:crypto"
import type { AdminScope } from "#generated/sqlite/enums.ts"
import { ADMIN_TOKEN_PREFIX, mintToken } from "#shared/api-key.ts"
import type { Secret } from "#shared/secret.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { hashToken, newId } from "../new-id.ts"
import { readSessionCookie } from "./cookies.ts"
import { MAX_PASSWORD_LENGTH, verifyNobody, verifyPassword } from "./password.ts"
import type { Principal } from "./principal.ts"
import { createSessions } from "./sessions.ts"
import { createSignInLimits } from "./sign-in-limits.ts"

/** Of the principal that holds ADMIN_TOKEN. */
const ENVIRONMENT_ID = "environment"

/** `lastUsedAt` of an admin token is written at most this often. */
const TOUCH_MS = 60_000

export interface AuthOptions {
  readonly database: Database
  readonly clock: Clock
  readonly adminToken: Secret<string> | undefined
  /** Cookies only over TLS. */
  readonly secureCookies: boolean
  readonly onSessionEnd: (sessionId: string) => void
}

export interface AdminTokenRow {
  readonly id: string
  readonly name: string
  readonly scope: AdminScope
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

export interface Auth {
  /** Who sends this request: by bearer token if there is an `Authorization` header, else by cookie. */
  authenticate(request: IncomingMessage): Promise<Principal | undefined>
  /** Throws `RefusedError` when name and password do not fit or too many were tried. */
  signIn(input: SignInInput): Promise<{ readonly principal: Principal; readonly token: string }>
  signOut(sessionId: string): Promise<void>
  /** Whether the session or token of this id may still enter. */
  isOpen(principalId: string): Promise<boolean>
  createAdminToken(input: { name: string; scope: AdminScope }): Promise<{ row: AdminTokenRow; secret: string }>
  removeAdminToken(id: string): Promise<void>
  /** Removes sessions that are over. */
  prune(): Promise<void>
}

export interface SignInInput {
  readonly name: string
  readonly password: string
  readonly address: string
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(request.headers.authorization ?? "")?.[1]
}

function tokensEqual(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(left), "hex"), Buffer.from(hashToken(right), "hex"))
}

export function createAuth({ database, clock, adminToken, secureCookies, onSessionEnd }: AuthOptions): Auth {
  const sessions = createSessions(database, clock, onSessionEnd)
  const limits = createSignInLimits(database, clock)
  const { adminUser, adminToken: adminTokens } = database.prisma

  async function byToken(token: string): Promise<Principal | undefined> {
    if (adminToken !== undefined && tokensEqual(token, adminToken.reveal())) {
      return { origin: "TOKEN", id: ENVIRONMENT_ID, name: "ADMIN_TOKEN", scope: "ADMIN" }
    }
    const row = await adminTokens.findUnique({ where: { tokenHash: hashToken(token) } })
    if (row === null) return undefined
    const now = clock.now()
    if (row.lastUsedAt === null || now - row.lastUsedAt.getTime() >= TOUCH_MS) {
      await adminTokens.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date(now) } })
    }
    return { origin: "TOKEN", id: row.id, name: row.name, scope: row.scope }
  }

  return {
    authenticate: async (request) => {
      if (request.headers.authorization !== undefined) {
        const token = bearerToken(request)
        return token === undefined ? undefined : byToken(token)
      }
      const cookie = readSessionCookie(request, secureCookies)
      return cookie === undefined ? undefined : sessions.find(cookie)
    },
    signIn: async ({ name, password, address }) => {
      if (password.length > MAX_PASSWORD_LENGTH) {
        throw new InvalidInputError("too_long", `A password has at most ${MAX_PASSWORD_LENGTH} characters.`, [
          "password",
        ])
      }
      await limits.attempt(address)
      const user = await adminUser.findUnique({ where: { name } })
      const fits = user === null ? await verifyNobody(password) : await verifyPassword(password, user.passwordHash)
      if (user === null || !fits) throw new RefusedError("wrong_password", "The name or the password is wrong.")
      await limits.succeeded(address)
      const { id, token } = await sessions.start(user.id)
      return { principal: { origin: "SESSION", id, name: user.name, scope: user.scope }, token }
    },
    isOpen: async (principalId) => {
      if (principalId === ENVIRONMENT_ID) return adminToken !== undefined
      return (await sessions.isOpen(principalId)) || (await adminTokens.count({ where: { id: principalId } })) > 0
    },
    signOut: (sessionId) => sessions.end(sessionId),
    createAdminToken: async ({ name, scope }) => {
      const secret = mintToken(ADMIN_TOKEN_PREFIX)
      const data = { id: newId("tok"), name, scope, tokenHash: hashToken(secret), createdAt: new Date(clock.now()) }
      const row = await adminTokens.create({ data })
      return { row, secret }
    },
    removeAdminToken: async (id) => {
      const { count } = await adminTokens.deleteMany({ where: { id } })
      if (count === 0) throw new InvalidInputError("not_found", "There is no such admin token.", ["id"])
      onSessionEnd(id)
    },
    prune: () => sessions.prune(),
  }
}
