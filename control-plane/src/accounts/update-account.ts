/** What an operator changes of an account: who serves, how much, and what it is called. In force when the answer comes. */
import type { AccountModel } from "#generated/sqlite/models.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { InvalidInputError } from "../failure.ts"
import {
  checkDisabledModels,
  checkLabel,
  checkMaxConcurrent,
  checkPriority,
  checkProject,
  checkReserve,
  checkWeight,
} from "./account-fields.ts"
import { checkTags, given } from "../input-checks.ts"
import { startOnboarding } from "./onboard.ts"

/** As GraphQL delivers it. What is left out stays as it is; null takes back what has a value without one. */
export interface UpdateAccountInput {
  readonly enabled?: boolean | null | undefined
  readonly label?: string | null | undefined
  readonly weight?: number | null | undefined
  readonly priority?: number | null | undefined
  readonly maxConcurrent?: number | null | undefined
  readonly reserve?: number | null | undefined
  readonly disabledModels?: readonly string[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly projectId?: string | null | undefined
}

export interface UpdateAccountOptions {
  readonly database: Database
  readonly clock: Clock
  readonly onChange: (accountId: string) => void
  readonly onOnboardingDue: () => void
  /** Resolves when what was written is in force at the data planes. */
  readonly takeEffect: () => Promise<unknown>
}

/** Throws `InvalidInputError`. */
function changesOf(input: UpdateAccountInput, now: number) {
  const { enabled, maxConcurrent, reserve, disabledModels } = input
  const projectId = checkProject(input.projectId)
  return {
    ...(typeof enabled === "boolean" ? { enabled } : {}),
    ...given("label", checkLabel(input.label)),
    ...given("weight", checkWeight(input.weight)),
    ...given("priority", checkPriority(input.priority)),
    ...given("maxConcurrent", maxConcurrent === null ? null : checkMaxConcurrent(maxConcurrent)),
    ...given("reserve", reserve === null ? null : checkReserve(reserve)),
    ...given("disabledModels", checkDisabledModels(disabledModels === null ? [] : disabledModels)?.slice()),
    ...given("tags", checkTags(input.tags)?.slice()),
    // The provider is asked whether the account may use it.
    ...(projectId === undefined ? {} : { projectId, projectIsGiven: true, ...startOnboarding(now) }),
  }
}

export function createUpdateAccount(options: UpdateAccountOptions) {
  const { database, clock, onChange, onOnboardingDue, takeEffect } = options
  return async (id: string, input: UpdateAccountInput): Promise<AccountModel> => {
    const { account } = database.prisma
    const data = changesOf(input, clock.now())
    if ((await account.count({ where: { id } })) === 0) {
      throw new InvalidInputError("not_found", "There is no such account.", ["id"])
    }
    const row = await account.update({ where: { id }, data })
    onChange(id)
    if ("projectId" in data) onOnboardingDue()
    await takeEffect()
    return row
  }
}
