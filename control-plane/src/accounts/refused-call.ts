/** What a refused call about an account (its catalogue, its quota) makes of it: a lasting refusal is a state, a passing one nothing. */
import type { ClassifiedFailure } from "#shared/upstream-failure.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { Renewals } from "./renew.ts"
import { stateOfFailure, writeState } from "./states.ts"

export interface RefusedCallOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly renewals: Renewals
  readonly onChange: (accountId: string) => void
}

export async function takeRefusedCall(
  options: RefusedCallOptions,
  accountId: string,
  failure: ClassifiedFailure,
): Promise<void> {
  if (failure.class === "auth") {
    await options.renewals.renew(accountId, "refused")
    return
  }
  const change = stateOfFailure(failure)
  if (change !== undefined && (await writeState(options, accountId, change))) options.onChange(accountId)
}
