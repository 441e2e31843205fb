/**
 * Asks the upstream what is left of an account's quota. The summary is the truth about texts; images stand in the list of models
 * alone. Either counts only from the address that requests go to. A reading that fails changes nothing but its age, unless the refusal
 * says something lasting about the account.
 */
import type { AccountModel, AccountWhereInput, CredentialModel } from "#generated/sqlite/models.ts"
import type { Logger } from "#shared/log.ts"
import type { AntigravityCalls } from "../accounts/antigravity/calls.ts"
import { accountsWhere, type AccountFilter } from "../accounts/account-filter.ts"
import type { Credentials } from "../accounts/credentials.ts"
import { takeRefusedCall, type RefusedCallOptions } from "../accounts/refused-call.ts"
import type { ShownStates } from "../accounts/shown-state.ts"
import type { Audit } from "../audit/audit.ts"
import type { CatalogueSync } from "../catalogue/sync.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import { readQuotaSummary } from "./read.ts"
import type { QuotaStore } from "./store.ts"

/** Of an account that nobody uses. */
const IDLE_EVERY_MS = 60 * 60_000
/** A reading that failed is tried again after this long. */
const RETRY_MS = 5 * 60_000
/** The upstream has a moment to begin the new window. */
const AFTER_RESET_MS = 5_000

/** Accounts whose quota may be asked for. */
export const ASKABLE = {
  kind: "ANTIGRAVITY",
  enabled: true,
  state: "READY",
  onboardingPending: false,
} satisfies AccountWhereInput

export interface QuotaSyncOptions extends RefusedCallOptions {
  readonly log: Logger
  readonly calls: Pick<AntigravityCalls, "call">
  readonly credentials: Credentials
  readonly catalogueSync: CatalogueSync
  readonly store: QuotaStore
  readonly audit: Pick<Audit, "note" | "record">
  readonly shownStates: Pick<ShownStates, "where">
  /** A step of an onboarding is over: only for those who watch. */
  readonly onStep: (accountId: string) => void
  /** Some account is due now. */
  readonly onDue: () => void
  /** In [0, 1). */
  readonly random?: () => number
}

export interface QuotaWish {
  readonly accountId?: string | null | undefined
  /** Instead of one account. */
  readonly filter?: AccountFilter | null | undefined
}

export interface QuotaSync {
  /** Whether something was read. */
  sync(accountId: string): Promise<boolean>
  /** A data plane was told that a quota is used up: what was read before that no longer holds. */
  exhausted(accountId: string, at: number): Promise<void>
  /** An operator's wish: one account is read before this resolves, all of them, or those that fit, in the background. The number of those. */
  request(wish: QuotaWish): Promise<{ readonly account: AccountModel | null; readonly queued: number }>
}

type Row = AccountModel & { readonly credential: CredentialModel | null }

