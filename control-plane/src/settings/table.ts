/** Which of the environment's variables can also be set while the gateway runs, and what data planes are told of them. */
import type { EnvironmentOf, VariableName } from "#shared/environment.ts"
import type { SnapshotSettings } from "#shared/snapshot.ts"

/** A setting bears the name of its variable, and takes what that takes. */
export const SETTING_NAMES = [
  "MAX_CONCURRENT_PER_MODEL",
  "MAX_CONCURRENT_PER_ACCOUNT",
  "POOL_STRATEGY",
  "POOL_WAIT_MS",
  "POOL_COOLING_WAIT_MS",
  "MAX_ATTEMPTS",
  "ATTEMPT_BUDGET_MS",
  "POOL_PAUSE_ON_WALLS",
  "QUOTA_HISTORY_DAYS",
  "FIRST_BYTE_TIMEOUT_MS",
  "STREAM_IDLE_TIMEOUT_MS",
  "THINKING_BUDGETS",
  "ATTRIBUTION_BLOCK",
  "FETCH_REMOTE_MEDIA",
  "DEFAULT_MODEL",
  "ANTIGRAVITY_BASE_URLS",
  "ANTIGRAVITY_USER_AGENT",
  "ALERT_WEBHOOK_HOSTS",
  "AUDIT_RETENTION_DAYS",
  "CAPTURE_RETENTION_HOURS",
  "CAPTURE_MAX_MIB",
  "REQUEST_RETENTION_DAYS",
  "REQUEST_RETENTION_COUNT",
  "USAGE_MINUTE_DAYS",
  "USAGE_HOUR_DAYS",
  "USAGE_DAY_DAYS",
] as const satisfies readonly VariableName[]

export type SettingName = (typeof SETTING_NAMES)[number]

/** Who sets these is given credentials: access tokens of all accounts go there. */
export const NEEDS_PASSWORD: ReadonlySet<SettingName> = new Set(["ANTIGRAVITY_BASE_URLS"])

export type SettingValues = Pick<EnvironmentOf<"control-plane">, SettingName>

/** As data planes get them; the same values give the same bytes. */
export function snapshotSettings(values: SettingValues): SnapshotSettings {
  return {
    maxConcurrentPerModel: values.MAX_CONCURRENT_PER_MODEL,
    maxConcurrentPerAccount: values.MAX_CONCURRENT_PER_ACCOUNT,
    poolStrategies: values.POOL_STRATEGY,
    poolWaitMs: values.POOL_WAIT_MS,
    poolCoolingWaitMs: values.POOL_COOLING_WAIT_MS,
    maxAttempts: values.MAX_ATTEMPTS,
    attemptBudgetMs: values.ATTEMPT_BUDGET_MS,
    pausesOnWalls: values.POOL_PAUSE_ON_WALLS,
    firstByteTimeoutMs: values.FIRST_BYTE_TIMEOUT_MS,
    streamIdleTimeoutMs: values.STREAM_IDLE_TIMEOUT_MS,
    thinkingBudgets: values.THINKING_BUDGETS,
    attributionBlock: values.ATTRIBUTION_BLOCK,
    fetchRemoteMedia: values.FETCH_REMOTE_MEDIA,
    antigravityBaseUrls: values.ANTIGRAVITY_BASE_URLS,
    antigravityUserAgent: values.ANTIGRAVITY_USER_AGENT,
    ...(values.DEFAULT_MODEL === undefined ? {} : { defaultModel: values.DEFAULT_MODEL }),
  }
}
