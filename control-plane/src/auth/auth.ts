/**
 * Who may enter: sign-in with the password, sessions, admin tokens. Nothing here knows GraphQL. A secret is compared by its hash
 * or in constant time, and an unknown name is told from a wrong password by nobody.
 */
import type { IncomingMessage } from "node:http"
import { timingSafeEqual } from "node:crypto"
import type { AdminScope } from "#generated/sqlite/enums.ts"
import type { AdminUserModel } from "#generated/sqlite/models.ts"
import { addressGroup } from "#shared/client-address.ts"
import { GuessLimit } from "#shared/guess-limit.ts"
import type { Secret } from "#shared/secret.ts"
import { actorOf, NOBODY } from "../audit/actor.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { texts } from "../json.ts"
import { hashToken } from "../new-id.ts"
import type { Vault } from "../vault.ts"
import { createAdministrators, normaliseName, type Administrators } from "./administrators.ts"
import { createBrowserTokens } from "./browser-token.ts"
import { createAdminTokens, type AdminTokens } from "./admin-tokens.ts"
import { readSessionCookie } from "./cookies.ts"
import { checkNewPassword, refuseLongPassword } from "./new-password.ts"
import { hashPassword, verifyNobody, verifyPassword } from "./password.ts"
import type { Principal } from "./principal.ts"
import { createSessions, type Caller, type Sessions } from "./sessions.ts"
import { byAddress, bySession, bySignIn, createSignInLimits, type Counted } from "./sign-in-limits.ts"

/** Of the principal that holds ADMIN_TOKEN. */
const ENVIRONMENT_ID = "environment"

const MAX_NAME_LENGTH = 200
/** Of an administrator: nobody's guessing elsewhere keeps them from signing in from there. */
const MAX_KNOWN_ADDRESSES = 8

export interface AuthOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record" | "isBy" | "about" | "refused">
  readonly vault: Pick<Vault, "fingerprint">
  readonly adminToken: Secret<string> | undefined
  /** ADMIN_PASSWORD is set. */
  readonly hasEnvironmentPassword: boolean
  /** Cookies only over TLS. */
  readonly secureCookies: boolean
  /** Whoever signs in may look, whatever their role. */
  readonly readOnly: boolean
  /** Of a session or a token: it may not enter any more. */
  readonly onEnd: (principalId: string) => void
}

/** Where a request comes from, and what it is called in the audit. */
export interface Asker {
  readonly address: string
  readonly requestId: string
}

export interface Entered {
  readonly principal: Principal
  /** For the cookie. */
  readonly token: string
  /** Of a sign-in, for the cookie by which the browser is known again. */
  readonly browserToken?: string
}

export interface Auth {
  /**
   * Who sends this request: by bearer token if there is an `Authorization` header, else by cookie. Throws `RefusedError` where too many
   * wrong tokens came from that address. The audit hears of each token that was none.
   */
  authenticate(request: IncomingMessage, asker: Asker): Promise<Principal | undefined>
  /** Throws `RefusedError` when name and password do not fit or too many were tried. `before`: who the browser was until now. */
  signIn(input: SignInInput, caller: Caller, before: Principal | undefined): Promise<Entered>
  signOut(sessionId: string): Promise<void>
  /** The password of who is signed in, given again: fresh for a while, under another token. */
  reauthenticate(password: string, principal: Principal, address: string): Promise<Entered>
  /** Another password of one's own; ends the other sessions. */
  changePassword(input: ChangePasswordInput, principal: Principal, address: string): Promise<Entered>
  /** What the session or token of this id may now; undefined: it may not enter any more. */
  scopeOf(principalId: string): Promise<AdminScope | undefined>
  readonly sessions: Pick<Sessions, "list" | "end" | "endOthers">
  readonly adminTokens: Pick<AdminTokens, "list" | "create" | "remove" | "isOver">
  readonly administrators: Omit<Administrators, "refuseOfEnvironment">
  /** Removes sessions that are over. */
  prune(): Promise<void>
}