export function createQuotaSync(options: QuotaSyncOptions): QuotaSync {
  const { database, clock, log, audit, calls, credentials, catalogueSync, store, onDue } = options
  const { random = Math.random } = options
  const { account, quotaReading } = database.prisma
  const running = new Map<string, Promise<boolean>>()

  async function readSummary({ id, projectId, credential }: Row): Promise<boolean> {
    const accessToken = credential === null ? undefined : credentials.openAccessToken(credential)
    // Without a project the upstream has no summary to give.
    if (accessToken === undefined || projectId === null) return false
    const answer = await calls.call("retrieveUserQuotaSummary", { project: projectId }, accessToken, projectId)
    if (answer.type === "unreachable") {
      log.warn("quota.unreachable", { account: id, reason: answer.message })
      return false
    }
    if (answer.type === "failure") {
      log.warn("quota.refused", { account: id, status: answer.status, class: answer.failure.class })
      await takeRefusedCall(options, id, answer.failure)
      return false
    }
    if (!answer.isFirst) {
      log.warn("quota.other-address", {
        account: id,
        message:
          "Only another address told the quota, and each meters for itself. Put that one first in ANTIGRAVITY_BASE_URLS if it is the one that serves.",
      })
      return false
    }
    const readings = readQuotaSummary(answer.json)
    if (readings === undefined || readings.length === 0) {
      log.warn("quota.unreadable", { account: id })
      return false
    }
    await store.take(id, "summary", readings)
    return true
  }

  async function dueAfter(accountId: string, wasRead: boolean): Promise<Date> {
    const now = clock.now()
    // The jitter lets accounts that were added together drift apart.
    const jitter = 0.9 + 0.2 * random()
    if (!wasRead) return new Date(now + RETRY_MS * jitter)
    const idle = now + IDLE_EVERY_MS * jitter
    const next = await quotaReading.findFirst({
      // One that was read in the moment that the upstream has is read again after it.
      where: { accountId, resetsAt: { gt: new Date(now - AFTER_RESET_MS) } },
      orderBy: { resetsAt: "asc" },
      select: { resetsAt: true },
    })
    const reset = next?.resetsAt ?? undefined
    return new Date(reset === undefined ? idle : Math.min(idle, reset.getTime() + AFTER_RESET_MS))
  }

  async function ask(accountId: string): Promise<boolean> {
    const row = await account.findUnique({ where: { id: accountId }, include: { credential: true } })
    if (row === null) return false
    const askedAt = clock.now()
    await account.updateMany({ where: { id: accountId }, data: { quotaAskedAt: new Date(askedAt) } })
    let wasRead = await readSummary(row)
    const isDue = row.quotaDueAt !== null && row.quotaDueAt.getTime() <= askedAt
    const isOld = row.catalogueReadAt === null || row.catalogueReadAt.getTime() < (row.quotaDueAt?.getTime() ?? 0)
    // Where the summary fails the list has its own turn, with its own job.
    if (isDue && isOld && (wasRead || row.projectId === null)) {
      const hasCatalogue = await catalogueSync.sync(accountId)
      wasRead ||= hasCatalogue
    }
    // Where somebody else moved it meanwhile there is something newer to read.
    const quotaDueAt = await dueAfter(accountId, wasRead)
    await account.updateMany({ where: { id: accountId, quotaDueAt: row.quotaDueAt }, data: { quotaDueAt } })
    // The last step of an onboarding, whatever was told: it holds nothing up.
    const { count } = await account.updateMany({
      where: { id: accountId, onboardingStep: "QUOTA" },
      data: { onboardingStep: null },
    })
    if (count > 0) options.onStep(accountId)
    return wasRead
  }

  function sync(accountId: string): Promise<boolean> {
    const current = running.get(accountId)
    if (current !== undefined) return current
    const result = ask(accountId).finally(() => running.delete(accountId))
    running.set(accountId, result)
    return result
  }

  async function makeDue(where: AccountWhereInput): Promise<number> {
    const { count } = await account.updateMany({ where, data: { quotaDueAt: new Date(clock.now()) } })
    if (count > 0) onDue()
    return count
  }

  async function requestOne(id: string): Promise<AccountModel> {
    const row = await account.findUnique({ where: { id } })
    if (row === null) throw new InvalidInputError("not_found", "There is no such account.", ["accountId"])
    const isAskable = await account.count({ where: { ...ASKABLE, id } })
    if (isAskable === 0) {
      throw new RefusedError("not_ready", "The account is not ready, so its quota cannot be read. See its state.")
    }
    await account.updateMany({ where: { id }, data: { quotaDueAt: new Date(clock.now()) } })
    // One that is under way may have asked before there was anything new to see.
    await running.get(id)?.catch(() => false)
    const wasRead = await sync(id)
    // When it is due next the job does not know yet.
    onDue()
    if (!wasRead) {
      throw new RefusedError("not_read", "The provider did not tell the quota; what was read before is kept.")
    }
    await audit.note({ object: { kind: "ACCOUNT", id, label: row.label } })
    return account.findUniqueOrThrow({ where: { id } })
  }

  return {
    sync,
    exhausted: async (accountId, at) => {
      const since = new Date(Math.min(at, clock.now()))
      await makeDue({ ...ASKABLE, id: accountId, OR: [{ quotaAskedAt: null }, { quotaAskedAt: { lt: since } }] })
    },
    request: async ({ accountId, filter }) => {
      if (accountId && filter) {
        throw new InvalidInputError("not_used", "Give one account, or a filter, not both.", ["filter"])
      }
      if (accountId) return { account: await requestOne(accountId), queued: 0 }
      const queued = await makeDue({ AND: [ASKABLE, await accountsWhere(options, filter)] })
      await audit.note({ after: { queued } })
      return { account: null, queued }
    },
  }
}
