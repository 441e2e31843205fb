/** Who else hears of each exchange's end: the numbers for Prometheus and the traces, each only where an operator asked for it. */
import { EnvironmentError } from "#shared/environment.ts"
import type { ExchangeRecord } from "#shared/link-protocol.ts"
import type { Logger } from "#shared/log.ts"
import { startMetricsListener, type MetricsListener } from "#shared/metrics/listener.ts"
import { Metrics } from "#shared/metrics/metrics.ts"
import { randomBytes } from "node:crypto"
import type { Clock } from "../clock.ts"
import type { Config } from "../config.ts"
import { exchangeSpans } from "./exchange-spans.ts"
import { PlaneMetrics, type PlaneMetricsSources } from "./metrics.ts"
import { TraceExporter } from "./trace-exporter.ts"
import { readTraceParent } from "./traceparent.ts"

export interface Observers {
  onExchange(record: ExchangeRecord, traceParent: string | undefined): void
  onRefused(code: string): void
  onLoopDelay(delayMs: number): void
  /** Listens for Prometheus; throws `EnvironmentError` when the address cannot be had. Where it listens; undefined: nowhere. */
  start(): Promise<string | undefined>
  stop(): Promise<void>
}

/** What is left of traces may take this long at the end. */
const LAST_TRACES_MS = 1_000

export function createObservers(
  config: Pick<Config, "metrics" | "traces" | "nodeName">,
  sources: PlaneMetricsSources,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Observers {
  const traces =
    config.traces === undefined
      ? undefined
      : new TraceExporter({ ...config.traces, nodeName: config.nodeName, clock, log })
  const registry = config.metrics === undefined ? undefined : new Metrics()
  const metrics = registry === undefined ? undefined : new PlaneMetrics(registry, { ...sources, traces })
  let listener: MetricsListener | undefined

  function trace(record: ExchangeRecord, traceParent: string | undefined): void {
    if (traces === undefined) return
    const parent = readTraceParent(traceParent)
    // Who records nothing of a trace wants nothing recorded of its parts.
    if (parent?.isSampled !== false) traces.add(exchangeSpans(record, parent, newId))
  }

  return {
    onExchange: (record, traceParent) => {
      metrics?.onExchange(record)
      trace(record, traceParent)
    },
    onRefused: (code) => metrics?.onRefused(code),
    onLoopDelay: (delayMs) => metrics?.onLoopDelay(delayMs),
    start: async () => {
      if (config.metrics === undefined || registry === undefined) return undefined
      const onError = (error: unknown): void => log.error("metrics.failed", { error: String(error) })
      const { host, port } = config.metrics
      listener = await startMetricsListener({ metrics: registry, host, port, onError }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        throw new EnvironmentError([`METRICS_PORT ${port} on METRICS_HOST ${host} cannot be had: ${reason}.`])
      })
      log.info("metrics.listening", { url: listener.url })
      return listener.url
    },
    stop: async () => {
      await listener?.close()
      await traces?.stop(LAST_TRACES_MS)
    },
  }
}

function newId(bytes: number): string {
  return randomBytes(bytes).toString("hex")
}
