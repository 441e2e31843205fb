/** What a rule is about right now: read from the database, which every control plane shares, and from nothing else. */
import type { AlertRuleModel } from "#generated/sqlite/models.ts"
import type { AccountState } from "#generated/sqlite/enums.ts"
import { QUOTA_BUCKETS } from "#shared/quota-bucket.ts"
import { utcDay, utcMonth } from "#shared/utc-day.ts"
import type { Transaction } from "../database/open.ts"
import type { PoolState } from "../accounts/pool-pause.ts"
import { WHOLE_ACCOUNT } from "../accounts/rest.ts"
import { findErrors } from "./error-rate.ts"
import { limitOf } from "./kinds.ts"

/** One thing that an alert is about. */
export interface AlertEvidence {
  /** Of an account, node, key or webhook its id; else a name. */
  readonly subject: string
  readonly label: string
  readonly detail: string
}

export interface FindingContext {
  readonly prisma: Transaction
  readonly now: number
  readonly pool: PoolState
  /** An alert of the rule goes on. */
  readonly isRaised: boolean
}

export type FindingRule = Pick<
  AlertRuleModel,
  "kind" | "threshold" | "windowMinutes" | "errorCode" | "failureClass" | "bucket"
>
type Find = (rule: FindingRule, context: FindingContext) => Promise<readonly AlertEvidence[]>

const NEEDS_HAND: AccountState[] = ["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"]
/** A reading that is older says nothing of now. */
const READING_MS = 24 * 3_600_000

/** All that the rule is met by; none: it is not met. */
export function findNow(rule: FindingRule, context: FindingContext): Promise<readonly AlertEvidence[]> {
  return FIND[rule.kind](rule, context)
}

