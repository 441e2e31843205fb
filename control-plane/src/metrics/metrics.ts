/**
 * The control plane's numbers for Prometheus. What happens is counted where it passes by (reports, sign-ins, fields of GraphQL);
 * everything else is read from the database or from memory when somebody asks. Labels come from closed lists: states, kinds, jobs, root
 * fields of the schema, names of nodes; none names an account, a key or a person.
 */
import type { Logger } from "#shared/log.ts"
import type { ReportItem } from "#shared/link-protocol.ts"
import { startMetricsListener, type MetricsListener } from "#shared/metrics/listener.ts"
import { Metrics, type Counter, type MetricDefinition, type Sample } from "#shared/metrics/metrics.ts"
import { addProcessMetrics } from "#shared/metrics/process-metrics.ts"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import type { Services } from "../context.ts"
import { RefusedError, StartError } from "../failure.ts"
import type { Job } from "../jobs/job.ts"
import type { Ingest } from "../link/ingest.ts"
import { databaseBytes } from "./database-size.ts"

export const CONTROL_METRICS = {
  accounts: {
    name: "lagrange_accounts",
    type: "gauge",
    help: "Accounts by state, as Account.state shows it.",
    labels: ["state"],
  },
  jobRuns: {
    name: "lagrange_job_runs_total",
    type: "counter",
    help: "Runs of background jobs at this control plane that ended.",
    labels: ["job_name", "result"],
  },
  jobSeconds: {
    name: "lagrange_job_seconds_total",
    type: "counter",
    help: "How long they took together.",
    labels: ["job_name"],
  },
  jobLast: {
    name: "lagrange_job_last_run_seconds",
    type: "gauge",
    help: "How long the last run took.",
    labels: ["job_name"],
  },
  jobSuccess: {
    name: "lagrange_job_last_success_timestamp_seconds",
    type: "gauge",
    help: "When a run of it last ended without a failure, in seconds since the epoch.",
    labels: ["job_name"],
  },
  snapshotVersion: {
    name: "lagrange_snapshot_version",
    type: "gauge",
    help: "Of the newest snapshot.",
  },
  snapshots: { name: "lagrange_snapshots_published_total", type: "counter", help: "Snapshots that were published." },
  snapshotAt: {
    name: "lagrange_snapshot_published_timestamp_seconds",
    type: "gauge",
    help: "When the last one was, in seconds since the epoch. Not there before the first.",
  },
  nodes: {
    name: "lagrange_node_up",
    type: "gauge",
    help: "1 while the data plane of this name is connected here.",
    labels: ["node"],
  },
  lag: {
    name: "lagrange_node_snapshot_lag",
    type: "gauge",
    help: "Snapshots that it has not acknowledged yet.",
    labels: ["node"],
  },
  seen: {
    name: "lagrange_node_last_seen_timestamp_seconds",
    type: "gauge",
    help: "When it was last heard of, in seconds since the epoch, to half a minute. Not there: never.",
    labels: ["node"],
  },
  subscribers: {
    name: "lagrange_subscribers",
    type: "gauge",
    help: "Who follows what happens, by topic.",
    labels: ["topic"],
  },
  batches: { name: "lagrange_report_batches_total", type: "counter", help: "Batches of reports that were taken." },
  items: {
    name: "lagrange_reports_total",
    type: "counter",
    help: "Reports in them, by type; what is sent twice counts twice.",
    labels: ["type"],
  },
  batchSeconds: {
    name: "lagrange_report_batch_seconds",
    type: "histogram",
    help: "From a batch's arrival until it was durable, waits for earlier ones included.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
  graphql: {
    name: "lagrange_graphql_fields_total",
    type: "counter",
    help: "Root fields that were asked for, by type and name.",
    labels: ["type", "field"],
  },
  signInFailures: {
    name: "lagrange_sign_in_failures_total",
    type: "counter",
    help: "Sign-ins that were refused, by the code of why.",
    labels: ["code"],
  },
  linkFailures: {
    name: "lagrange_link_refusals_total",
    type: "counter",
    help: "Requests of data planes without a link token that is known here, by the code of why.",
    labels: ["code"],
  },
  backupSuccess: {
    name: "lagrange_backup_last_success_timestamp_seconds",
    type: "gauge",
    help: "When the newest backup was made that was made by itself, in seconds since the epoch. Not there: none.",
  },
  backupFailing: {
    name: "lagrange_backup_failing",
    type: "gauge",
    help: "1 while the newest that was to be made by itself was not. Not there: none was to be made yet.",
  },
  alerts: { name: "lagrange_alerts_firing", type: "gauge", help: "Alerts that go on, by kind.", labels: ["kind"] },
  deliveries: {
    name: "lagrange_alert_deliveries_total",
    type: "counter",
    help: "Tries to send an alert to a webhook: delivered, failed, and given_up for those of the failed that were the last.",
    labels: ["result"],
  },
  waiting: {
    name: "lagrange_alert_deliveries_waiting",
    type: "gauge",
    help: "Messages that wait to be sent, or to be sent again.",
  },
  database: { name: "lagrange_database_size_bytes", type: "gauge", help: "What the database takes." },
} as const satisfies Record<string, MetricDefinition>

/** What counts as it passes by. */
export interface ControlMetrics {
  /** The same, counted. */
  ingest(ingest: Ingest): Ingest
  signIn: <Result>(work: () => Promise<Result>) => Promise<Result>
  onRootField(type: string, field: string): void
  linkRefused(code: string): void
  /** Listens for Prometheus where that is asked for; its address. Throws `StartError` when that cannot be had. */
  start(read: ControlMetricsSources): Promise<string | undefined>
  stop(): Promise<void>
}

export interface ControlMetricsSources {
  readonly services: Services
  readonly jobs: readonly Job[]
  readonly startedAt: number
}

export interface ControlMetricsOptions {
  readonly config: Pick<Config, "metrics">
  readonly clock: Clock
  readonly log: Logger
}

export function createControlMetrics({ config, clock, log }: ControlMetricsOptions): ControlMetrics {
  const metrics = new Metrics()
  const batches = metrics.counter(CONTROL_METRICS.batches)
  const items = metrics.counter(CONTROL_METRICS.items)
  const batchSeconds = metrics.histogram(CONTROL_METRICS.batchSeconds)
  const rootFields = metrics.counter(CONTROL_METRICS.graphql)
  const signInFailures = metrics.counter(CONTROL_METRICS.signInFailures)
  const linkFailures = metrics.counter(CONTROL_METRICS.linkFailures)
  const snapshots = metrics.counter(CONTROL_METRICS.snapshots)
  let listener: MetricsListener | undefined

  return {
    ingest: (ingest) => ({
      ...ingest,
      take: async (node, batch) => {
        const from = clock.now()
        await ingest.take(node, batch)
        batches.add([])
        for (const { type } of batch.items) items.add([type satisfies ReportItem["type"]])
        batchSeconds.observe([], Math.max(0, clock.now() - from) / 1000)
      },
    }),
    signIn: async (work) => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof RefusedError) signInFailures.add([error.code])
        throw error
      }
    },
    onRootField: (type, field) => rootFields.add([type, field]),
    linkRefused: (code) => linkFailures.add([code]),
    start: async (sources) => {
      if (config.metrics === undefined) return undefined
      const { host, port } = config.metrics
      readAll(metrics, sources, snapshots, clock)
      const onError = (error: unknown): void =>
        log.error("metrics.failed", { reason: error instanceof Error ? error.message : String(error) })
      listener = await startMetricsListener({ metrics, host, port, onError }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        throw new StartError(`CONTROL_METRICS_PORT ${port} on METRICS_HOST ${host} cannot be had: ${reason}.`)
      })
      log.info("metrics.listening", { url: listener.url })
      return listener.url
    },
    stop: async () => listener?.close(),
  }
}

