import { type JSX, Show } from "solid-js"
import type { Tone } from "../../components/badge.tsx"
import { Sparkline } from "../../components/sparkline.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Sample } from "./create-samples.ts"
import { useWords } from "./words.ts"

// A line that has just begun takes this many seconds to cross its tile; then the tile holds ever more of them.
const firstSpan = 30

const tokensOf = (sample: Sample) => Number(sample.inputTokens) + Number(sample.outputTokens)

/** Of the samples those that a tile's line has. */
const shownCount = 90

/** The four figures of this second, each with its last minute and a half. */
export function TrafficTiles(props: { samples: readonly Sample[] }) {
  const t = useWords()
  const format = createFormat()
  const samples = () => props.samples.slice(-shownCount)
  const newest = () => samples().at(-1)
  return (
    <section class="card grid grid-cols-2 overflow-hidden lg:grid-cols-4" aria-label={t("traffic.now")}>
      <Tile
        label={t("traffic.requestsPerSecond")}
        samples={samples()}
        tone="cool"
        valueOf={(sample) => sample.requests}
      />
      <Tile label={t("traffic.tokensPerSecond")} samples={samples()} tone="hand" valueOf={tokensOf}>
        <Show when={newest()}>
          {(sample) => (
            // A fragment, so that the text follows the samples: a bare string would stay the first one's.
            <>{t("traffic.tokensSplit", format.compact(sample().inputTokens), format.compact(sample().outputTokens))}</>
          )}
        </Show>
      </Tile>
      <Tile label={t("traffic.inFlight")} samples={samples()} tone="good" valueOf={(sample) => sample.inFlight} />
      <Tile
        label={t("traffic.failuresPerSecond")}
        samples={samples()}
        tone="bad"
        valueOf={(sample) => sample.failures}
      />
    </section>
  )
}

interface TileProps {
  label: string
  tone: Tone
  samples: readonly Sample[]
  valueOf: (sample: Sample) => number
  /** What stands under the number; the peak when nothing is given. */
  children?: JSX.Element
}

function Tile(props: TileProps) {
  const t = useWords()
  const format = createFormat()
  const values = () => props.samples.map((sample) => props.valueOf(sample))
  const peak = () => Math.max(0, ...values())
  return (
    <div class={`tile tone-${props.tone} flex min-w-0 flex-col border-line`}>
      <div class="px-4.5 pt-4">
        <h2 class="truncate text-[0.8125rem] font-medium text-soft">{props.label}</h2>
        <p class="mt-1 text-[1.75rem] leading-none font-semibold tracking-tight tabular-nums">
          {format.compact(values().at(-1))}
        </p>
        <p class="mt-1.5 h-4.5 truncate text-xs text-faint tabular-nums">
          <Show when={props.samples.length > 0} fallback={t("traffic.waiting")}>
            {props.children ?? t("traffic.peak", format.compact(peak()))}
          </Show>
        </p>
      </div>
      <div class="mt-2.5">
        <Sparkline
          values={values()}
          length={Math.max(firstSpan, props.samples.length)}
          label={`${props.label}, ${t("traffic.lastMinutes")}`}
        />
      </div>
    </div>
  )
}
