/**
 * Wires the pieces of one data plane together, in one process or in a test: snapshot store and link, pool, transport, server,
 * reports. Starts serving from the last good snapshot on disk; the control plane may come later or be away.
 */
import { createClientAddresses, ignoredProxyMessage } from "#shared/client-address.ts"
import { extraCertificateAuthorities } from "#shared/outbound/trust.ts"
import type { NodeLoad } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { VERSION } from "#shared/version.ts"
import { randomBytes, randomUUID } from "node:crypto"
import { GatewayError } from "./canonical/error.ts"
import { systemClock, type Clock } from "./clock.ts"
import { Captures } from "./capture/captures.ts"
import { Commands } from "./commands/commands.ts"
import type { Config } from "./config.ts"
import { DurableCooldowns } from "./pool/durable-cooldowns.ts"
import { Pool } from "./pool/pool.ts"
import { PoolCooling } from "./pool/pool-cooling.ts"
import { PoolPause } from "./pool/pool-pause.ts"
import { RefusedTexts } from "./pool/refused-texts.ts"
import { RetryCredit } from "./pool/retry-credit.ts"
import { SignatureJournal } from "./signatures/journal.ts"
import { SignatureStore, type SignatureRecord } from "./signatures/store.ts"
import { Pipes } from "./playground/pipes.ts"
import { Replays } from "./replay/replays.ts"
import { RemoteMedia, type RemoteMediaOptions } from "./remote-media/remote-media.ts"
import { EventLoopDelay } from "./report/event-loop-delay.ts"
import { createObservers } from "./report/observers.ts"
import { LinkPost } from "./report/link-post.ts"
import { LinkReporter } from "./report/reporter.ts"
import { createAuthenticate } from "./server/authenticate.ts"
import { KeyLimits } from "./server/key-limits.ts"
import { Dispatcher } from "./server/dispatch.ts"
import { readiness } from "./server/health.ts"
import { startListener } from "./server/listener.ts"
import { Credentials } from "./snapshot/credentials.ts"
import { LastGood } from "./snapshot/last-good.ts"
import { LinkClient } from "./snapshot/link-client.ts"
import { SnapshotStore } from "./snapshot/store.ts"
import { createSharing } from "./sharing/sharing.ts"
import { createTransport } from "./transport/send.ts"

export interface DataPlane {
  readonly url: string
  /** Where Prometheus asks; undefined: nowhere. */
  readonly metricsUrl: string | undefined
  readonly pool: Pool
  readonly store: SnapshotStore
  /** Dials the control plane at once where the link waits for its next try. */
  dialNow(): void
  /** Streams under way may go on this long; then each is told in its dialect. Resolves when all is closed. */
  drain(limitMs?: number): Promise<void>
}

export interface DataPlaneOptions {
  /** The link is open and a snapshot is in force; called again after each reconnection and each snapshot. */
  readonly onLinkSettled?: () => void
  readonly clock?: Clock
  readonly random?: () => number
  /** How names are resolved and which addresses files may be fetched from; public ones by default. */
  readonly remoteMedia?: Pick<RemoteMediaOptions, "resolve" | "isAllowed">
  /** The version of Node that decides about HTTP/2 towards clients; the running one by default. */
  readonly runtime?: string
}

/** How long streams may go on after a stop was asked for. */
export const DRAIN_LIMIT_MS = 30_000
/** Answers that were just ended get this long to leave. */
const FLUSH_MS = 500
const LAST_REPORTS_MS = 1_000
/** A heartbeat tells of so many accounts how many conversations live there. */
const TOLD_HOMES = 1_000

