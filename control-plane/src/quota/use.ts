/** What our own requests have used of accounts' quotas since these were last read. */
import { Prisma } from "#generated/sqlite/client.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import { quotaBucket, type QuotaBucket } from "#shared/quota-bucket.ts"
import { chargedTokens } from "#shared/usage.ts"
import type { Transaction } from "../database/open.ts"

interface Use {
  readonly accountId: string
  readonly bucket: QuotaBucket
  tokens: number
}

/** Adds these exchanges to the readings of the accounts that answered them. What was never read counts nothing. */
export async function countQuotaUse(
  transaction: Pick<Transaction, "$executeRaw">,
  records: readonly ExchangeRecord[],
): Promise<void> {
  // One statement for all of them: a batch may be of hundreds of accounts.
  const values = [...usesOf(records)].map(
    ({ accountId, bucket, tokens }) =>
      Prisma.sql`(${accountId}, ${bucket}, ${Prisma.raw(String(BigInt(Math.trunc(tokens))))})`,
  )
  if (values.length === 0) return
  await transaction.$executeRaw`UPDATE "QuotaReading" SET "usedTokens" = "QuotaReading"."usedTokens" + v.column3
    FROM (VALUES ${Prisma.join(values)}) AS v
    WHERE "QuotaReading"."accountId" = v.column1 AND "QuotaReading"."bucket" = v.column2
    AND "QuotaReading"."usedTokens" IS NOT NULL`
}

/** By account and bucket. Tokens that nobody reported are not counted. */
function usesOf(records: readonly ExchangeRecord[]): Iterable<Use> {
  const uses = new Map<string, Use>()
  for (const { model, attempts, usage } of records) {
    const accountId = attempts.at(-1)?.accountId
    const tokens = chargedTokens(usage)
    if (accountId === undefined || model === undefined || tokens === 0) continue
    const bucket = quotaBucket(model)
    const name = `${bucket} ${accountId}`
    const use = uses.get(name) ?? { accountId, bucket, tokens: 0 }
    use.tokens += tokens
    uses.set(name, use)
  }
  return uses.values()
}
