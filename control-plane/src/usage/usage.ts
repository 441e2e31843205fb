/** The use case: what was used, for as long as the settings have it kept. */
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { SettingValues } from "../settings/table.ts"
import { readUsage, type KeptDays, type UsageDimension, type UsagePoint, type UsageRange } from "./read.ts"

export interface Usage {
  /** Throws `InvalidInputError` for a range or grouping that cannot be told. */
  read(range: UsageRange, groupBy: readonly UsageDimension[]): Promise<UsagePoint[]>
  readonly kept: () => KeptDays
}

export interface UsageOptions {
  readonly database: Database
  readonly clock: Clock
  readonly settings: { readonly current: SettingValues }
}

export function createUsage({ database, clock, settings }: UsageOptions): Usage {
  /** Shorter steps are never kept longer than the longer ones that hold the same. */
  const kept = (): KeptDays => {
    const { USAGE_MINUTE_DAYS, USAGE_HOUR_DAYS, USAGE_DAY_DAYS } = settings.current
    const hours = Math.min(USAGE_HOUR_DAYS, USAGE_DAY_DAYS)
    return { minutes: Math.min(USAGE_MINUTE_DAYS, hours), hours, days: USAGE_DAY_DAYS }
  }
  return { kept, read: (range, groupBy) => readUsage(database, clock.now(), kept(), range, groupBy) }
}