/** Rejects with node's error when the address cannot be had. */
export async function startDataPlane(config: Config, log: Logger, options: DataPlaneOptions = {}): Promise<DataPlane> {
  const { clock = systemClock, random = Math.random, onLinkSettled = () => undefined } = options
  const boot = randomBytes(9).toString("base64url")
  const startedAt = clock.now()
  const { controlUrl, linkToken, nodeName } = config
  const store = new SnapshotStore()
  const pool = new Pool(clock, random, config.sharedStore && ((fact) => sharing?.tell(fact)))
  const pause = new PoolPause({
    pool,
    clock,
    onPaused: (reason) => log.error("pool.paused", { reason }),
    onResumed: () => log.info("pool.resumed"),
  })
  const durable = new DurableCooldowns(pool, clock)
  const keyLimits = new KeyLimits(clock)
  store.onSwap((compiled) => {
    pause.adopt(compiled.snapshot)
    pool.adopt(compiled)
    durable.adopt(compiled.snapshot.accounts)
    keyLimits.keepOnly(compiled.snapshot.apiKeys)
  })
  const lastGood = new LastGood({ dataDirectory: config.dataDirectory, linkToken, log })
  const loop = new EventLoopDelay(clock, (delayMs) => observers.onLoopDelay(delayMs))
  loop.start()

  let url: string | undefined
  const load = (): NodeLoad => {
    const { inFlight, exchanges, refusals, promptCache } = dispatcher.counts
    return {
      version: VERSION,
      ...(url === undefined ? {} : { url }),
      startedAt,
      ...readiness(store, dispatcher),
      snapshotEpoch: store.epoch,
      snapshotVersion: store.version,
      inFlight,
      rssBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: loop.take(),
      exchanges,
      refusals,
      promptCache,
      inFlightByAccount: pool.inFlightByAccount(),
      conversations: pool.facts().conversations,
      conversationsByAccount: pool.conversationsByAccount(TOLD_HOMES),
      sharesConversations: sharing !== undefined,
      ...(sharing === undefined ? {} : { sharing: sharing.state }),
    }
  }
  const reporter = new LinkReporter({ controlUrl, linkToken, nodeName, boot, clock, log, load })
  const capturePost = new LinkPost({ controlUrl, linkToken, clock })
  const captures = new Captures({ clock, log, post: capturePost })
  const credentials = new Credentials(store, clock, (refused) => reporter.add(refused))
  const journal = new SignatureJournal({ dataDirectory: config.dataDirectory, linkToken, clock, log })
  const share = (record: SignatureRecord): void => sharing?.tell({ type: "signature", record })
  const keep = (record: SignatureRecord): void => {
    journal.add(record)
    share(record)
  }
  const signatures = new SignatureStore({ clock, onKeep: keep, onReuse: share })
  journal.load(signatures)
  const outbound = {
    clock,
    outboundProxy: config.outboundProxy?.reveal(),
    certificateAuthorities: extraCertificateAuthorities(config.upstreamCaFile),
  }
  const onChange = (): void => reporter.loadChanged()
  const sharing = createSharing(config, { ...outbound, boot, random, log, signatures, pool, store, onChange })
  const transport = createTransport(outbound)
  const remoteMedia = new RemoteMedia({ ...outbound, ...options.remoteMedia })
  const credit = new RetryCredit()
  const observers = createObservers(
    config,
    {
      startedAt,
      store,
      pool,
      credit,
      reporter,
      sharing,
      link: () => link,
      inFlight: () => dispatcher.counts.inFlight,
      isReady: () => readiness(store, dispatcher).ready,
    },
    { clock, log },
  )
  const ports = {
    clock,
    random,
    pool,
    cooling: new PoolCooling(pool, clock, ({ message }) => log.error("upstream.client-version", { message })),
    refusedTexts: new RefusedTexts(clock),
    pause,
    credentials,
    credit,
    report: (fact: Parameters<typeof reporter.add>[0]) => reporter.add(fact),
  }
  const clientAddresses = createClientAddresses(config.trustedProxies, (address) =>
    log.warn("proxy.not-trusted", { address, message: ignoredProxyMessage(address) }),
  )
  const exchangeServices = {
    clock,
    log,
    store,
    ports,
    transport,
    remoteMedia,
    reporter,
    signatures,
    keyLimits,
    captures,
    authenticate: createAuthenticate({ clientAddresses, clock, log }),
    mintRequestId: randomUUID,
  }
  const dispatcher: Dispatcher = new Dispatcher({
    ...exchangeServices,
    pool,
    panelUrl: config.panelUrl,
    onLoadChange: () => reporter.loadChanged(),
    onExchange: (record, traceParent) => observers.onExchange(record, traceParent),
    onRefused: (code) => observers.onRefused(code),
  })
  const { certificateAuthorities } = outbound
  const replays = new Replays({ dispatcher, services: exchangeServices, certificateAuthorities })
  const pipes = new Pipes({ controlUrl, linkToken, clock, log, dispatcher, services: exchangeServices })
  const drainAsTold = (isOn: boolean): number => {
    dispatcher.tellToDrain(isOn)
    if (isOn) listener.endIdleConnections()
    reporter.loadChanged()
    return dispatcher.counts.inFlight
  }
  const commands = new Commands({
    ports: { pool, replays, pipes, drain: drainAsTold },
    log,
    answer: (ack) => reporter.add(ack),
  })
  const link = new LinkClient({
    controlUrl,
    linkToken,
    nodeName,
    boot,
    clock,
    random,
    log,
    store,
    reporter,
    onAccepted: (frame) => lastGood.save(frame),
    onCommand: (frame, now) => commands.take(frame, now),
    onSettled: onLinkSettled,
  })

  const onDisk = lastGood.load()
  if (onDisk !== undefined) {
    store.swap(onDisk.snapshot, onDisk.hash)
    log.info("snapshot.last-good", { epoch: store.epoch, version: store.version })
  }
  const metricsUrl = await observers.start()
  const { host, port, tls } = config
  const listener = await startListener({
    host,
    port,
    tls,
    log,
    handle: (request, response) => dispatcher.handle(request, response),
    answerBroken: (code) => dispatcher.answerBroken(code),
    ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
  })
  url = listener.url
  reporter.start()
  link.start()

  return {
    url: listener.url,
    metricsUrl,
    pool,
    store,
    dialNow: () => link.dialNow(),
    async drain(limitMs = DRAIN_LIMIT_MS) {
      const idle = dispatcher.drain()
      replays.stop()
      pipes.stop()
      listener.stopAccepting()
      reporter.loadChanged()
      const limit = clock.after(limitMs, () => {
        dispatcher.abortAll(new GatewayError("shutting_down", "The gateway is shutting down. Please try again."))
      })
      const hadExchanges = dispatcher.counts.inFlight > 0
      await idle
      limit.clear()
      if (hadExchanges) await settle(FLUSH_MS)
      await listener.close()
      pipes.close()
      link.stop()
      await Promise.all([reporter.stop(LAST_REPORTS_MS), captures.stop(LAST_REPORTS_MS)])
      await sharing?.stop(LAST_REPORTS_MS)
      capturePost.close()
      await observers.stop()
      await lastGood.settled()
      await journal.close()
      pool.close()
      transport.destroy()
      loop.stop()
    },
  }
}

/** A pause that keeps the process alive, so that what was written can leave its sockets. */
function settle(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
