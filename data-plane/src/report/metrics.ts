/**
 * The data plane's numbers for Prometheus. What an exchange adds comes from its record, once, when it has ended: the log, the record and
 * these numbers tell the same. Everything else is read where it is kept anyway, when somebody asks. No label names a key or an account,
 * and a model's name is one of a catalogue.
 */
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { Counter, Histogram, MetricDefinition, Metrics, Sample } from "#shared/metrics/metrics.ts"
import { addProcessMetrics } from "#shared/metrics/process-metrics.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Pool } from "../pool/pool.ts"
import type { Sharing } from "../sharing/sharing.ts"
import type { SnapshotStore } from "../snapshot/store.ts"

/** Seconds. */
const WHOLE = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const FIRST = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
const OWN = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
const WAIT = [0.001, 0.1, 0.5, 1, 5, 10, 15, 30, 60, 120]
const DELAY = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

export const PLANE_METRICS = {
  exchanges: {
    name: "lagrange_exchanges_total",
    type: "counter",
    help: "Exchanges that ended, by the client's dialect, the outcome and the error's code (ok: none).",
    labels: ["dialect", "outcome", "code"],
  },
  modelExchanges: {
    name: "lagrange_model_exchanges_total",
    type: "counter",
    help: "Exchanges that ended, by the upstream's model; other: no catalogue has its name.",
    labels: ["model", "outcome"],
  },
  refused: {
    name: "lagrange_requests_refused_total",
    type: "counter",
    help: "Requests that were refused before they became an exchange, by the error's code.",
    labels: ["code"],
  },
  attempts: {
    name: "lagrange_attempts_total",
    type: "counter",
    help: "Calls to the upstream, by the class of their failure (ok: none).",
    labels: ["class"],
  },
  tokens: {
    name: "lagrange_tokens_total",
    type: "counter",
    help: "Tokens that upstreams told. cached_input is part of input, reasoning of output.",
    labels: ["model", "kind"],
  },
  duration: {
    name: "lagrange_exchange_duration_seconds",
    type: "histogram",
    help: "From a request's head to the end of its answer.",
    labels: ["dialect"],
    buckets: WHOLE,
  },
  firstContent: {
    name: "lagrange_first_content_seconds",
    type: "histogram",
    help: "From a request's head to the first content of its answer; of exchanges that had any.",
    labels: ["dialect"],
    buckets: FIRST,
  },
  own: {
    name: "lagrange_own_time_seconds",
    type: "histogram",
    help: "The gateway's own work in an exchange: no wait for client, files, slot, token or upstream.",
    buckets: OWN,
  },
  queueWait: {
    name: "lagrange_queue_wait_seconds",
    type: "histogram",
    help: "How long an exchange waited for a slot of an account; of exchanges that asked for one.",
    buckets: WAIT,
  },
  loopDelay: {
    name: "lagrange_event_loop_delay_seconds",
    type: "histogram",
    help: "How late the event loop ran a timer, twice a second.",
    buckets: DELAY,
  },
  inFlight: { name: "lagrange_exchanges_in_flight", type: "gauge", help: "Exchanges that are under way." },
  waiting: { name: "lagrange_exchanges_waiting", type: "gauge", help: "Of them, those that wait for an account." },
  accounts: {
    name: "lagrange_accounts",
    type: "gauge",
    help: "Accounts of the snapshot in force, by state.",
    labels: ["state"],
  },
  usable: { name: "lagrange_accounts_usable", type: "gauge", help: "Accounts that may serve, cooling ones included." },
  cooling: { name: "lagrange_accounts_cooling", type: "gauge", help: "Of them, those that rest as a whole." },
  cooldowns: {
    name: "lagrange_cooldowns",
    type: "gauge",
    help: "Rests in force, by what rests and by the class of failure that caused them.",
    labels: ["scope", "cause"],
  },
  paused: { name: "lagrange_pool_paused", type: "gauge", help: "1 while the pool protects itself and sends nothing." },
  credit: { name: "lagrange_retry_credit", type: "gauge", help: "Repeats that the pool may still make." },
  conversations: {
    name: "lagrange_conversations",
    type: "gauge",
    help: "Conversations whose account is remembered.",
  },
  ready: { name: "lagrange_ready", type: "gauge", help: "1 while /ready says so." },
  link: { name: "lagrange_link_up", type: "gauge", help: "1 while the link to the control plane is open." },
  snapshotVersion: { name: "lagrange_snapshot_version", type: "gauge", help: "Of the snapshot in force; 0: none." },
  snapshotIssued: {
    name: "lagrange_snapshot_issued_timestamp_seconds",
    type: "gauge",
    help: "When the control plane made the snapshot in force, in seconds since the epoch. Not there without one.",
  },
  reportsWaiting: {
    name: "lagrange_reports_waiting",
    type: "gauge",
    help: "Reports that the control plane has not taken yet.",
  },
  reportsDropped: {
    name: "lagrange_reports_dropped_total",
    type: "counter",
    help: "Reports that were lost because too many waited, or because they were refused.",
  },
  sharing: {
    name: "lagrange_sharing_up",
    type: "gauge",
    help: "1 while the store that data planes share is connected and takes facts. Not there without VALKEY_URL.",
  },
  facts: {
    name: "lagrange_shared_facts_total",
    type: "counter",
    help: "Facts that the store took, that came from other data planes, that were lost, and what was none. Not there without VALKEY_URL.",
    labels: ["result"],
  },
  spans: {
    name: "lagrange_trace_spans_total",
    type: "counter",
    help: "Spans of traces that the collector took, and those that were lost. Not there without a collector.",
    labels: ["result"],
  },
} as const satisfies Record<string, MetricDefinition>

