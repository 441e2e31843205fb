/**
 * What a key has used in a UTC day and in a UTC month. Days and months are the control plane's own: a late report counts for the day it
 * comes in.
 */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { utcDay, utcDayEnd, utcMonth, utcMonthEnd } from "#shared/utc-day.ts"
import type { Transaction } from "../database/open.ts"

type DayUse = Pick<ApiKeyModel, "tokensPerDay" | "usedDay" | "usedTokens">
type MonthUse = Pick<ApiKeyModel, "tokensPerMonth" | "usedMonth" | "monthTokens">

export interface Use {
  readonly requests: number
  /** In and out, as far as they were reported. */
  readonly tokens: bigint
}

const NOTHING: Use = { requests: 0, tokens: 0n }

export function useOfDay(
  { usedDay, usedTokens, dayRequests }: Pick<ApiKeyModel, "usedDay" | "usedTokens" | "dayRequests">,
  now: number,
): Use {
  return usedDay === utcDay(now) ? { requests: dayRequests ?? 0, tokens: usedTokens ?? 0n } : NOTHING
}

export function useOfMonth(
  { usedMonth, monthTokens, monthRequests }: Pick<ApiKeyModel, "usedMonth" | "monthTokens" | "monthRequests">,
  now: number,
): Use {
  return usedMonth === utcMonth(now) ? { requests: monthRequests ?? 0, tokens: monthTokens ?? 0n } : NOTHING
}

/** Milliseconds since the epoch; undefined while there is something left, or no limit. It is over by itself on the next day. */
export function exhaustedUntil({ tokensPerDay, usedDay, usedTokens }: DayUse): number | undefined {
  if (tokensPerDay === null || usedDay === null || (usedTokens ?? 0n) < tokensPerDay) return undefined
  return utcDayEnd(usedDay)
}

/** The same of the month. */
export function monthExhaustedUntil({ tokensPerMonth, usedMonth, monthTokens }: MonthUse): number | undefined {
  if (tokensPerMonth === null || usedMonth === null || (monthTokens ?? 0n) < tokensPerMonth) return undefined
  return utcMonthEnd(usedMonth)
}

/** Adds these exchanges to their keys; tokens that nobody reported are not counted. True: some key has nothing left. */
export async function countUse(
  { apiKey }: Pick<Transaction, "apiKey">,
  records: readonly ExchangeRecord[],
  now: number,
): Promise<boolean> {
  const uses = useByKey(records)
  const usedDay = utcDay(now)
  const usedMonth = utcMonth(now)
  for (const [id, { requests, tokens }] of uses) {
    const ofDay = { usedDay, usedTokens: tokens, dayRequests: requests }
    const moreOfDay = { usedTokens: { increment: tokens }, dayRequests: { increment: requests } }
    const moreOfMonth = { monthTokens: { increment: tokens }, monthRequests: { increment: requests } }
    const same = await apiKey.updateMany({ where: { id, usedDay, usedMonth }, data: { ...moreOfDay, ...moreOfMonth } })
    if (same.count > 0) continue
    const newDay = await apiKey.updateMany({ where: { id, usedMonth }, data: { ...ofDay, ...moreOfMonth } })
    if (newDay.count > 0) continue
    const data = { ...ofDay, usedMonth, monthTokens: tokens, monthRequests: requests }
    await apiKey.updateMany({ where: { id }, data })
  }
  const limited = await apiKey.findMany({
    where: {
      id: { in: [...uses.keys()] },
      OR: [{ tokensPerDay: { not: null } }, { tokensPerMonth: { not: null } }],
    },
  })
  return limited.some((row) => exhaustedUntil(row) !== undefined || monthExhaustedUntil(row) !== undefined)
}

function useByKey(records: readonly ExchangeRecord[]): Map<string, Use> {
  const uses = new Map<string, Use>()
  for (const { apiKeyId, usage } of records) {
    if (apiKeyId === undefined) continue
    const tokens = BigInt(Math.trunc((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)))
    const before = uses.get(apiKeyId) ?? NOTHING
    uses.set(apiKeyId, { requests: before.requests + 1, tokens: before.tokens + tokens })
  }
  return uses
}
