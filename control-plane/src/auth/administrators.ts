/**
 * Who may sign in: several administrators, each with a role. Only owners manage them, so that nobody grants more than they have, and
 * one owner who can sign in is always left. The one named `admin` follows ADMIN_PASSWORD while that is set.
 */
import type { AdminUserModel } from "#generated/sqlite/models.ts"
import type { Audit } from "../audit/audit.ts"
import { pick } from "../audit/fields.ts"
import type { Clock } from "../clock.ts"
import { isConflict, isUniqueViolation, type Database, type Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { checkName } from "../input-checks.ts"
import { newId } from "../new-id.ts"
import { ADMIN_NAME } from "./admin.ts"
import { checkNewPassword } from "./new-password.ts"
import { generatePassword, hashPassword } from "./password.ts"
import { ROLES, type Role } from "./principal.ts"
import type { Sessions } from "./sessions.ts"

export interface CreateAdministratorInput {
  readonly name: string
  readonly role: Role
  /** Left out: one is generated. */
  readonly password: string | undefined
}

export interface UpdateAdministratorInput {
  readonly name?: string
  readonly role?: Role
  readonly enabled?: boolean
}

/** A row, and its password where that was generated: told this once. */
export interface WithPassword {
  readonly row: AdminUserModel
  readonly password: string | undefined
}

export interface Administrators {
  /** The oldest first. */
  list(): Promise<readonly AdminUserModel[]>
  create(input: CreateAdministratorInput): Promise<WithPassword>
  /** Another role ends the sessions of this one, and so does disabling. */
  update(id: string, input: UpdateAdministratorInput): Promise<AdminUserModel>
  /** Ends the sessions of this one. */
  resetPassword(id: string, password: string | undefined): Promise<WithPassword>
  /** With the sessions and admin tokens of this one. */
  remove(id: string): Promise<void>
  /** Throws `RefusedError` where the password is the environment's. */
  refuseOfEnvironment(row: Pick<AdminUserModel, "name">): void
}

export interface AdministratorsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly sessions: Sessions
  /** ADMIN_PASSWORD is set. */
  readonly hasEnvironmentPassword: boolean
}

const MAX_ADMINISTRATORS = 1_000
/** Two changes that cannot both be are done one after the other. */
const TRIES = 5

/** What the audit tells of one. */
function told(row: AdminUserModel) {
  return pick(row, ["name", "scope", "disabledAt"])
}

/** Names are compared as they are kept: in small letters, in one form of each character. */
export function normaliseName(name: string): string {
  return name.trim().normalize("NFKC").toLowerCase()
}