export interface PlaneMetricsSources {
  readonly startedAt: number
  readonly store: SnapshotStore
  readonly pool: Pick<Pool, "facts" | "cooldowns" | "cooldown">
  readonly credit: { readonly left: number }
  readonly link: () => { readonly isOpen: boolean }
  readonly reporter: { readonly waiting: number; readonly drops: number }
  /** Undefined: nothing is shared. */
  readonly sharing?: Pick<Sharing, "state" | "counts"> | undefined
  readonly inFlight: () => number
  readonly isReady: () => boolean
  /** Undefined: there is no collector. */
  readonly traces?: { readonly counts: { readonly sent: number; readonly dropped: number } } | undefined
}

export class PlaneMetrics {
  readonly #store: SnapshotStore
  readonly #exchanges: Counter
  readonly #modelExchanges: Counter
  readonly #refused: Counter
  readonly #attempts: Counter
  readonly #tokens: Counter
  readonly #duration: Histogram
  readonly #firstContent: Histogram
  readonly #own: Histogram
  readonly #queueWait: Histogram
  readonly #loopDelay: Histogram
  #world: World | undefined

  constructor(metrics: Metrics, sources: PlaneMetricsSources) {
    this.#store = sources.store
    this.#exchanges = metrics.counter(PLANE_METRICS.exchanges)
    this.#modelExchanges = metrics.counter(PLANE_METRICS.modelExchanges)
    this.#refused = metrics.counter(PLANE_METRICS.refused)
    this.#attempts = metrics.counter(PLANE_METRICS.attempts)
    this.#tokens = metrics.counter(PLANE_METRICS.tokens)
    this.#duration = metrics.histogram(PLANE_METRICS.duration)
    this.#firstContent = metrics.histogram(PLANE_METRICS.firstContent)
    this.#own = metrics.histogram(PLANE_METRICS.own)
    this.#queueWait = metrics.histogram(PLANE_METRICS.queueWait)
    this.#loopDelay = metrics.histogram(PLANE_METRICS.loopDelay)
    this.#read(metrics, sources)
  }

  onExchange(record: ExchangeRecord): void {
    const { dialect, outcome, attempts, usage } = record
    this.#exchanges.add([dialect, outcome, record.errorCode ?? "ok"])
    this.#duration.observe([dialect], record.durationMs / 1000)
    if (record.firstContentMs !== undefined) this.#firstContent.observe([dialect], record.firstContentMs / 1000)
    if (record.overheadUs !== undefined) this.#own.observe([], record.overheadUs / 1e6)
    for (const { failureClass } of attempts) this.#attempts.add([failureClass ?? "ok"])
    // A model that nobody offers is refused before an account is asked for.
    const hasAsked = attempts.length > 0 || (record.refusal !== undefined && record.errorCode !== "model_not_found")
    if (hasAsked) this.#queueWait.observe([], waitedMs(record) / 1000)
    if (record.model === undefined) return
    const model = this.#modelLabel(record.model)
    this.#modelExchanges.add([model, outcome])
    const counts = [
      ["input", usage.inputTokens],
      ["cached_input", usage.cachedInputTokens],
      ["output", usage.outputTokens],
      ["reasoning", usage.reasoningTokens],
    ] as const
    for (const [kind, count] of counts) if (count !== undefined) this.#tokens.add([model, kind], count)
  }

