/** What an operator changes of an account: who serves, how much, and what it is called. In force when the answer comes. */
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { Audit } from "../audit/audit.ts"
import type { Clock } from "../clock.ts"
import { lockRows } from "../database/lock-rows.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import {
  checkLabel,
  checkMaxConcurrent,
  checkModelSwitches,
  checkPriority,
  checkProject,
  checkReserve,
  checkWeight,
  type ModelSwitches,
} from "./account-fields.ts"
import { checkTags, given } from "../input-checks.ts"
import { texts } from "../json.ts"
import { accountFields, accountObject } from "./audited.ts"
import { startOnboarding } from "./onboard.ts"

/** As GraphQL delivers it. What is left out stays as it is; null takes back what has a value without one. */
export interface UpdateAccountInput extends ModelSwitches {
  readonly enabled?: boolean | null | undefined
  readonly label?: string | null | undefined
  readonly weight?: number | null | undefined
  readonly priority?: number | null | undefined
  readonly maxConcurrent?: number | null | undefined
  readonly reserve?: number | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly projectId?: string | null | undefined
}

export interface UpdateAccountOptions {
  readonly database: Database
  readonly clock: Clock
  readonly audit: Pick<Audit, "record">
  readonly onChange: (accountId: string) => void
  readonly onOnboardingDue: () => void
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

/** What it means in the database but for models, which are switched one by one. Throws `InvalidInputError`. */
export function changesOf(input: UpdateAccountInput, now: number) {
  const { enabled, maxConcurrent, reserve } = input
  const projectId = checkProject(input.projectId)
  return {
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    ...given("label", checkLabel(input.label)),
    ...given("weight", checkWeight(input.weight)),
    ...given("priority", checkPriority(input.priority)),
    ...given("maxConcurrent", maxConcurrent === null ? null : checkMaxConcurrent(maxConcurrent)),
    ...given("reserve", reserve === null ? null : checkReserve(reserve)),
    ...given("tags", checkTags(input.tags)?.slice()),
    // The provider is asked whether the account may use it.
    ...(projectId === undefined ? {} : { projectId, projectIsGiven: true, ...startOnboarding(now) }),
  }
}

export function createUpdateAccount(options: UpdateAccountOptions) {
  const { database, clock, audit, onChange, onOnboardingDue, takeEffect } = options
  return async (id: string, input: UpdateAccountInput): Promise<AccountModel> => {
    const data = changesOf(input, clock.now())
    const switched = checkModelSwitches(input)
    const row = await database.prisma.$transaction(async (transaction) => {
      // Who changes it at the same time comes before or after, so that neither takes back what the other did.
      if (database.kind === "postgresql") await lockRows(transaction, "Account", [id])
      const before = await transaction.account.findUnique({ where: { id } })
      if (before === null) throw new InvalidInputError("not_found", "There is no such account.", ["id"])
      const models = given("disabledModels", switched?.(texts(before.disabledModels)))
      const after = await transaction.account.update({ where: { id }, data: { ...data, ...models } })
      const change = { before: accountFields(before), after: accountFields(after) }
      await audit.record(transaction, { object: accountObject(after), ...change })
      return after
    })
    onChange(id)
    if ("projectId" in data) onOnboardingDue()
    await takeEffect()
    return row
  }
}
