/**
 * The control plane put together: configuration → database → migrations → use cases → jobs → listener. Everything a test or a
 * process needs is one call; nothing here is a rule of its own.
 */
import { VERSION } from "#shared/version.ts"
import type { Logger } from "#shared/log.ts"
import { loadMasterKey } from "#shared/master-key.ts"
import { createAccountTools } from "./accounts/account-tools.ts"
import { createAccounts } from "./accounts/accounts.ts"
import { createAntigravityCalls } from "./accounts/antigravity/calls.ts"
import { createCooldowns } from "./accounts/cooldowns.ts"
import { createCredentials } from "./accounts/credentials.ts"
import { createOAuthClients } from "./accounts/oauth/clients.ts"
import { createFlowStore } from "./accounts/oauth/flow-store.ts"
import { createOAuthSignIn } from "./accounts/oauth/sign-in.ts"
import { createOAuthTokens } from "./accounts/oauth/tokens.ts"
import { createOnboarding } from "./accounts/onboard.ts"
import { createPoolPause } from "./accounts/pool-pause.ts"
import { createRenewals } from "./accounts/renew.ts"
import { createAlerts } from "./alerts/alerts.ts"
import { createApiKeys } from "./api-keys/api-keys.ts"
import { establishAdmin, isLoopback, refuseWeakPublicPassword } from "./auth/admin.ts"
import { openAudit } from "./audit/audit.ts"
import { createAuditForgetter } from "./audit/forget.ts"
import { createAuth } from "./auth/auth.ts"
import { createCatalogueSync } from "./catalogue/sync.ts"
import { systemClock, type Clock } from "./clock.ts"
import { masterKeySource, type Config } from "./config.ts"
import type { Services } from "./context.ts"
import { createConversations } from "./conversations/release.ts"
import { openMeta } from "./database/meta.ts"
import { migrate } from "./database/migrate.ts"
import { openDatabase, type Database } from "./database/open.ts"
import { createEvents } from "./events.ts"
import { createGraphqlRoute } from "./graphql/route.ts"
import { createSubscriptions, watchSubscriptions } from "./graphql/subscriptions.ts"
import { createReadClient } from "./http/client.ts"
import { createListener } from "./http/listener.ts"
import { createOAuthCallback } from "./http/oauth-callback.ts"
import { createStaticFiles } from "./http/static-files.ts"
import type { Job } from "./jobs/job.ts"
import { openKeyring } from "./data-keys/keyring.ts"
import { createOnboardAccounts } from "./jobs/onboard-accounts.ts"
import { createRenewTokens } from "./jobs/renew-tokens.ts"
import { createRetention } from "./jobs/retention.ts"
import { createSampleQuota } from "./jobs/sample-quota.ts"
import { createSyncCatalogues } from "./jobs/sync-catalogues.ts"
import { createSyncQuota } from "./jobs/sync-quota.ts"
import { createCommands } from "./link/commands.ts"
import { createIngest, type Ingest } from "./link/ingest.ts"
import { createNodes } from "./link/nodes.ts"
import { createLinkRoutes } from "./link/routes.ts"
import { createStreams, type Streams } from "./link/streams.ts"
import { createOutbound } from "./outbound.ts"
import { createQuotaForecasts } from "./quota/forecasts.ts"
import { createQuotaHistory } from "./quota/history.ts"
import { paceCalls } from "./quota/paced-calls.ts"
import { createQuotaStore } from "./quota/store.ts"
import { createQuotaSync } from "./quota/sync.ts"
import { createRoutingParts } from "./routing/services.ts"
import { createInForce } from "./snapshot/in-force.ts"
import { createRecords } from "./requests/records.ts"
import { createSettings } from "./settings/settings.ts"
import { createPublisher } from "./snapshot/publisher.ts"
import { createControlMetrics } from "./metrics/metrics.ts"
import { createTraffic } from "./traffic.ts"
import type { Vault } from "./vault.ts"

