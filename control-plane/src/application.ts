/**
 * The control plane put together: configuration → database → migrations → use cases → jobs → listener. Everything a test or a
 * process needs is one call; nothing here is a rule of its own.
 */
import { VERSION } from "#shared/version.ts"
import type { Logger } from "#shared/log.ts"
import { hasMasterKey, loadMasterKey, type MasterKeySource } from "#shared/master-key.ts"
import { assemble } from "./assemble.ts"
import { establishAdmin, isLoopback, refuseWeakPublicPassword } from "./auth/admin.ts"
import { systemClock, type Clock } from "./clock.ts"
import { masterKeySource, type Config } from "./config.ts"
import type { Services } from "./context.ts"
import { migrate } from "./database/migrate.ts"
import { openDatabase, type Database } from "./database/open.ts"
import { takeTurn } from "./database/turn.ts"
import { createGraphqlRoute } from "./graphql/route.ts"
import { createReadClient } from "./http/client.ts"
import { createListener } from "./http/listener.ts"
import { createOAuthCallback } from "./http/oauth-callback.ts"
import { createStaticFiles } from "./http/static-files.ts"
import { openKeyring, type Keyring } from "./data-keys/keyring.ts"
import { type Ingest } from "./link/ingest.ts"
import { createLinkRoutes } from "./link/routes.ts"
import { createPlayground } from "./playground/route.ts"
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

/** The first start makes the master key. One that a database is sealed with cannot be made: who finds it lost has to bring it back. */
async function establishMasterKey(database: Database, source: MasterKeySource, log: Logger): Promise<void> {
  const { dataKey, meta } = database.prisma
  const mustExist = (await dataKey.count()) + (await meta.count()) > 0
  const { generated, file } = loadMasterKey({ ...source, mustExist })
  if (!generated) return
  log.warn("master-key.generated", {
    file,
    message: "Keep a copy of the master key away from the database: without it no credential can be opened.",
  })
}

function warnAboutClearText({ config, log }: StartOptions): void {
  if (!isLoopback(config.host) && !config.behindTls && !config.clearText) {
    log.warn("listener.clear-text", {
      host: config.host,
      message:
        "The panel is reachable from other machines in clear text: put a proxy with TLS in front and set BEHIND_TLS, or CLEAR_TEXT where nobody else is on that network.",
    })
  }
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
  // One that cannot be a key is refused before anything is made or changed.
  if (hasMasterKey(keySource)) loadMasterKey(keySource)
  const applied = await migrate(databaseUrl, config.migrationsDirectory)
  const database = await openDatabase(databaseUrl)
  const turn = await takeTurn(database, "start")
  const openKeys = async (): Promise<Keyring> => {
    await establishMasterKey(database, keySource, log)
    return openKeyring({
      database,
      masterKey: () => loadMasterKey({ ...keySource, mustExist: true }).key,
      clock,
      log,
    })
  }
  const keyring = await openKeys().catch(async (error: unknown) => {
    await database.close()
    throw error
  })
  const { vault } = keyring
  try {
    // The system chooses a port where none is given; a sign-in comes back to the one in use.
    let port = config.port
    const { services, jobs, ingest, traffic, streams, commands, watch } = await assemble({
      config,
      clock,
      log,
      database,
      vault,
      port: () => port,
    })
    const establish = () => establishAdmin(database, config, clock, services.audit)
    const isPasswordGiven = config.adminPassword !== undefined
    if (isPasswordGiven) await establish()
    await services.apiKeys.establishEnvironmentKey(config, log)
    await services.nodes.establishEnvironmentNode(config.nodeName, config.linkToken)
    await services.alerts.rules.establish()
    await turn.release()
    const metricsUrl = await services.metrics.start({ services, jobs, startedAt: clock.now() })
    await services.publisher.flush()
    const readClient = createReadClient(config.trustedProxies, log)
    const listener = createListener({
      log,
      behindTls: config.behindTls,
      graphql: createGraphqlRoute(services, readClient),
      link: createLinkRoutes({
        ...services,
        streams,
        ingest,
        takesOtherHosts: config.behindTls || config.clearText,
        readClient,
        onRefused: (code) => services.metrics.linkRefused(code),
      }),
      playground: createPlayground({ ...services, readClient }),
      callback: createOAuthCallback(services.auth, services.oauth, readClient, services.audit),
      files: createStaticFiles(config.webDirectory),
      reasons: () =>
        database.prisma.meta.count().then(
          () => (services.publisher.current === undefined ? ["no snapshot was published yet"] : []),
          () => ["the database does not answer"],
        ),
    })
    port = await listener.listen(config.host, config.port)
    // One that is generated is shown by this start alone, so it is made when nothing can keep the start from showing it.
    const generatedPassword = isPasswordGiven ? undefined : await establish()
    for (const job of jobs) job.start()
    warnAboutClearText(options)
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
