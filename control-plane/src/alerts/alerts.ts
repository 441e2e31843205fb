/**
 * Alerts: what needs an operator, raised by rules, seen in the API and sent to webhooks. Everything about them is in the database, so that
 * it survives a restart and is the same at every control plane; each of the two jobs runs at one of them at a time.
 */
import type { Logger } from "#shared/log.ts"
import type { Audit } from "../audit/audit.ts"
import type { PoolState } from "../accounts/pool-pause.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import type { Events } from "../events.ts"
import { createJob, type Job } from "../jobs/job.ts"
import type { Outbound } from "../outbound.ts"
import type { Settings } from "../settings/settings.ts"
import type { Vault } from "../vault.ts"
import { createDelivery, type Delivery } from "./deliver.ts"
import { createEvaluation } from "./evaluate.ts"
import { createAlertRules, type AlertRules } from "./rules.ts"
import { createSend } from "./send.ts"
import { createWebhooks, type Webhooks } from "./webhooks.ts"

export interface Alerts {
  readonly rules: AlertRules
  readonly webhooks: Webhooks
  /** Tries to send since the process started. */
  readonly deliveryCounts: Delivery["counts"]
  readonly jobs: readonly Job[]
  /** Forgets alerts that were resolved long ago, with their messages. */
  prune(): Promise<void>
}

export interface AlertsOptions {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Logger
  readonly audit: Audit
  readonly events: Events
  readonly outbound: Outbound
  readonly settings: Pick<Settings, "current">
  readonly readPool: () => Promise<PoolState>
  readonly random?: () => number
  /** How names are resolved; as the system does by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
}

/** How soon something is noticed. */
const LOOK_EVERY_MS = 15_000
/** What another control plane wrote to be sent is seen this soon. */
const SEND_EVERY_MS = 5_000
export const KEEP_ALERTS_MS = 90 * 24 * 3_600_000

export function createAlerts(options: AlertsOptions): Alerts {
  const { database, vault, clock, log, audit, events, outbound, settings, readPool, random = Math.random } = options
  const { peers } = database
  const hosts = () => settings.current.ALERT_WEBHOOK_HOSTS
  const send = createSend({ clock, outbound, hosts, resolve: options.resolve })
  const onAlert = (id: string): void => events.publish("alertChanged", id)
  const webhooks = createWebhooks({ database, vault, clock, audit, hosts, send })
  const delivery = createDelivery({
    database,
    clock,
    log,
    random,
    send,
    targetOf: (row) => webhooks.targetOf(row),
    onChange: onAlert,
  })
  const sending = createJob({
    name: "deliver-alerts",
    clock,
    log,
    peers,
    everyMs: SEND_EVERY_MS,
    run: (signal) => delivery.run(signal),
  })
  const evaluation = createEvaluation({ database, clock, readPool, onChange: onAlert, onDue: () => sending.wake() })
  const looking = createJob({
    name: "evaluate-alerts",
    clock,
    log,
    peers,
    everyMs: LOOK_EVERY_MS,
    run: async (signal) => {
      await evaluation.run(signal)
      return undefined
    },
  })
  return {
    rules: createAlertRules({ database, clock, audit, onChange: () => looking.wake(), onAlert }),
    webhooks,
    deliveryCounts: delivery.counts,
    jobs: [looking, sending],
    prune: async () => {
      await database.prisma.alert.deleteMany({ where: { until: { lt: new Date(clock.now() - KEEP_ALERTS_MS) } } })
    },
  }
}