export interface ControlPlane {
  readonly services: Services
  readonly ingest: Ingest
  readonly vault: Vault
  readonly port: number
  /** Where it listens, whatever PANEL_URL says. */
  readonly url: string
  /** Where a browser finds the panel. */
  readonly panelUrl: string
  /** Where Prometheus asks; undefined: nowhere. */
  readonly metricsUrl: string | undefined
  /** On the one start that made it. */
  readonly generatedPassword: string | undefined
  /** Ends streams, lets open requests and jobs finish within `graceMs`, closes the database. */
  stop(graceMs?: number): Promise<void>
}

export interface StartOptions {
  readonly config: Config
  readonly log: Logger
  readonly clock?: Clock
}

const GRACE_MS = 5_000
/** Of the calls that ask the upstream again and again what accounts offer and what is left of them. */
const READS_AT_ONCE = 2

function warnAboutSetUp({ config, log }: StartOptions, keyFile: string | undefined): void {
  if (keyFile !== undefined) {
    log.warn("master-key.generated", {
      file: keyFile,
      message: "Keep a copy of the master key away from the database: without it no credential can be opened.",
    })
  }
  if (!isLoopback(config.host) && !config.behindTls) {
    log.warn("listener.clear-text", {
      host: config.host,
      message:
        "The panel is reachable from other machines in clear text: put a proxy with TLS in front and set BEHIND_TLS.",
    })
  }
}

/** Events that several parts have to hear, said once. */
function createAnnouncements(services: Pick<Services, "events">, touch: () => void) {
  return {
    accountChanged: (id: string): void => {
      services.events.publish("accountChanged", id)
      touch()
    },
    accountRemoved: (id: string): void => {
      services.events.publish("accountRemoved", id)
      touch()
    },
  }
}

