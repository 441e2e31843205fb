/** The administrator and the first password: from the environment, or generated once. */
import type { AdminUserModel } from "#generated/sqlite/models.ts"
import type { Audit } from "../audit/audit.ts"
import { pick } from "../audit/fields.ts"
import type { AuditObject } from "../audit/object.ts"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import type { Database } from "../database/open.ts"
import { StartError } from "../failure.ts"
import { newId } from "../new-id.ts"
import { generatePassword, hashPassword, passwordWeakness, verifyPassword } from "./password.ts"

export const ADMIN_NAME = "admin"

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** Throws `StartError` when others could reach the panel with no password or one that is guessed at once. */
export function refuseWeakPublicPassword(config: Pick<Config, "host" | "adminPassword">): void {
  if (isLoopback(config.host)) return
  const password = config.adminPassword?.reveal()
  const weakness = password === undefined ? "is not set" : passwordWeakness(password)
  if (weakness === undefined) return
  throw new StartError(
    `CONTROL_HOST ${config.host} lets others reach the panel and ADMIN_PASSWORD ${weakness}: set one of at least 12 uncommon characters, or listen on 127.0.0.1.`,
  )
}

const action = "establishAdministrator"

const objectOf = ({ id, name }: AdminUserModel): AuditObject => ({ kind: "ADMINISTRATOR", id, label: name })

const told = (row: AdminUserModel) => pick(row, ["scope", "disabledAt", "passwordSetAt"])

/**
 * Makes sure that somebody can sign in. `ADMIN_PASSWORD`, when set, makes `admin` an owner with that password, whatever became of that
 * one before; a changed password ends all its sessions. Returns the generated password on the one start that made it.
 */
export async function establishAdmin(
  database: Database,
  config: Pick<Config, "adminPassword">,
  clock: Clock,
  audit: Pick<Audit, "record">,
): Promise<string | undefined> {
  const given = config.adminPassword?.reveal()
  const user = await database.prisma.adminUser.findUnique({ where: { name: ADMIN_NAME } })
  const at = new Date(clock.now())
  if (user === null) {
    // Renamed or removed by an owner, who is somebody else by now.
    if (given === undefined && (await database.prisma.adminUser.count()) > 0) return undefined
    const password = given ?? generatePassword()
    const passwordHash = await hashPassword(password)
    // Several first starters: the row's unique name lets one of them write, and only that one shows its password.
    const id = newId("usr")
    const row = await database.prisma.$transaction(async (transaction) => {
      const made = await transaction.adminUser.upsert({
        where: { name: ADMIN_NAME },
        update: {},
        create: { id, name: ADMIN_NAME, scope: "ADMIN", passwordHash, passwordSetAt: at, createdAt: at },
      })
      if (made.id === id) await audit.record(transaction, { action, object: objectOf(made), after: told(made) })
      return made
    })
    return row.id === id && given === undefined ? password : undefined
  }
  if (given === undefined) return undefined
  const isSame = await verifyPassword(given, user.passwordHash)
  if (isSame && user.scope === "ADMIN" && user.disabledAt === null) return undefined
  const password = isSame ? {} : { passwordHash: await hashPassword(given), passwordSetAt: at }
  await database.prisma.$transaction(async (transaction) => {
    const data = { scope: "ADMIN", disabledAt: null, ...password } as const
    const changed = await transaction.adminUser.update({ where: { id: user.id }, data })
    if (!isSame) await transaction.session.deleteMany({ where: { userId: user.id } })
    await audit.record(transaction, { action, object: objectOf(changed), before: told(user), after: told(changed) })
  })
  return undefined
}
