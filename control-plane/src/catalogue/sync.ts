/** Reads what one account offers. A reading that fails changes nothing but what a lasting refusal says about the account. */
import type { Logger } from "#shared/log.ts"
import type { AntigravityCalls } from "../accounts/antigravity/calls.ts"
import type { Credentials } from "../accounts/credentials.ts"
import { takeRefusedCall, type RefusedCallOptions } from "../accounts/refused-call.ts"
import type { QuotaStore } from "../quota/store.ts"
import { readCatalogueQuota } from "../quota/read.ts"
import { readAvailableModels } from "./read.ts"
import { writeCatalogue } from "./store.ts"

export interface CatalogueSyncOptions extends RefusedCallOptions {
  readonly log: Logger
  readonly calls: Pick<AntigravityCalls, "call">
  readonly credentials: Credentials
  /** The list says what is left of each model's quota, too. */
  readonly quota: QuotaStore
}

export interface CatalogueSync {
  /** Whether a list was read. */
  sync(accountId: string): Promise<boolean>
}

export function createCatalogueSync(options: CatalogueSyncOptions): CatalogueSync {
  const { database, clock, log, calls, credentials, quota, onChange } = options
  return {
    sync: async (accountId) => {
      const row = await database.prisma.account.findUnique({ where: { id: accountId }, include: { credential: true } })
      await database.prisma.account.updateMany({
        where: { id: accountId },
        data: { catalogueAskedAt: new Date(clock.now()) },
      })
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
        await takeRefusedCall(options, accountId, answer.failure)
        return false
      }
      const catalogue = readAvailableModels(answer.json)
      if (catalogue === undefined) {
        log.warn("catalogue.unreadable", { account: accountId })
        return false
      }
      if (await writeCatalogue(database, clock, accountId, catalogue)) onChange(accountId)
      // Each address meters for itself, and requests go to the first.
      if (answer.isFirst) await quota.take(accountId, "catalogue", readCatalogueQuota(answer.json))
      return true
    },
  }
}
