/** What our own requests have used of accounts' quotas since these were last read. */
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
  { quotaReading }: Pick<Transaction, "quotaReading">,
  records: readonly ExchangeRecord[],
): Promise<void> {
  for (const { accountId, bucket, tokens } of usesOf(records)) {
    const usedTokens = { increment: BigInt(Math.trunc(tokens)) }
    await quotaReading.updateMany({ where: { accountId, bucket, usedTokens: { not: null } }, data: { usedTokens } })
  }
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
