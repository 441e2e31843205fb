/** What a cell of the bench is: one kind of load, run in rounds against each target in turn, and the figures it gives. */
import type { AnswerSpec } from "./answer.ts"
import type { Loader } from "./load.ts"
import type { UpstreamProcess } from "./processes.ts"
import type { ProcessUsage } from "./process-usage.ts"
import type { Target, TargetName } from "./targets.ts"

/** How a figure is compared: as a ratio to the denominator of the same round, as a difference to it, or by itself. */
export type Comparison = "ratio" | "difference" | "absolute"

export interface Metric {
  readonly key: string
  readonly title: string
  readonly unit: string
  readonly comparison: Comparison
  /** The most that a target may have, in the terms of `comparison`. */
  readonly goals?: Readonly<Partial<Record<TargetName, number>>>
}

export interface CellContext {
  readonly target: Target
  readonly loader: Loader
  readonly upstream: UpstreamProcess
  /** 1 for a full run, less for a quick one or a warm-up. */
  readonly scale: number
  /** A spec with a number of its own. */
  spec(shape: Partial<Omit<AnswerSpec, "seed" | "id">>): AnswerSpec
  usage(): Promise<ProcessUsage>
}

export type Figures = Readonly<Record<string, number>>

export interface Cell {
  readonly name: string
  readonly title: string
  readonly targets: readonly TargetName[]
  /** Rounds of a full run. */
  readonly rounds: number
  /** True: each round gets a new process, because memory is measured. */
  readonly isFresh: boolean
  readonly metrics: readonly Metric[]
  run(context: CellContext): Promise<Figures>
}