export interface SignInInput {
  readonly name: string
  readonly password: string
}

export interface ChangePasswordInput {
  readonly current: string
  readonly next: string
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512}) *$/i.exec(request.headers.authorization ?? "")?.[1]
}

function tokensEqual(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(left), "hex"), Buffer.from(hashToken(right), "hex"))
}

function wrongPassword(): RefusedError {
  return new RefusedError("wrong_password", "The name or the password is wrong.")
}

export function createAuth(options: AuthOptions): Auth {
  const { database, clock, audit, adminToken, secureCookies, readOnly, onEnd } = options
  const sessions = createSessions({ database, clock, audit, onEnd })
  const environmentMark = adminToken && options.vault.fingerprint("admin-token", adminToken.reveal())
  const adminTokens = createAdminTokens({ database, clock, audit, environmentMark, onEnd })
  const administrators = createAdministrators({ ...options, sessions })
  const limits = createSignInLimits(database, clock)
  const browsers = createBrowserTokens(options.vault)
  const guesses = new GuessLimit(() => clock.now())
  const { adminUser } = database.prisma

  const shownScope = (scope: AdminScope): AdminScope => (readOnly ? "READ" : scope)
  const asShown = (principal: Principal): Principal => ({ ...principal, scope: shownScope(principal.scope) })

  async function byToken(token: string, address: string): Promise<Principal | undefined> {
    if (guesses.waitMs(address, token) > 0) {
      throw new RefusedError(
        "too_many_attempts",
        "Too many wrong admin tokens came from your address; try again in 1 s.",
      )
    }
    if (adminToken !== undefined && tokensEqual(token, adminToken.reveal())) {
      const madeWith = environmentMark === undefined ? {} : { madeWith: environmentMark }
      return { origin: "TOKEN", id: ENVIRONMENT_ID, name: "ADMIN_TOKEN", scope: "ADMIN", ...madeWith }
    }
    const principal = await adminTokens.find(token)
    if (principal === undefined) guesses.wrong(address, token)
    return principal
  }

  async function byHeader(request: IncomingMessage, { address, requestId }: Asker): Promise<Principal | undefined> {
    const refused = (code: string): void =>
      audit.refused({ actor: NOBODY, action: "authenticate", address, requestId }, code)
    const token = bearerToken(request)
    const principal =
      token === undefined
        ? undefined
        : await byToken(token, address).catch((error: unknown) => {
            if (error instanceof RefusedError) refused(error.code)
            throw error
          })
    if (principal === undefined) refused("unknown_token")
    return principal
  }

  /** Whether the password is this one's; `counted` is what a wrong one counts for. Throws while that has to wait. */
  async function prove(user: AdminUserModel | null, password: string, counted: readonly Counted[]): Promise<boolean> {
    await limits.attempt(counted)
    const fits = user === null ? await verifyNobody(password) : await verifyPassword(password, user.passwordHash)
    const isRight = fits && user?.disabledAt === null
    if (isRight) await limits.succeeded(counted)
    return isRight
  }

  /** Who is signed in, after giving the password again. */
  async function proveAgain(password: string, principal: Principal, address: string): Promise<AdminUserModel> {
    if (principal.origin !== "SESSION" || principal.administratorId === undefined) {
      throw new RefusedError("session_only", "This is for who is signed in; an admin token has no password.")
    }
    refuseLongPassword(password, ["password"])
    const user = await adminUser.findUnique({ where: { id: principal.administratorId } })
    const isRight = await prove(user, password, [byAddress(address), bySession(principal.id)])
    if (user === null || !isRight) throw new RefusedError("wrong_password", "The password is wrong.")
    return user
  }

  async function signIn({ name: given, password }: SignInInput, caller: Caller, before?: Principal): Promise<Entered> {
    refuseLongPassword(password, ["password"])
    const name = normaliseName(given.slice(0, MAX_NAME_LENGTH))
    const user = await adminUser.findUnique({ where: { name } })
    // A name that is nobody's is not told: people type passwords where names belong.
    if (user !== null) audit.about({ kind: "ADMINISTRATOR", id: user.id, label: user.name })
    const group = addressGroup(caller.address)
    const known = texts(user?.knownAddresses)
    const browser = user === null ? undefined : browsers.read(caller.browserToken, user.id)
    const counted = bySignIn(name, caller.address, { browser, isAddress: known.includes(group) })
    const isRight = await prove(user, password, counted)
    if (user === null || !isRight) throw wrongPassword()
    const { principal, token, gone } = await database.prisma.$transaction(async (transaction) => {
      const knownAddresses = [group, ...known.filter((one) => one !== group)].slice(0, MAX_KNOWN_ADDRESSES)
      await transaction.adminUser.update({
        where: { id: user.id },
        data: { lastSignInAt: new Date(clock.now()), knownAddresses },
      })
      // The browser has one cookie: what it held is of no use to anybody but a thief.
      const replaced = before?.origin === "SESSION" ? [before.id] : []
      await transaction.session.deleteMany({ where: { id: { in: replaced } } })
      const started = await sessions.start(transaction, user, caller)
      audit.isBy(actorOf(started.principal))
      await audit.record(transaction, { object: { kind: "SESSION", id: started.principal.id, label: user.name } })
      return { ...started, gone: [...started.gone, ...replaced] }
    })
    sessions.ended(gone)
    // The same again, so that what was wrong in this browser stays counted together.
    const browserToken = (browser === undefined ? undefined : caller.browserToken) ?? browsers.make(user.id)
    return { principal: asShown(principal), token, browserToken }
  }

  return {
    sessions,
    adminTokens,
    administrators,
    authenticate: async (request, asker) => {
      if (request.headers.authorization !== undefined) return byHeader(request, asker)
      const cookie = readSessionCookie(request, secureCookies)
      const principal = cookie === undefined ? undefined : await sessions.find(cookie)
      return principal === undefined ? undefined : asShown(principal)
    },
    signIn,
    signOut: (sessionId) => sessions.end(sessionId),
    reauthenticate: async (password, principal, address) => {
      const user = await proveAgain(password, principal, address)
      const { token, freshUntil } = await database.prisma.$transaction(async (transaction) => {
        const renewed = await sessions.renew(transaction, principal.id)
        await audit.record(transaction, { object: { kind: "SESSION", id: principal.id, label: user.name } })
        return renewed
      })
      return { principal: { ...principal, freshUntil: freshUntil.getTime() }, token }
    },
    changePassword: async ({ current, next }, principal, address) => {
      const user = await proveAgain(current, principal, address)
      administrators.refuseOfEnvironment(user)
      const password = checkNewPassword(next, ["newPassword"])
      if (password === current) {
        throw new InvalidInputError("unchanged", "This is the password that you have already.", ["newPassword"])
      }
      const passwordHash = await hashPassword(password)
      const changed = await database.prisma.$transaction(async (transaction) => {
        const passwordSetAt = new Date(clock.now())
        await transaction.adminUser.update({ where: { id: user.id }, data: { passwordHash, passwordSetAt } })
        const gone = await sessions.endAllOf(transaction, user.id, principal.id)
        const renewed = await sessions.renew(transaction, principal.id)
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id: user.id, label: user.name },
          after: { passwordSetAt },
        })
        return { ...renewed, gone }
      })
      sessions.ended(changed.gone)
      return { principal: { ...principal, freshUntil: changed.freshUntil.getTime() }, token: changed.token }
    },
    scopeOf: async (principalId) => {
      if (principalId === ENVIRONMENT_ID) return adminToken === undefined ? undefined : "ADMIN"
      const scope = await sessions.scopeOf(principalId)
      return scope === undefined ? adminTokens.scopeOf(principalId) : shownScope(scope)
    },
    prune: () => sessions.prune(),
  }
}