  onRefused(code: string): void {
    this.#refused.add([code])
  }

  onLoopDelay(delayMs: number): void {
    this.#loopDelay.observe([], delayMs / 1000)
  }

  #read(metrics: Metrics, sources: PlaneMetricsSources): void {
    const { startedAt, store, pool, credit, link, reporter, inFlight, isReady, sharing, traces } = sources
    const single = (definition: MetricDefinition, value: () => number): void =>
      metrics.read(definition, () => [[[], value()]])
    addProcessMetrics(metrics, "data", startedAt)
    single(PLANE_METRICS.inFlight, inFlight)
    single(PLANE_METRICS.waiting, () => pool.facts().waiting)
    metrics.read(PLANE_METRICS.accounts, () => this.#known()?.accounts ?? [])
    single(PLANE_METRICS.usable, () => pool.facts().usable)
    single(PLANE_METRICS.cooling, () => pool.facts().cooling)
    metrics.read(PLANE_METRICS.cooldowns, () =>
      counted(pool.cooldowns().map(({ scope, cause }) => [scope.type, cause] as const)),
    )
    single(PLANE_METRICS.paused, () => (pool.cooldown({ type: "pool" }) === undefined ? 0 : 1))
    single(PLANE_METRICS.credit, () => credit.left)
    single(PLANE_METRICS.conversations, () => pool.facts().conversations)
    single(PLANE_METRICS.ready, () => (isReady() ? 1 : 0))
    single(PLANE_METRICS.link, () => (link().isOpen ? 1 : 0))
    single(PLANE_METRICS.snapshotVersion, () => store.version)
    metrics.read(PLANE_METRICS.snapshotIssued, () => {
      const issuedAt = store.current?.snapshot.issuedAt
      return issuedAt === undefined ? [] : [[[], issuedAt / 1000]]
    })
    single(PLANE_METRICS.reportsWaiting, () => reporter.waiting)
    single(PLANE_METRICS.reportsDropped, () => reporter.drops)
    metrics.read(PLANE_METRICS.sharing, () => (sharing === undefined ? [] : [[[], sharing.state.isUp ? 1 : 0]]))
    metrics.read(PLANE_METRICS.facts, () =>
      Object.entries(sharing?.counts ?? {}).map(([result, count]: [string, number]) => [[result], count]),
    )
    metrics.read(PLANE_METRICS.spans, () => {
      if (traces === undefined) return []
      const { sent, dropped } = traces.counts
      return [
        [["sent"], sent],
        [["dropped"], dropped],
      ] // in the order of their labels
    })
  }

  /** While there is no catalogue a client may name anything. */
  #modelLabel(model: string): string {
    return this.#known()?.models.has(model) === true ? model : "other"
  }

  /** Looked through once for each snapshot, not for each exchange. */
  #known(): World | undefined {
    const compiled = this.#store.current
    if (compiled === undefined) return undefined
    if (this.#world?.compiled !== compiled) this.#world = worldOf(compiled)
    return this.#world
  }
}

interface World {
  readonly compiled: CompiledSnapshot
  readonly models: ReadonlySet<string>
  readonly accounts: readonly Sample[]
}

function worldOf(compiled: CompiledSnapshot): World {
  const { catalogues, accounts } = compiled.snapshot
  const models = Object.values(catalogues).flatMap((catalogue) => catalogue.models.map(({ id }) => id))
  return { compiled, models: new Set(models), accounts: counted(accounts.map(({ state }) => [state])) }
}

/** How many there are of each combination. */
function counted(all: readonly (readonly string[])[]): Sample[] {
  const counts = new Map<string, { readonly labels: readonly string[]; count: number }>()
  for (const labels of all) {
    const key = labels.join("\n")
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { labels, count: 1 })
    else known.count += 1
  }
  return [...counts.values()].map(({ labels, count }) => [labels, count])
}

function waitedMs({ attempts, refusal }: ExchangeRecord): number {
  return attempts.reduce((sum, attempt) => sum + (attempt.waitedMs ?? 0), refusal?.waitedMs ?? 0)
}