function readAll(
  metrics: Metrics,
  { services, jobs, startedAt }: ControlMetricsSources,
  snapshots: Counter,
  clock: Clock,
): void {
  const { database, publisher, streams, events, alerts } = services
  const { prisma } = database
  let publishedAt: number | undefined
  publisher.onPublish(() => {
    snapshots.add([])
    publishedAt = clock.now()
  })
  const ofJobs = (read: (stats: Job["stats"]) => number | undefined): Sample[] =>
    jobs.flatMap(({ stats }) => {
      const value = read(stats)
      return value === undefined ? [] : [[[stats.name], value] as const]
    })

  addProcessMetrics(metrics, "control", startedAt)
  metrics.read(CONTROL_METRICS.accounts, async () => {
    return [...(await services.shownStates.counts())].map(([state, count]) => [[state], count])
  })
  metrics.read(CONTROL_METRICS.jobRuns, () =>
    jobs.flatMap(({ stats: { name, runs, failures } }): Sample[] => [
      [[name, "done"], runs - failures],
      [[name, "failed"], failures],
    ]),
  )
  metrics.read(CONTROL_METRICS.jobSeconds, () => ofJobs(({ runMs }) => runMs / 1000))
  metrics.read(CONTROL_METRICS.jobLast, () => ofJobs(({ lastRunMs }) => secondsOf(lastRunMs)))
  metrics.read(CONTROL_METRICS.jobSuccess, () => ofJobs(({ succeededAt }) => secondsOf(succeededAt)))
  metrics.read(CONTROL_METRICS.snapshotVersion, () => [[[], publisher.current?.version ?? 0]])
  metrics.read(CONTROL_METRICS.snapshotAt, () => (publishedAt === undefined ? [] : [[[], publishedAt / 1000]]))
  const readNodes = () => prisma.node.findMany({ orderBy: { name: "asc" } })
  metrics.read(CONTROL_METRICS.nodes, async () =>
    (await readNodes()).map(({ id, name }) => [[name], streams.isConnected(id) ? 1 : 0]),
  )
  metrics.read(CONTROL_METRICS.lag, async () => {
    const { current } = publisher
    return (await readNodes()).flatMap(({ name, snapshotEpoch, snapshotVersion }) => {
      if (current === undefined || snapshotVersion === null || snapshotEpoch !== current.epoch) return []
      return [[[name], current.version - Number(snapshotVersion)] as const]
    })
  })
  metrics.read(CONTROL_METRICS.seen, async () =>
    (await readNodes()).flatMap(({ name, lastSeenAt }) =>
      lastSeenAt === null ? [] : [[[name], lastSeenAt.getTime() / 1000] as const],
    ),
  )
  metrics.read(CONTROL_METRICS.subscribers, () => events.topics.map((topic) => [[topic], events.listeners(topic)]))
  metrics.read(CONTROL_METRICS.alerts, async () => {
    const rows = await prisma.alert.groupBy({ by: ["kind"], where: { until: null }, _count: true })
    return rows.map(({ kind, _count: count }) => [[kind], count])
  })
  metrics.read(CONTROL_METRICS.deliveries, () => {
    const { delivered, failed, givenUp } = alerts.deliveryCounts
    return [
      [["delivered"], delivered],
      [["failed"], failed],
      [["given_up"], givenUp],
    ]
  })
  metrics.read(CONTROL_METRICS.waiting, async () => [
    [[], await prisma.alertDelivery.count({ where: { dueAt: { not: null } } })],
  ])
  const readBackup = () => prisma.scheduledBackup.findUnique({ where: { id: 1 } })
  metrics.read(CONTROL_METRICS.backupSuccess, async () => {
    const at = (await readBackup())?.succeededAt?.getTime()
    return at === undefined ? [] : [[[], at / 1000]]
  })
  metrics.read(CONTROL_METRICS.backupFailing, async () => {
    const row = await readBackup()
    return row === null ? [] : [[[], row.failedAt === null ? 0 : 1]]
  })
  metrics.read(CONTROL_METRICS.database, async () => [[[], await databaseBytes(database)]])
}

function secondsOf(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000
}
