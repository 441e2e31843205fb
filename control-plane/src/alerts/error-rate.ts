/**
 * The share of requests that fail, or of attempts that fail in one way: of what reports were added up to, so that a look costs as much
 * after a million requests as after ten.
 */
import { ERROR_CODES, type ErrorCode } from "#shared/error-code.ts"
import { MINUTE_MS } from "../usage/roll-up.ts"
import type { AlertEvidence, FindingContext, FindingRule } from "./findings.ts"
import { limitOf } from "./kinds.ts"

/** A share of fewer requests says little. */
export const LEAST_REQUESTS = 10
export const DEFAULT_WINDOW_MINUTES = 5

interface Count {
  readonly name: string
  readonly count: number
  readonly isFailed: boolean
}

export async function findErrors(rule: FindingRule, context: FindingContext): Promise<readonly AlertEvidence[]> {
  const start = Math.floor(context.now / MINUTE_MS) - (rule.windowMinutes ?? DEFAULT_WINDOW_MINUTES)
  const counts = await (rule.failureClass === null
    ? requestsSince(start, rule.errorCode, context)
    : attemptsSince(start, rule.failureClass, context))
  const all = sum(counts)
  const failed = counts.filter(({ isFailed }) => isFailed)
  const share = sum(failed) / Math.max(1, all)
  if (all < LEAST_REQUESTS || share === 0 || share < limitOf(rule, context.isRaised, "below")) return []
  const of = `${all} ${rule.failureClass === null ? "requests" : "attempts"} since ${new Date(start * MINUTE_MS).toISOString()}`
  return failed
    .toSorted((left, right) => right.count - left.count)
    .map(({ name, count }) => ({ subject: name, label: name, detail: `${count} of ${of}.` }))
}

const sum = (counts: readonly Count[]): number => counts.reduce((total, { count }) => total + count, 0)

/** Cancelled ones left out. */
async function requestsSince(start: number, errorCode: string | null, { prisma }: FindingContext): Promise<Count[]> {
  const groups = await prisma.$queryRaw<readonly { outcome: string; errorCode: string; count: bigint | number }[]>`
    SELECT s."outcome", s."errorCode", CAST(SUM(u."requests") AS BIGINT) AS "count"
    FROM "UsageRollUp" u JOIN "UsageSeries" s ON s."id" = u."seriesId"
    WHERE u."stepMinutes" = 1 AND u."start" >= ${start} AND s."outcome" <> 'CANCELLED' GROUP BY s."outcome", s."errorCode"`
  return groups.map(({ outcome, errorCode: code, count }) => ({
    name: code === "" ? outcome.toLowerCase() : code,
    count: Number(count),
    isFailed: errorCode === null ? outcome !== "COMPLETED" && !isOfClient(code) : code === errorCode,
  }))
}

/** Each call to an upstream, also where a later one served: sums of accounts stand below 0. */
async function attemptsSince(start: number, failureClass: string, { prisma }: FindingContext): Promise<Count[]> {
  const groups = await prisma.$queryRaw<readonly { failureClass: string; count: bigint | number }[]>`
    SELECT s."failureClass", CAST(SUM(u."attempts") AS BIGINT) AS "count"
    FROM "UsageRollUp" u JOIN "UsageSeries" s ON s."id" = u."seriesId"
    WHERE u."stepMinutes" = -1 AND u."start" >= ${start} GROUP BY s."failureClass"`
  return groups.map(({ failureClass: name, count }) => ({
    name,
    count: Number(count),
    isFailed: name === failureClass,
  }))
}

function isOfClient(code: string): boolean {
  return Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code as ErrorCode].fault === "client" // of the table, as just seen
}
