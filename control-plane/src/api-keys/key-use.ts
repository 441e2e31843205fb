/**
 * What a key has used in a UTC day and in a UTC month: those in which its exchanges ended, whenever they are reported. A data plane whose
 * clock is ahead does not begin a day of its own.
 */
import { Prisma } from "#generated/sqlite/client.ts"
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
  transaction: Pick<Transaction, "apiKey" | "$executeRaw">,
  records: readonly ExchangeRecord[],
  now: number,
): Promise<boolean> {
  const ids = new Set<string>()
  for (const [day, uses] of useByDay(records, now)) {
    for (const id of uses.keys()) ids.add(id)
    await addUse(transaction, day, uses)
  }
  if (ids.size === 0) return false
  const limited = await transaction.apiKey.findMany({
    where: { id: { in: [...ids] }, OR: [{ tokensPerDay: { not: null } }, { tokensPerMonth: { not: null } }] },
  })
  return limited.some((row) => exhaustedUntil(row) !== undefined || monthExhaustedUntil(row) !== undefined)
}

/** Of a day or month that the key has left behind nothing is kept, so what comes late for it is not added to the one it is in. */
async function addUse(
  transaction: Pick<Transaction, "$executeRaw">,
  day: string,
  uses: ReadonlyMap<string, Use>,
): Promise<void> {
  const values = [...uses].map(
    ([id, { requests, tokens }]) => Prisma.sql`(${id}, ${Prisma.raw(String(requests))}, ${Prisma.raw(String(tokens))})`,
  )
  const added = (period: string, current: string, column: string, more: string): Prisma.Sql => {
    const [name, before, value] = [`"ApiKey"."${period}"`, `COALESCE("ApiKey"."${column}", 0)`, `v.${more}`].map(
      (text) => Prisma.raw(text),
    )
    return Prisma.sql`${Prisma.raw(`"${column}"`)} = CASE WHEN ${name} = ${current} THEN ${before} + ${value}
      WHEN ${name} > ${current} THEN ${Prisma.raw(`"ApiKey"."${column}"`)} ELSE ${value} END`
  }
  const moved = (period: string, current: string): Prisma.Sql => {
    const name = Prisma.raw(`"${period}"`)
    return Prisma.sql`${name} = CASE WHEN "ApiKey".${name} > ${current} THEN "ApiKey".${name} ELSE ${current} END`
  }
  const month = day.slice(0, 7)
  const sets = [
    added("usedDay", day, "usedTokens", "column3"),
    added("usedDay", day, "dayRequests", "column2"),
    moved("usedDay", day),
    added("usedMonth", month, "monthTokens", "column3"),
    added("usedMonth", month, "monthRequests", "column2"),
    moved("usedMonth", month),
  ]
  await transaction.$executeRaw`UPDATE "ApiKey" SET ${Prisma.join(sets)}
    FROM (VALUES ${Prisma.join(values)}) AS v WHERE "ApiKey"."id" = v.column1`
}

/** By the day in which each ended, as the control plane's clock has days; the earliest first. */
function useByDay(records: readonly ExchangeRecord[], now: number): [string, Map<string, Use>][] {
  const days = new Map<string, Map<string, Use>>()
  for (const { apiKeyId, usage, startedAt, durationMs } of records) {
    if (apiKeyId === undefined) continue
    const day = utcDay(Math.min(startedAt + durationMs, now))
    const uses = days.get(day) ?? new Map<string, Use>()
    days.set(day, uses)
    const tokens = BigInt(Math.trunc((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)))
    const before = uses.get(apiKeyId) ?? NOTHING
    uses.set(apiKeyId, { requests: before.requests + 1, tokens: before.tokens + tokens })
  }
  return [...days].toSorted(([left], [right]) => (left < right ? -1 : 1))
}
