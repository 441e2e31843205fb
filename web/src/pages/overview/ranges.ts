/** The times that the overview looks back over, and the steps that each is told in. */
import type { UsageStep } from "#generated/web/graphql.ts"

const minute = 60_000
const hour = 60 * minute

export interface Range {
  readonly spanMs: number
  readonly step: UsageStep
  readonly stepMs: number
}

export const ranges = {
  "15m": { spanMs: 15 * minute, step: "MINUTE", stepMs: minute },
  "24h": { spanMs: 24 * hour, step: "HOUR", stepMs: hour },
  "7d": { spanMs: 168 * hour, step: "HOUR", stepMs: hour },
} as const satisfies Record<string, Range>

export type RangeName = keyof typeof ranges

export const rangeNames = Object.keys(ranges) as RangeName[] // the record's own keys

export const rangeNamed = (name: string | undefined): RangeName => rangeNames.find((one) => one === name) ?? "15m"

/** Where its first step begins. */
export const beginOf = ({ spanMs, stepMs }: Range, nowMs: number): number =>
  Math.floor((nowMs - spanMs) / stepMs) * stepMs + stepMs
