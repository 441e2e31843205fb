/** Which accounts one change is for, and that they are those which the operator saw. */
import type { AccountModel, AccountWhereInput } from "#generated/sqlite/models.ts"
import type { Transaction } from "../database/open.ts"
import { InvalidInputError, RefusedError } from "../failure.ts"
import type { AccountFilter } from "./account-filter.ts"

/** What an operator saw before they said yes. */
export interface BulkScope {
  readonly filter: AccountFilter
  readonly expectedCount?: number | null | undefined
  readonly dryRun?: boolean | null | undefined
}

/** Ids in one statement: below what either database takes. */
const CHUNK = 500

export function checkScope({ expectedCount, dryRun }: BulkScope): void {
  if (dryRun === true || typeof expectedCount === "number") return
  throw new InvalidInputError(
    "required",
    "Say how many accounts you expect to fit the filter (a dry run tells), so that no other number is changed.",
    ["expectedCount"],
  )
}

/** The accounts that fit. Throws `RefusedError` when they are not as many as were seen. */
export async function fitting(
  scope: BulkScope,
  where: AccountWhereInput,
  transaction: Pick<Transaction, "account">,
): Promise<AccountModel[]> {
  const rows = await transaction.account.findMany({ where, orderBy: [{ createdAt: "asc" }, { id: "asc" }] })
  if (scope.dryRun !== true && rows.length !== scope.expectedCount) {
    throw new RefusedError(
      "count_differs",
      `The filter fits ${rows.length} accounts now, not ${scope.expectedCount}; nothing was changed. Look at them again.`,
    )
  }
  return rows
}

export function chunksOf<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, at) => items.slice(at * CHUNK, (at + 1) * CHUNK))
}
