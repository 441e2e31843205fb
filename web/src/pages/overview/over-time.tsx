import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js"
import { overTimeDocument, type OverTimeQuery } from "#generated/web/graphql.ts"
import type { Tone } from "../../components/badge.tsx"
import { Chart, type ChartProps } from "../../components/chart.tsx"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"
import { readEveryMs } from "./create-overview.ts"
import type { Sample } from "./create-samples.ts"
import type { Fault } from "./fault.ts"
import { RangeChips } from "./range-chips.tsx"
import { beginOf, rangeNamed, ranges } from "./ranges.ts"
import { cacheShare, errorLines, liveRates, seriesOf, stepSums, wholeSteps } from "./series.ts"
import { useWords } from "./words.ts"

const faultTones: Record<Fault, Tone> = { client: "quiet", pool: "hand", upstream: "cool", us: "bad" }

/** How it went over the last quarter of an hour, day or week; a quarter of an hour goes on second by second. */
export default function OverTime(props: { samples: readonly Sample[] }) {
  const t = useWords()
  const format = createFormat()
  const { client } = usePanel()
  const address = createUrlState<"range">()
  const name = () => rangeNamed(address.get("range"))
  const range = () => ranges[name()]
  const isLive = () => name() === "15m"
  const [read, setRead] = createSignal<{ query: OverTimeQuery; at: number }>()
  const { again } = createLoaded(async () => {
    const at = Date.now()
    const [wanted, { step }] = [name(), range()]
    const since = new Date(beginOf(range(), at)).toISOString()
    const result = await client.query(overTimeDocument, { since, step }).toPromise()
    if (result.data === undefined) throw result.error
    if (wanted === name()) setRead({ query: result.data, at })
  })
  createEffect(
    on(
      name,
      () => {
        setRead(undefined)
        again()
      },
      { defer: true },
    ),
  )
  createRefresh(again, readEveryMs)
  const series = createMemo(() => {
    const now = read()
    if (now === undefined) return undefined
    const all = seriesOf(now.query, range(), now.at)
    return isLive() ? { ...all, whole: wholeSteps(all, range()) } : { ...all, whole: all }
  })
  const count = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : value < 10 ? format.number(value) : format.compact(Math.round(value))
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-labelledby="over-time">
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id="over-time" class="text-[0.9375rem] font-semibold">
          {t("overTime.title")}
        </h2>
        <RangeChips chosen={name()} onChoose={(next) => address.set({ range: next === "15m" ? undefined : next })} />
      </div>
      <div class="grid min-w-0 gap-3 md:grid-cols-2 xl:grid-cols-3">
        <Show when={series()} fallback={<For each={[1, 2, 3, 4, 5, 6]}>{() => <div class="card h-60" />}</For>}>
          {(found) => {
            const rates = createMemo(() => (isLive() ? liveRates(found(), range(), props.samples) : stepSums(found())))
            const by = (of: (point: OverTimeQuery["total"][number]) => number | null) =>
              found().whole.points.map((point) => (point === undefined ? null : of(point)))
            return (
              <>
                <Card
                  title={t(isLive() ? "overTime.requestsPerSecond" : "overTime.requestsPerHour")}
                  note={isLive() ? t("overTime.meanOfMinute") : undefined}
                  times={rates().times}
                  lines={[
                    { label: t("overTime.all"), tone: "cool", values: rates().requests },
                    { label: t("overTime.failed"), tone: "bad", values: rates().failures },
                  ]}
                  format={count}
                  spanMs={range().spanMs}
                />
                <Card
                  title={t(isLive() ? "overTime.tokensPerSecond" : "overTime.tokensPerHour")}
                  note={isLive() ? t("overTime.meanOfMinute") : undefined}
                  times={rates().times}
                  lines={[
                    { label: t("overTime.in"), tone: "hand", values: rates().input },
                    { label: t("overTime.out"), tone: "held", values: rates().output },
                  ]}
                  format={count}
                  spanMs={range().spanMs}
                />
                <Card
                  title={t("overview.firstContent")}
                  times={found().whole.times}
                  lines={[
                    { label: t("overTime.half"), tone: "good", values: by((point) => point.firstContent.p50Ms) },
                    { label: t("overTime.most"), tone: "hand", values: by((point) => point.firstContent.p95Ms) },
                  ]}
                  format={format.duration}
                />
                <Card
                  title={t("overview.errors")}
                  times={found().whole.times}
                  lines={errorLines(found().whole).map(({ fault, values }) => ({
                    label: t(`overview.fault.${fault}`),
                    tone: faultTones[fault],
                    values,
                  }))}
                  format={count}
                />
                <Card
                  title={t("overview.cacheHits")}
                  times={found().whole.times}
                  lines={[{ label: t("overTime.share"), tone: "good", values: found().whole.points.map(cacheShare) }]}
                  format={format.share}
                />
                <Card
                  title={t("overview.overhead")}
                  times={found().whole.times}
                  lines={[
                    { label: t("overview.perRequest"), tone: "cool", values: by((point) => point.meanOverheadUs) },
                  ]}
                  format={format.microseconds}
                />
              </>
            )
          }}
        </Show>
      </div>
    </section>
  )
}

function Card(props: Omit<ChartProps, "label"> & { title: string; note?: string | undefined }) {
  return (
    <div class="card flex min-w-0 flex-col gap-2 p-4.5">
      <h3 class="text-[0.8125rem] font-medium text-soft">
        {props.title}
        <Show when={props.note}>{(note) => <span class="ml-1.5 text-xs font-normal text-faint">{note()}</span>}</Show>
      </h3>
      <Chart {...props} label={props.title} />
    </div>
  )
}
