/** What a key has used of its tokens of a UTC day. Days are the control plane's own: a late report counts for the day it comes in. */
import type { ApiKeyModel } from "#generated/sqlite/models.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { Transaction } from "../database/open.ts"
import { utcDay, utcDayEnd } from "#shared/utc-day.ts"

type Budget = Pick<ApiKeyModel, "tokensPerDay" | "usedDay" | "usedTokens">

export function tokensOfDay({ usedDay, usedTokens }: Budget, now: number): bigint {
  return usedDay === utcDay(now) ? (usedTokens ?? 0n) : 0n
}

/** Milliseconds since the epoch; undefined while there is something left, or no limit. It is over by itself on the next day. */
export function exhaustedUntil({ tokensPerDay, usedDay, usedTokens }: Budget): number | undefined {
  if (tokensPerDay === null || usedDay === null || (usedTokens ?? 0n) < tokensPerDay) return undefined
  return utcDayEnd(usedDay)
}

/** Adds what these exchanges used, in and out, to their keys; what nobody reported is not counted. True: some key has nothing left. */
export async function countTokens(
  { apiKey }: Pick<Transaction, "apiKey">,
  records: readonly ExchangeRecord[],
  now: number,
): Promise<boolean> {
  const tokens = tokensByKey(records)
  const day = utcDay(now)
  for (const [id, used] of tokens) {
    const isCounting = await apiKey.updateMany({
      where: { id, usedDay: day },
      data: { usedTokens: { increment: used } },
    })
    if (isCounting.count === 0) await apiKey.updateMany({ where: { id }, data: { usedDay: day, usedTokens: used } })
  }
  const limited = await apiKey.findMany({ where: { id: { in: [...tokens.keys()] }, tokensPerDay: { not: null } } })
  return limited.some((row) => exhaustedUntil(row) !== undefined)
}

function tokensByKey(records: readonly ExchangeRecord[]): Map<string, bigint> {
  const tokens = new Map<string, bigint>()
  for (const { apiKeyId, usage } of records) {
    const used = Math.trunc((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0))
    if (apiKeyId !== undefined && used > 0) tokens.set(apiKeyId, (tokens.get(apiKeyId) ?? 0n) + BigInt(used))
  }
  return tokens
}
