/** The use cases of the control plane and its jobs, put together. */
import type { Logger } from "#shared/log.ts"
import { createCredentials } from "./accounts/credentials.ts"
import { createAccountParts } from "./accounts/parts.ts"
import { createAlerts } from "./alerts/alerts.ts"
import { createApiKeys } from "./api-keys/api-keys.ts"
import { openAudit } from "./audit/audit.ts"
import { createAuditForgetter } from "./audit/forget.ts"
import { createAuth } from "./auth/auth.ts"
import { createCaptureParts } from "./captures/parts.ts"
import type { Clock } from "./clock.ts"
import type { Config } from "./config.ts"
import type { Services } from "./context.ts"
import { createConversations } from "./conversations/release.ts"
import { openMeta } from "./database/meta.ts"
import type { Database } from "./database/open.ts"
import { createEvents } from "./events.ts"
import { createSubscriptions, watchSubscriptions } from "./graphql/subscriptions.ts"
import type { Ground } from "./ground.ts"
import { createBackUp } from "./jobs/back-up.ts"
import type { Job } from "./jobs/job.ts"
import { createRetention } from "./jobs/retention.ts"
import { createSampleQuota } from "./jobs/sample-quota.ts"
import { createLinkParts } from "./link/parts.ts"
import { createControlMetrics } from "./metrics/metrics.ts"
import { createOutbound } from "./outbound.ts"
import { createQuotaForecasts } from "./quota/forecasts.ts"
import { createQuotaHistory } from "./quota/history.ts"
import { createRecords } from "./requests/records.ts"
import { createRoutingParts } from "./routing/services.ts"
import { createSettings } from "./settings/settings.ts"
import type { InForce } from "./snapshot/in-force.ts"
import { createPublisher } from "./snapshot/publisher.ts"
import type { Vault } from "./vault.ts"

export interface AssembleOptions {
  readonly config: Config
  readonly clock: Clock
  readonly log: Logger
  readonly database: Database
  readonly vault: Vault
  /** On which it listens, once it does. */
  readonly port: () => number
}

export async function assemble({ config, clock, log, database, vault, port }: AssembleOptions) {
  const meta = await openMeta(database, vault, clock)
  const audit = await openAudit({ database, clock, log, vault })
  const events = createEvents()
  const credentials = createCredentials(vault)
  let inForce: InForce | undefined
  const takeEffect = async (): Promise<unknown> => inForce?.settle()
  const settings = createSettings({ database, clock, log, audit, environment: config.settings, takeEffect })
  const publisher = createPublisher({ database, clock, log, meta, credentials, settings })
  database.peers.onTold(() => publisher.touch())
  publisher.onPublish(() => database.peers.tell())
  const ground: Ground = {
    config,
    clock,
    log,
    database,
    vault,
    audit,
    events,
    outbound: createOutbound(config),
    credentials,
    settings,
    publisher,
    takeEffect,
  }

  const subscriptions = createSubscriptions(events)
  const auth = createAuth({
    database,
    clock,
    audit,
    vault,
    adminToken: config.adminToken,
    hasEnvironmentPassword: config.adminPassword !== undefined,
    secureCookies: config.behindTls,
    readOnly: config.readOnly,
    onEnd: (id) => {
      subscriptions.endAllOf(id)
      database.peers.tell()
    },
  })
  const watch = watchSubscriptions({ clock, log, subscriptions, auth, peers: database.peers })
  const accounts = createAccountParts(ground, { auth, port })
  const link = createLinkParts(ground, accounts)
  inForce = link.inForce
  const { nodes, nodeDrain, commands, streams, traffic, pipes } = link
  const { services: routing, sightings } = createRoutingParts(ground)
  const apiKeys = createApiKeys({ ...ground, meta })
  const alerts = createAlerts({ ...ground, readPool: () => accounts.services.pause.read() })
  const { captures, replays } = createCaptureParts(ground, link)
  const records = createRecords(ground)
  const quotaForecasts = createQuotaForecasts(ground)
  const quotaHistory = createQuotaHistory({ ...ground, keepDays: () => settings.current.QUOTA_HISTORY_DAYS })
  const metrics = createControlMetrics(ground)

  const services: Services = {
    ...accounts.services,
    ...routing,
    config,
    clock,
    log,
    database,
    events,
    audit,
    auth,
    alerts,
    metrics,
    apiKeys,
    captures,
    replays,
    conversations: createConversations({ database, audit, commands, nodes }),
    settings,
    quotaForecasts,
    quotaHistory,
    nodes,
    nodeDrain,
    streams,
    pipes,
    publisher,
    subscriptions,
    traffic,
    usage: records.usage,
  }
  const forgetters = [
    captures,
    ...records.forgetters,
    ...accounts.forgetters,
    auth,
    apiKeys,
    quotaHistory,
    createAuditForgetter({ ...ground, chain: audit.chain, keepDays: () => settings.current.AUDIT_RETENTION_DAYS }),
    alerts,
    sightings,
  ]
  const jobs: Job[] = [
    ...accounts.jobs,
    ...alerts.jobs,
    sightings.job,
    createSampleQuota({ clock, log, database, quotaForecasts, quotaHistory }),
    createBackUp(ground),
    createRetention({ clock, log, database, forgetters }),
  ]
  return { services, jobs, ingest: metrics.ingest(link.ingest), traffic, streams, commands, watch }
}
