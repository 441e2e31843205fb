/** Reads what one account offers. A reading that fails changes nothing but what a lasting refusal says about the account. */
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { AntigravityCalls } from "../accounts/antigravity/calls.ts"
import type { Credentials } from "../accounts/credentials.ts"
import type { Renewals } from "../accounts/renew.ts"
import { stateOfFailure, writeState } from "../accounts/states.ts"
import { readAvailableModels } from "./read.ts"
import { writeCatalogue } from "./store.ts"

export interface CatalogueSyncOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly calls: AntigravityCalls
  readonly credentials: Credentials
  readonly renewals: Renewals
  readonly onChange: (accountId: string) => void
}

export interface CatalogueSync {
  /** Whether a list was read. */
  sync(accountId: string): Promise<boolean>
}

export function createCatalogueSync(options: CatalogueSyncOptions): CatalogueSync {
  const { database, clock, log, calls, credentials, renewals, onChange } = options
  return {
    sync: async (accountId) => {
      const row = await database.prisma.account.findUnique({ where: { id: accountId }, include: { credential: true } })
      const accessToken = row?.credential ? credentials.openAccessToken(row.credential) : undefined
      if (!row || accessToken === undefined) return false
      const projectId = row.projectId ?? undefined
      const body = projectId === undefined ? {} : { project: projectId }
      const answer = await calls.call("fetchAvailableModels", body, accessToken, projectId)
      if (answer.type === "unreachable") {
        log.warn("catalogue.unreachable", { account: accountId, reason: answer.message })
        return false
      }
      if (answer.type === "failure") {
        log.warn("catalogue.refused", { account: accountId, status: answer.status, class: answer.failure.class })
        if (answer.failure.class === "auth") {
          await renewals.renew(accountId, "refused")
          return false
        }
        const change = stateOfFailure(answer.failure)
        if (change !== undefined && (await writeState(database.prisma, clock, accountId, change))) onChange(accountId)
        return false
      }
      const catalogue = readAvailableModels(answer.json)
      if (catalogue === undefined) {
        log.warn("catalogue.unreadable", { account: accountId })
        return false
      }
      if (await writeCatalogue(database, clock, accountId, catalogue)) onChange(accountId)
      return true
    },
  }
}