async function assemble(options: StartOptions, database: Database, vault: Vault, port: () => number) {
  const { config, log, clock = systemClock } = options
  const meta = await openMeta(database, vault, clock)
  const audit = await openAudit({ database, clock, log, vault })
  const outbound = createOutbound(config)
  const events = createEvents()
  const subscriptions = createSubscriptions(events)
  const credentials = createCredentials(vault)
  const takeEffect = (): Promise<unknown> => inForce.settle()
  const settings = createSettings({ database, clock, log, audit, environment: config.settings, takeEffect })
  const publisher = createPublisher({ database, clock, log, meta, credentials, settings })
  database.peers.onTold(() => publisher.touch())
  publisher.onPublish(() => database.peers.tell())
  const { services: routing, sightings } = createRoutingParts({ database, clock, log, audit, publisher, takeEffect })
  let renewTokens: Job | undefined
  let syncQuota: Job | undefined
  const announce = createAnnouncements({ events }, () => {
    publisher.touch()
    // A new token may fall due before the job would look again by itself, and of an account that is ready now nothing was read yet.
    renewTokens?.wake()
    syncQuota?.wake()
  })
  const onChange = announce.accountChanged
  const onRemoved = announce.accountRemoved

  const onStep = (id: string): void => events.publish("accountChanged", id)
  const clients = createOAuthClients({ database, vault, clock, audit, environment: config.oauth })
  const tokens = createOAuthTokens(config.oauth, outbound)
  const calls = createAntigravityCalls(() => settings.current, outbound, clock)
  const renewals = createRenewals({ database, clock, log, audit, credentials, clients, tokens, onChange })
  const quota = createQuotaStore({
    database,
    clock,
    onRead: (id) => events.publish("accountChanged", id),
    onTell: () => publisher.touch(),
  })
  const readCalls = paceCalls(calls, READS_AT_ONCE)
  const catalogueSync = createCatalogueSync({
    database,
    clock,
    log,
    audit,
    calls: readCalls,
    credentials,
    renewals,
    quota,
    onChange,
  })
  const quotaSync = createQuotaSync({
    database,
    clock,
    log,
    audit,
    calls: readCalls,
    credentials,
    renewals,
    catalogueSync,
    store: quota,
    onChange,
    onStep,
    onDue: () => syncQuota?.wake(),
  })
  const onboarding = createOnboarding({
    database,
    clock,
    log,
    audit,
    credentials,
    tokens,
    calls,
    renewals,
    catalogueSync,
    onChange,
    onStep,
    onRemoved,
  })

  const records = createRecords({ database, clock, log, settings })
  const auth = createAuth({
    database,
    clock,
    audit,
    adminToken: config.adminToken,
    hasEnvironmentPassword: config.adminPassword !== undefined,
    secureCookies: config.behindTls,
    onEnd: (id) => {
      subscriptions.endAllOf(id)
      database.peers.tell()
    },
  })
  const watch = watchSubscriptions({ clock, log, subscriptions, auth, peers: database.peers })
  const apiKeys = createApiKeys({ database, clock, audit, meta, takeEffect })
  const onFlow = (stateHash: string): void => events.publish("oauthFlowChanged", stateHash)
  const flows = createFlowStore({ database, vault, clock, audit, onChange: onFlow })
  const keepDays = (): number => settings.current.AUDIT_RETENTION_DAYS
  const auditForgetter = createAuditForgetter({ database, clock, chain: audit.chain, keepDays })
  const jobs: Job[] = []
  renewTokens = createRenewTokens({ clock, log, database, renewals })
  const onboardAccounts = createOnboardAccounts({ clock, log, database, onboarding })
  syncQuota = createSyncQuota({ clock, log, database, quotaSync })
  jobs.push(onboardAccounts, renewTokens, syncQuota, sightings.job)
  const quotaForecasts = createQuotaForecasts({ database, clock })
  const quotaHistory = createQuotaHistory({ database, clock, keepDays: () => settings.current.QUOTA_HISTORY_DAYS })
  jobs.push(createSampleQuota({ clock, log, database, quotaForecasts, quotaHistory }))
  const readPool = () => pause.read()
  const alerts = createAlerts({ database, vault, clock, log, audit, events, outbound, settings, readPool })
  jobs.push(...alerts.jobs)
  jobs.push(
    createSyncCatalogues({ clock, log, database, catalogueSync }),
    createRetention({ clock, log, database, forgetters: [...records.forgetters, auth, apiKeys, flows, clients, quotaHistory, auditForgetter, alerts, sightings] }),
  )

  const accounts = createAccounts({
    database,
    clock,
    audit,
    credentials,
    clients,
    tokens,
    onChange,
    onRemoved,
    onOnboardingDue: () => onboardAccounts.wake(),
    takeEffect,
  })
  const accountTools = createAccountTools({
    database,
    clock,
    log,
    audit,
    settings: () => settings.current,
    credentials,
    clients,
    tokens,
    calls,
    renewals,
    quota,
    onChange,
    onRemoved,
    onOnboardingDue: () => onboardAccounts.wake(),
    takeEffect,
  })
  const { authUrl } = config.oauth
  const oauth = createOAuthSignIn({ authUrl, clock, log, audit, flows, clients, tokens, accounts, auth, port })
  let streams: Streams | undefined
  const inForce = createInForce({ clock, publisher, connectedNodes: () => streams?.connectedNodes() ?? new Set() })
  const nodes = createNodes({
    database,
    clock,
    audit,
    onChange: (id: string) => events.publish("nodeChanged", id),
    onRevoked: (id) => streams?.drop(id),
  })
  const commands = createCommands({
    clock,
    log,
    nodeIds: async () => (await database.prisma.node.findMany({ select: { id: true } })).map(({ id }) => id),
    connectedNodes: () => streams?.connectedNodes() ?? new Set(),
  })
  streams = createStreams({
    clock,
    log,
    publisher,
    commands,
    onConnection: (nodeId, boot, connected) => {
      if (!connected) nodes.forget(nodeId, boot)
      events.publish("nodeChanged", nodeId)
    },
  })
  const traffic = createTraffic(clock, events, () => nodes.inFlight())
  const pause = createPoolPause({
    database,
    clock,
    log,
    audit,
    isOn: () => settings.current.POOL_PAUSE_ON_WALLS,
    onChange: () => publisher.touch(),
    takeEffect,
  })
  const cooldowns = createCooldowns({ database, clock, audit, onChange, takeEffect })
  const metrics = createControlMetrics({ config, clock, log })
  const ingest = createIngest({
    database,
    onKeyUsedUp: () => publisher.touch(),
    onOnboardingDue: () => onboardAccounts.wake(),
    clock,
    log,
    audit,
    events,
    nodes,
    traffic,
    renewals,
    inForce,
    pause,
    cooldowns,
    quotaSync,
    commands,
    onChange,
  })
  const services: Services = {
    config,
    clock,
    log,
    database,
    events,
    audit,
    auth,
    accounts,
    ...accountTools,
    oauth,
    oauthClients: clients,
    alerts,
    metrics,
    apiKeys,
    conversations: createConversations({ database, audit, commands }),
    settings,
    ...routing,
    cooldowns,
    quotaSync,
    quotaForecasts,
    quotaHistory,
    nodes,
    pause,
    streams,
    publisher,
    subscriptions,
    usage: records.usage,
  }
  return { services, jobs, ingest: metrics.ingest(ingest), traffic, streams, commands, watch }
}

