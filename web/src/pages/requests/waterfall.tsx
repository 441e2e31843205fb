import { For } from "solid-js"
import type { Tone } from "../../components/badge.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Phase, PhaseOwner } from "./phases.ts"
import { useWords } from "./words.ts"

const tones: Record<PhaseOwner, Tone> = { client: "quiet", own: "cool", wait: "hand", upstream: "good" }

const owners = Object.keys(tones) as PhaseOwner[] // the record's own keys

/** Of the width, in thousandths: what is shorter is still seen. */
const leastWidth = 4

const columns = "sm:grid-cols-[12rem_minmax(0,1fr)_5rem]"

/** The whole request's time over the bars below it, and whose time each colour is. */
export function TimeAxis(props: { totalMs: number }) {
  const t = useWords()
  const format = createFormat()
  return (
    <div class={`grid items-end gap-x-3 text-xs text-faint ${columns}`}>
      <ul class="col-span-full flex flex-wrap gap-x-4 gap-y-1 pb-1" aria-label={t("detail.owners")}>
        <For each={owners}>
          {(owner) => (
            <li class={`tone-${tones[owner]} inline-flex items-center gap-1.5`}>
              <span class="dot" />
              {t(`owner.${owner}`)}
            </li>
          )}
        </For>
      </ul>
      <div
        class="hidden justify-between border-b border-line pb-0.5 tabular-nums sm:col-start-2 sm:flex"
        aria-hidden="true"
      >
        <For each={[0, 0.25, 0.5, 0.75, 1]}>
          {(share) => <span>{share === 0 ? "0" : format.duration(share * props.totalMs)}</span>}
        </For>
      </div>
    </div>
  )
}

/** What was done, one below the other: its name, how long it took, and a bar where it stands in the whole request. */
export function Waterfall(props: { phases: readonly Phase[]; totalMs: number }) {
  const t = useWords()
  const format = createFormat()
  const bar = ({ startMs, endMs }: Phase) => {
    const scale = 1000 / Math.max(props.totalMs, 0.001)
    const width = Math.min(1000, Math.max(leastWidth, (endMs - startMs) * scale))
    return { x: Math.max(0, Math.min(startMs * scale, 1000 - width)), width }
  }
  return (
    <dl class="flex flex-col gap-1.5 sm:gap-0.5">
      <For each={props.phases}>
        {(phase) => (
          <div class={`grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 ${columns}`}>
            <dt class="text-soft">{t(`phase.${phase.name}`)}</dt>
            <dd class="text-right tabular-nums sm:order-last" title={t(`owner.${phase.owner}`)}>
              {format.duration(phase.endMs - phase.startMs)}
            </dd>
            <svg
              viewBox="0 0 1000 8"
              preserveAspectRatio="none"
              class={`tone-${tones[phase.owner]} col-span-2 h-1.5 w-full sm:col-span-1 sm:h-2`}
              aria-hidden="true"
            >
              <rect class="fill-line" width="1000" height="8" opacity="0.6" />
              <rect class="fill-tone-dot" x={bar(phase).x} width={bar(phase).width} height="8" />
            </svg>
          </div>
        )}
      </For>
    </dl>
  )
}
