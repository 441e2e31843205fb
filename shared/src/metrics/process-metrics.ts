/** What every process of ours tells of itself, under the names that Prometheus' own clients use. */
import { VERSION } from "../version.ts"
import type { MetricDefinition, Metrics } from "./metrics.ts"

export const PROCESS_METRICS = {
  info: {
    name: "lagrange_build_info",
    type: "gauge",
    help: "Always 1; which version runs, and which plane it is.",
    labels: ["version", "plane"],
  },
  startedAt: {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When the process started, in seconds since the epoch.",
  },
  cpu: { name: "process_cpu_seconds_total", type: "counter", help: "Processor time that it has used." },
  memory: { name: "process_resident_memory_bytes", type: "gauge", help: "Memory that it holds." },
  heap: {
    name: "nodejs_heap_size_used_bytes",
    type: "gauge",
    help: "Memory that JavaScript objects take.",
  },
} as const satisfies Record<string, MetricDefinition>

export function addProcessMetrics(metrics: Metrics, plane: "data" | "control", startedAt: number): void {
  metrics.read(PROCESS_METRICS.info, () => [[[VERSION, plane], 1]])
  metrics.read(PROCESS_METRICS.startedAt, () => [[[], startedAt / 1000]])
  metrics.read(PROCESS_METRICS.cpu, () => {
    const { user, system } = process.cpuUsage()
    return [[[], (user + system) / 1e6]]
  })
  metrics.read(PROCESS_METRICS.memory, () => [[[], process.memoryUsage.rss()]])
  metrics.read(PROCESS_METRICS.heap, () => [[[], process.memoryUsage().heapUsed]])
}