function listeningUrl(config: Config, port: number): string {
  const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** Starts a control plane. Throws `StartError`, `DatabaseError`, `SealError` with one sentence when it cannot. */
export async function startControlPlane(options: StartOptions): Promise<ControlPlane> {
  const { config, log, clock = systemClock } = options
  refuseWeakPublicPassword(config)
  const databaseUrl = config.databaseUrl.reveal()
  const keySource = masterKeySource(config)
  const masterKey = loadMasterKey(keySource)
  const applied = await migrate(databaseUrl, config.migrationsDirectory)
  const database = await openDatabase(databaseUrl)
  const keyring = await openKeyring({ database, masterKey: () => loadMasterKey({ ...keySource, mustExist: true }).key, clock, log }).catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  const { vault } = keyring
  try {
    // The system chooses a port where none is given; a sign-in comes back to the one in use.
    let port = config.port
    const { services, jobs, ingest, traffic, streams, commands, watch } = await assemble(options, database, vault, () => port)
    const generatedPassword = await establishAdmin(database, config, clock, services.audit)
    await services.apiKeys.establishEnvironmentKey(config, log)
    await services.nodes.establishEnvironmentNode(config.nodeName, config.linkToken)
    await services.alerts.rules.establish()
    const metricsUrl = await services.metrics.start({ services, jobs, startedAt: clock.now() })
    await services.publisher.flush()
    const readClient = createReadClient(config.trustedProxies)
    const listener = createListener({
      log,
      behindTls: config.behindTls,
      graphql: createGraphqlRoute(services),
      link: createLinkRoutes({ nodes: services.nodes, streams, ingest, behindTls: config.behindTls, readClient }),
      callback: createOAuthCallback(services.auth, services.oauth, readClient, services.audit),
      files: createStaticFiles(config.webDirectory),
      reasons: () =>
        database.prisma.meta.count().then(
          () => (services.publisher.current === undefined ? ["no snapshot was published yet"] : []),
          () => ["the database does not answer"],
        ),
    })
    port = await listener.listen(config.host, config.port)
    for (const job of jobs) job.start()
    warnAboutSetUp(options, masterKey.generated ? masterKey.file : undefined)
    const url = listeningUrl(config, port)
    const panelUrl = config.panelUrl ?? url
    log.info("control-plane.started", {
      version: VERSION,
      panelUrl,
      database: database.kind,
      migrations: applied.length,
    })

    let stopping: Promise<void> | undefined
    const stop = async (graceMs: number): Promise<void> => {
      traffic.stop()
      watch.stop()
      services.subscriptions.stop()
      const closed = listener.close(graceMs)
      streams.stop()
      commands.stop()
      await Promise.all([...jobs.map((job) => job.stop()), closed])
      await ingest.settled()
      await services.metrics.stop()
      await services.publisher.stop()
      await services.audit.stop()
      await keyring.stop()
      await database.close()
      log.info("control-plane.stopped")
    }
    return {
      services,
      ingest,
      vault,
      metricsUrl,
      port,
      url,
      panelUrl,
      generatedPassword,
      stop: (graceMs = GRACE_MS) => (stopping ??= stop(graceMs)),
    }
  } catch (error) {
    await keyring.stop()
    await database.close()
    throw error
  }
}
