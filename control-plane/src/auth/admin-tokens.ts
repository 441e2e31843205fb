/**
 * Bearer tokens for automation. One belongs to the administrator who made it: it may no more than that one may now, and ends with that
 * one; one that was made with ADMIN_TOKEN ends with that. What a token makes ends with it at the latest, so that nobody turns a token that
 * ends into one that does not.
 */
import type { AdminScope } from "#generated/sqlite/enums.ts"
import type { AdminTokenModel } from "#generated/sqlite/models.ts"
import { ADMIN_TOKEN_PREFIX, apiKeyPrefix, mintToken } from "#shared/api-key.ts"
import type { Audit } from "../audit/audit.ts"
import { pick } from "../audit/fields.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import { checkName } from "../input-checks.ts"
import { hashToken, newId } from "../new-id.ts"
import { lesserScope, type Principal } from "./principal.ts"

/** `lastUsedAt` is written at most this often. */
const TOUCH_MS = 60_000

export interface CreateAdminTokenInput {
  readonly name: string
  readonly scope: AdminScope
  readonly expiresAt: Date | undefined
}

export interface AdminTokens {
  /** All, the oldest first; those that have ended too. */
  list(): Promise<readonly AdminTokenModel[]>
  create(input: CreateAdminTokenInput, by: Principal): Promise<{ row: AdminTokenModel; secret: string }>
  remove(id: string): Promise<void>
  /** Whose token this is, and what it may at the moment; undefined: it is not known, or it has ended. */
  find(token: string): Promise<Principal | undefined>
  /** It has ended: by itself, or with the ADMIN_TOKEN that it was made with. */
  isOver(row: AdminTokenModel): boolean
  /** What it may now; undefined: it is not there, or it has ended. */
  scopeOf(id: string): Promise<AdminScope | undefined>
}

export interface AdminTokensOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  /** A fingerprint of ADMIN_TOKEN; undefined: it is not set. */
  readonly environmentMark: string | undefined
  /** Hears of each token that was removed here. */
  readonly onEnd: (id: string) => void
}

export function createAdminTokens({ database, clock, audit, environmentMark, onEnd }: AdminTokensOptions): AdminTokens {
  const { adminToken, adminUser } = database.prisma

  function isOver({ expiresAt, madeWith }: AdminTokenModel): boolean {
    if (expiresAt !== null && clock.now() >= expiresAt.getTime()) return true
    return madeWith !== null && madeWith !== environmentMark
  }

  /** What it may now; undefined: nothing any more. */
  async function scopeOfRow(row: AdminTokenModel): Promise<AdminScope | undefined> {
    if (isOver(row)) return undefined
    const { scope, ownerId } = row
    if (ownerId === null) return scope
    const owner = await adminUser.findUnique({ where: { id: ownerId } })
    return owner === null || owner.disabledAt !== null ? undefined : lesserScope(scope, owner.scope)
  }

  function checkEnd(expiresAt: Date | undefined, by: Principal): Date | null {
    const path = ["input", "expiresAt"]
    if (expiresAt !== undefined && expiresAt.getTime() <= clock.now()) {
      throw new InvalidInputError("in_the_past", "An admin token ends at a time to come.", path)
    }
    if (by.expiresAt === undefined) return expiresAt ?? null
    if (expiresAt !== undefined && expiresAt.getTime() <= by.expiresAt) return expiresAt
    const end = new Date(by.expiresAt).toISOString()
    throw new InvalidInputError("outlives_its_maker", `What this token makes has to end by ${end}, as it does.`, path)
  }

  return {
    list: () => adminToken.findMany({ orderBy: [{ createdAt: "asc" }, { id: "asc" }], take: 1_000 }),
    create: async (input, by) => {
      const secret = mintToken(ADMIN_TOKEN_PREFIX)
      const data = {
        id: newId("tok"),
        name: checkName(input.name, ["input", "name"]),
        scope: input.scope,
        tokenHash: hashToken(secret),
        prefix: apiKeyPrefix(secret),
        createdAt: new Date(clock.now()),
        expiresAt: checkEnd(input.expiresAt, by),
        ownerId: by.administratorId ?? null,
        madeWith: by.madeWith ?? null,
      }
      const row = await database.prisma.$transaction(async (transaction) => {
        const created = await transaction.adminToken.create({ data })
        await audit.record(transaction, {
          object: { kind: "ADMIN_TOKEN", id: created.id, label: created.name },
          after: pick(created, ["name", "scope", "prefix", "expiresAt", "ownerId"]),
        })
        return created
      })
      return { row, secret }
    },
    remove: async (id) => {
      await database.prisma.$transaction(async (transaction) => {
        const row = await transaction.adminToken.findUnique({ where: { id } })
        if (row === null) throw new InvalidInputError("not_found", "There is no such admin token.", ["id"])
        await transaction.adminToken.delete({ where: { id } })
        await audit.record(transaction, {
          object: { kind: "ADMIN_TOKEN", id, label: row.name },
          before: pick(row, ["name", "scope", "prefix", "expiresAt", "ownerId"]),
        })
      })
      onEnd(id)
    },
    find: async (token) => {
      const row = await adminToken.findUnique({ where: { tokenHash: hashToken(token) } })
      const scope = row === null ? undefined : await scopeOfRow(row)
      if (row === null || scope === undefined) return undefined
      const now = clock.now()
      if (row.lastUsedAt === null || now - row.lastUsedAt.getTime() >= TOUCH_MS) {
        await adminToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date(now) } })
      }
      return {
        origin: "TOKEN",
        id: row.id,
        name: row.name,
        scope,
        ...(row.ownerId === null ? {} : { administratorId: row.ownerId }),
        ...(row.madeWith === null ? {} : { madeWith: row.madeWith }),
        ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.getTime() }),
      }
    },
    isOver,
    scopeOf: async (id) => {
      const row = await adminToken.findUnique({ where: { id } })
      return row === null ? undefined : scopeOfRow(row)
    },
  }
}
