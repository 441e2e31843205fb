/**
 * Numbers over time. The lines are drawn by uPlot, whose code comes with the first chart that is seen; what they show is said in
 * words beside them: each line's value at the newest moment, or at the one that the pointer or the arrow keys are at.
 */
import { createMemo, createSignal, For, lazy, Show, Suspense } from "solid-js"
import { createFormat, useI18n } from "../i18n/i18n.tsx"
import type { Tone } from "./badge.tsx"

export interface ChartLine {
  label: string
  tone: Tone
  /** One a moment; null: nothing is known of it, and the line is broken there. */
  values: readonly (number | null)[]
}

export interface ChartProps {
  /** What it shows, for those who do not see it. */
  label: string
  /** The moments in milliseconds, oldest first. */
  times: readonly number[]
  lines: readonly ChartLine[]
  /** A value as it is read. */
  format: (value: number | null | undefined) => string
  /** How much time it shows, ending at the newest moment; left out: what there is. */
  spanMs?: number
  class?: string
}

const dayMs = 86_400_000

const Canvas = lazy(() => import("./chart-canvas.tsx"))

/** Where nothing can be drawn (a browser without sizes, as in component tests) the words stand alone. */
const canDraw = typeof ResizeObserver !== "undefined"

export function Chart(props: ChartProps) {
  const { locale } = useI18n()
  const format = createFormat()
  const [chosen, choose] = createSignal<number>()
  const last = () => props.times.length - 1
  const at = createMemo(() => Math.min(chosen() ?? last(), last()))
  const span = () => props.spanMs ?? (props.times.at(-1) ?? 0) - (props.times[0] ?? 0)
  const moment = (index: number) => {
    const time = props.times[index]
    if (time === undefined) return ""
    return span() > dayMs ? format.exact(new Date(time).toISOString()) : format.clock(new Date(time).toISOString())
  }
  const tick = (ms: number) =>
    new Intl.DateTimeFormat(
      locale(),
      span() > 2 * dayMs
        ? { month: "short", day: "numeric" }
        : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    ).format(ms)
  const valueOf = (line: ChartLine) => props.format(line.values[at()])
  const sentence = () => [moment(at()), ...props.lines.map((line) => `${line.label} ${valueOf(line)}`)].join(", ")
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }
    const step = steps[event.key]
    if (event.key === "Escape") choose(undefined)
    else if (event.key === "Home") choose(0)
    else if (event.key === "End") choose(last())
    else if (step === undefined) return
    else choose(Math.max(0, Math.min(last(), at() + step)))
    event.preventDefault()
  }
  return (
    <figure class={`flex min-w-0 flex-col gap-2 ${props.class ?? ""}`}>
      <figcaption class="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 text-xs">
        <For each={props.lines}>
          {(line) => (
            <span class={`tone-${line.tone} inline-flex items-baseline gap-1.5`}>
              <span class="dot self-center" />
              <span class="text-soft">{line.label}</span>
              <span class="font-medium tabular-nums">{valueOf(line)}</span>
            </span>
          )}
        </For>
        <span class="ml-auto text-faint tabular-nums" classList={{ invisible: chosen() === undefined }}>
          {moment(at())}
        </span>
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label={props.label}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last())}
        aria-valuenow={Math.max(0, at())}
        aria-valuetext={sentence()}
        onKeyDown={walk}
        onBlur={() => choose(undefined)}
        class="h-36 min-w-0 rounded-small"
      >
        <Show when={canDraw}>
          <Suspense>
            <Canvas {...props} tick={tick} chosen={chosen()} onChoose={choose} />
          </Suspense>
        </Show>
      </div>
    </figure>
  )
}