const FIND: Readonly<Record<AlertRuleModel["kind"], Find>> = {
  ACCOUNT_ATTENTION: async (rule, { prisma }) => {
    const rows = await prisma.account.findMany({
      where: { enabled: true, state: { in: NEEDS_HAND } },
      orderBy: [{ stateSince: "asc" }, { id: "asc" }],
      select: { id: true, label: true, state: true, stateReason: true, wayOut: true },
    })
    if (rows.length < rule.threshold) return []
    return rows.map(({ id, label, state, stateReason, wayOut }) => ({
      subject: id,
      label,
      detail: [state, stateReason, wayOut].filter((part) => part !== null).join(" "),
    }))
  },
  POOL_QUOTA: async (rule, { prisma, now, isRaised }) => {
    const rows = await prisma.quotaReading.findMany({
      where: {
        ...(rule.bucket === null ? {} : { bucket: rule.bucket }),
        account: { enabled: true, state: "READY" },
        readAt: { gte: new Date(now - READING_MS) },
        OR: [{ resetsAt: null }, { resetsAt: { gt: new Date(now) } }],
      },
      select: { accountId: true, bucket: true, window: true, remainingFraction: true, resetsAt: true },
    })
    // One that names the tighter window, and not which it is, says nothing more where both are known.
    const exact = new Set(rows.flatMap((row) => (row.window === "nearest" ? [] : [`${row.accountId} ${row.bucket}`])))
    const limit = limitOf(rule, isRaised, "above")
    const groups = new Map<string, typeof rows>()
    for (const row of rows) {
      if (row.window === "nearest" && exact.has(`${row.accountId} ${row.bucket}`)) continue
      const name = `${row.bucket} ${row.window}`
      groups.set(name, [...(groups.get(name) ?? []), row])
    }
    return [...groups].flatMap(([subject, readings]) => {
      const left = readings.reduce((sum, reading) => sum + reading.remainingFraction, 0) / readings.length
      if (left >= limit) return []
      const ends = readings.flatMap(({ resetsAt }) => resetsAt?.getTime() ?? [])
      const next = ends.length === 0 ? "" : `; the next window ends at ${new Date(Math.min(...ends)).toISOString()}`
      const of = readings.length === 1 ? "one account" : `${readings.length} accounts`
      return [{ subject, label: subject, detail: `${percent(left)} is left over ${of}${next}.` }]
    })
  },
  POOL_ACCOUNTS: async (rule, { prisma, now, isRaised }) => {
    const known = await prisma.account.count({ where: { enabled: true } })
    if (known === 0) return []
    const limit = limitOf(rule, isRaised, "above")
    const found: AlertEvidence[] = []
    for (const bucket of rule.bucket === null ? QUOTA_BUCKETS : [rule.bucket]) {
      const usedUp = { some: { bucket: { in: [bucket, WHOLE_ACCOUNT] }, until: { gt: new Date(now) } } }
      const isOpen = [{ resetsAt: null }, { resetsAt: { gt: new Date(now) } }]
      const empty = { some: { bucket, remainingFraction: { lte: 0 }, OR: isOpen } }
      const serving = await prisma.account.count({
        where: { enabled: true, state: "READY", NOT: { OR: [{ cooldowns: usedUp }, { quota: empty }] } },
      })
      if (serving / known >= limit) continue
      found.push({ subject: bucket, label: bucket, detail: `${serving} of ${known} enabled accounts can serve it.` })
    }
    return found
  },
  POOL_PAUSED: (_rule, { pool }) => {
    const { pausedAt, reason = "" } = pool
    const found = pausedAt === undefined ? [] : [{ subject: pausedAt.toISOString(), label: "pool", detail: reason }]
    return Promise.resolve(found)
  },
  ERROR_RATE: findErrors,
  NODE_STALE: async (rule, { prisma, now }) => {
    const before = new Date(now - rule.threshold * 1000)
    const rows = await prisma.node.findMany({
      where: { OR: [{ lastSeenAt: { lt: before } }, { refusal: { not: null } }] },
      orderBy: [{ name: "asc" }],
    })
    return rows.map(({ id, name, lastSeenAt, refusal }) => {
      const isAway = lastSeenAt !== null && lastSeenAt < before
      const detail = isAway
        ? `Not heard of since ${lastSeenAt.toISOString()}.`
        : `Refuses the newest snapshot: ${refusal ?? ""}`
      return { subject: id, label: name, detail }
    })
  },
  KEY_BUDGET: async (rule, { prisma, now }) => {
    const rows = await prisma.apiKey.findMany({
      where: { disabledAt: null, OR: [{ tokensPerDay: { not: null } }, { tokensPerMonth: { not: null } }] },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    })
    return rows.flatMap((row) => {
      if (row.expiresAt !== null && row.expiresAt.getTime() <= now) return []
      const day = row.usedDay === utcDay(now) ? shareOf(row.usedTokens, row.tokensPerDay) : 0
      const month = row.usedMonth === utcMonth(now) ? shareOf(row.monthTokens, row.tokensPerMonth) : 0
      const used = [
        ...(day >= rule.threshold ? [`${percent(day)} of its tokens of the day`] : []),
        ...(month >= rule.threshold ? [`${percent(month)} of its tokens of the month`] : []),
      ]
      if (used.length === 0) return []
      return [{ subject: row.id, label: row.name, detail: `It has used ${used.join(" and ")}.` }]
    })
  },
  WEBHOOK_FAILING: async (rule, { prisma }) => {
    const rows = await prisma.webhook.findMany({
      where: { disabledAt: null, failures: { gte: rule.threshold } },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    })
    return rows.map(({ id, name, failures, lastError }) => ({
      subject: id,
      label: name,
      detail: `${failures} tries in a row failed: ${lastError ?? ""}`,
    }))
  },
  BACKUP_FAILING: async (_rule, { prisma }) => {
    const row = await prisma.scheduledBackup.findUnique({ where: { id: 1 } })
    if (row === null || row.failedAt === null) return []
    const last = row.succeededAt === null ? "There is none yet." : `The newest is of ${row.succeededAt.toISOString()}.`
    return [{ subject: "backup", label: "backup", detail: `${row.failure ?? ""} ${last}`.trim() }]
  },
}

function shareOf(used: bigint | null, limit: bigint | null): number {
  return limit === null || limit <= 0n ? 0 : Number(used ?? 0n) / Number(limit)
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
