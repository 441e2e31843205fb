/** What is kept of requests, put together: their records, the usage they add up to, and for how long. */
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { SettingValues } from "../settings/table.ts"
import { createUsageRetention } from "../usage/retention.ts"
import { createUsage } from "../usage/usage.ts"
import { createRequestRetention } from "./retention.ts"

export interface RecordsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly settings: { readonly current: SettingValues }
}

export function createRecords(options: RecordsOptions) {
  const { settings } = options
  const usage = createUsage(options)
  const keep = () => ({
    days: settings.current.REQUEST_RETENTION_DAYS,
    count: settings.current.REQUEST_RETENTION_COUNT,
  })
  const forgetters = [
    createRequestRetention({ ...options, keep }),
    createUsageRetention({ ...options, keep: usage.kept }),
  ]
  return { usage, forgetters }
}
