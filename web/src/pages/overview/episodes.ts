/** Alerts of one name as one line: how often, how long, and where in the last day. Pure. */
import type { Overview } from "./create-overview.ts"

export type Alert = Overview["alerts"]["edges"][number]["node"]

export interface EpisodeGroup {
  readonly name: string
  /** The newest of them. */
  readonly last: Alert
  readonly count: number
  /** From when until when of the time that is looked at, each from 0 to 1. */
  readonly spans: readonly { readonly from: number; readonly to: number }[]
}

/** Those that go on first, then the latest; `alerts` are the newest first. */
export function groupEpisodes(alerts: readonly Alert[], nowMs: number, lookMs: number): readonly EpisodeGroup[] {
  const place = (at: string | null) => {
    const ms = at === null ? nowMs : Date.parse(at)
    return Math.max(0, Math.min(1, 1 - (nowMs - ms) / lookMs))
  }
  const byName = new Map<string, Alert[]>()
  for (const alert of alerts) byName.set(alert.name, [...(byName.get(alert.name) ?? []), alert])
  const groups = [...byName].flatMap(([name, all]): EpisodeGroup[] => {
    const last = all.find(({ firing }) => firing) ?? all[0]
    if (last === undefined) return []
    const spans = all.map(({ since, until }) => ({ from: place(since), to: place(until) })).filter(({ to }) => to > 0)
    return [{ name, last, count: all.length, spans }]
  })
  return groups.toSorted((one, other) => Number(other.last.firing) - Number(one.last.firing))
}
