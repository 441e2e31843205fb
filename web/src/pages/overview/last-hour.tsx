import { For, type JSX, Show } from "solid-js"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Overview } from "./create-overview.ts"
import { faultOf, faults } from "./fault.ts"
import { useWords } from "./words.ts"

/** The sums of the last hour: how quick, how much from the cache, what it cost of ours, and whose fault what failed was. A client that left is no error. */
export function LastHour(props: { overview: Overview }) {
  const t = useWords()
  const format = createFormat()
  const total = () => props.overview.total[0]
  const cached = () => {
    const [input, cache] = [Number(total()?.inputTokens ?? 0), Number(total()?.cachedInputTokens ?? 0)]
    return input === 0 ? undefined : cache / input
  }
  const errors = () =>
    faults.map((fault) => ({
      fault,
      count: props.overview.errors
        .filter(({ errorCode }) => errorCode !== null && faultOf(errorCode) === fault)
        .reduce((sum, { failures }) => sum + failures, 0),
    }))
  return (
    <section class="flex flex-col gap-3" aria-labelledby="last-hour">
      <h2 id="last-hour" class="text-[0.9375rem] font-semibold">
        {t("overview.lastHour")}
      </h2>
      <dl class="card grid grid-cols-2 gap-x-4 gap-y-4 p-4.5 tabular-nums md:grid-cols-5">
        <Figure name={t("overview.requests")} value={format.compact(total()?.requests ?? 0)}>
          {t("overview.givenUp", format.compact(total()?.cancellations ?? 0))}
        </Figure>
        <Figure name={t("overview.firstContent")} value={format.duration(total()?.firstContent.p50Ms)}>
          {t("overview.p95", format.duration(total()?.firstContent.p95Ms))}
        </Figure>
        <Figure name={t("overview.cacheHits")} value={format.share(cached())} />
        <Figure name={t("overview.overhead")} value={format.microseconds(total()?.meanOverheadUs)}>
          {t("overview.perRequest")}
        </Figure>
        <div class="col-span-2 min-w-0 md:col-span-1">
          <dt class="text-xs text-faint">{t("overview.errors")}</dt>
          <dd>
            <ul class="mt-0.5 flex flex-col">
              <For each={errors()}>
                {(row) => (
                  <li class="flex justify-between gap-3 text-[0.8125rem]">
                    <span class="text-soft">{t(`overview.fault.${row.fault}`)}</span>
                    <span
                      classList={{ "text-faint": row.count === 0, "tone-bad text-tone font-medium": row.count > 0 }}
                    >
                      {format.compact(row.count)}
                    </span>
                  </li>
                )}
              </For>
            </ul>
          </dd>
        </div>
      </dl>
    </section>
  )
}

function Figure(props: { name: string; value: string; children?: JSX.Element }) {
  return (
    <div class="min-w-0">
      <dt class="text-xs text-faint">{props.name}</dt>
      <dd class="mt-0.5 text-xl font-semibold tracking-tight">{props.value}</dd>
      <Show when={props.children}>
        <dd class="text-xs text-faint">{props.children}</dd>
      </Show>
    </div>
  )
}