export function createAdministrators(options: AdministratorsOptions): Administrators {
  const { database, clock, audit, sessions, hasEnvironmentPassword } = options
  const { adminUser } = database.prisma

  function refuseOfEnvironment({ name }: Pick<AdminUserModel, "name">): void {
    if (!hasEnvironmentPassword || name !== ADMIN_NAME) return
    throw new RefusedError(
      "set_by_environment",
      `ADMIN_PASSWORD makes "${ADMIN_NAME}" an owner with that password; change it there and start again.`,
    )
  }

  async function find(transaction: Transaction, id: string): Promise<AdminUserModel> {
    const row = await transaction.adminUser.findUnique({ where: { id } })
    if (row === null) throw new InvalidInputError("not_found", "There is no such administrator.", ["id"])
    refuseOfEnvironment(row)
    return row
  }

  async function tokensOf(transaction: Transaction, ownerId: string): Promise<readonly string[]> {
    const rows = await transaction.adminToken.findMany({ where: { ownerId }, select: { id: true } })
    return rows.map((row) => row.id)
  }

  async function refuseWithoutOwner(transaction: Transaction): Promise<void> {
    if ((await transaction.adminUser.count({ where: { scope: "ADMIN", disabledAt: null } })) > 0) return
    throw new RefusedError("last_owner", "This is the last owner who can sign in; make another one an owner first.")
  }

  /** Serializable: two owners who take each other's role away at the same time must not both succeed. */
  async function change<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    for (let left = TRIES; ; left--) {
      try {
        return await database.prisma.$transaction(work, { isolationLevel: "Serializable" })
      } catch (error) {
        if (isUniqueViolation(error)) {
          throw new InvalidInputError("name_taken", "There is an administrator of this name already.", [
            "input",
            "name",
          ])
        }
        if (!isConflict(error) || left <= 1) throw error
      }
    }
  }

  function checkedName(given: string): string {
    return checkName(normaliseName(given), ["input", "name"])
  }

  return {
    refuseOfEnvironment,
    list: () => adminUser.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }], take: MAX_ADMINISTRATORS }),
    create: async (input) => {
      const name = checkedName(input.name)
      const given = input.password === undefined ? undefined : checkNewPassword(input.password, ["input", "password"])
      const password = given ?? generatePassword()
      const passwordHash = await hashPassword(password)
      const at = new Date(clock.now())
      const row = await change(async (transaction) => {
        if ((await transaction.adminUser.count()) >= MAX_ADMINISTRATORS) {
          throw new RefusedError("too_many", `There are at most ${MAX_ADMINISTRATORS} administrators.`)
        }
        const scope = ROLES[input.role]
        const created = await transaction.adminUser.create({
          data: { id: newId("usr"), name, scope, passwordHash, passwordSetAt: at, createdAt: at },
        })
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id: created.id, label: name },
          after: told(created),
        })
        return created
      })
      return { row, password: given === undefined ? password : undefined }
    },
    update: async (id, { name: givenName, role, enabled }) => {
      const name = givenName === undefined ? undefined : checkedName(givenName)
      const { after, gone } = await change(async (transaction) => {
        const before = await find(transaction, id)
        const row = await transaction.adminUser.update({
          where: { id },
          data: {
            ...(name === undefined ? {} : { name }),
            ...(role === undefined ? {} : { scope: ROLES[role] }),
            ...(enabled === undefined
              ? {}
              : { disabledAt: enabled ? null : (before.disabledAt ?? new Date(clock.now())) }),
          },
        })
        await refuseWithoutOwner(transaction)
        const mustEnd = row.scope !== before.scope || row.disabledAt !== null
        const ids = mustEnd ? [...(await sessions.endAllOf(transaction, id))] : []
        // What they have open closes; they themselves rest until this one is enabled again.
        if (row.disabledAt !== null) ids.push(...(await tokensOf(transaction, id)))
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id, label: row.name },
          before: told(before),
          after: told(row),
        })
        return { after: row, gone: ids }
      })
      sessions.ended(gone)
      return after
    },
    resetPassword: async (id, givenPassword) => {
      const given = givenPassword === undefined ? undefined : checkNewPassword(givenPassword, ["password"])
      const password = given ?? generatePassword()
      const passwordHash = await hashPassword(password)
      const { row, gone } = await change(async (transaction) => {
        await find(transaction, id)
        const passwordSetAt = new Date(clock.now())
        const updated = await transaction.adminUser.update({ where: { id }, data: { passwordHash, passwordSetAt } })
        const ids = await sessions.endAllOf(transaction, id)
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id, label: updated.name },
          after: { passwordSetAt },
        })
        return { row: updated, gone: ids }
      })
      sessions.ended(gone)
      return { row, password: given === undefined ? password : undefined }
    },
    remove: async (id) => {
      const gone = await change(async (transaction) => {
        const before = await find(transaction, id)
        const tokens = await tokensOf(transaction, id)
        await transaction.adminToken.deleteMany({ where: { ownerId: id } })
        const ids = await sessions.endAllOf(transaction, id)
        await transaction.adminUser.delete({ where: { id } })
        await refuseWithoutOwner(transaction)
        await audit.record(transaction, {
          object: { kind: "ADMINISTRATOR", id, label: before.name },
          before: { ...told(before), adminTokens: tokens.length },
        })
        return [...ids, ...tokens]
      })
      sessions.ended(gone)
    },
  }
}
