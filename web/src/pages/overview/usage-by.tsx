import { A } from "@solidjs/router"
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js"
import { createStore, reconcile } from "solid-js/store"
import { type UsageByQuery, usageByDocument, type UsageDimension } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { Cell, ColumnHeader } from "../../components/cell.tsx"
import { createRefresh } from "../../graphql/create-refresh.ts"
import { createLoaded } from "../../graphql/live.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { createUrlState } from "../../lib/create-url-state.ts"
import { usePanel } from "../../panel.tsx"
import { readEveryMs } from "./create-overview.ts"
import { RangeChips } from "./range-chips.tsx"
import { rangeNamed, ranges } from "./ranges.ts"
import { useWords } from "./words.ts"

type Row = UsageByQuery["usage"][number]

const dimensions = { model: "MODEL", key: "API_KEY", account: "ACCOUNT" } as const satisfies Record<
  string,
  UsageDimension
>

type By = keyof typeof dimensions

const bys = Object.keys(dimensions) as By[] // the record's own keys

const firstRows = 10

const tokensOf = (row: Row) => Number(row.inputTokens) + Number(row.outputTokens)

/** Who used how much of what: by model, key or account, the most tokens first. */
export default function UsageBy() {
  const t = useWords()
  const format = createFormat()
  const { client } = usePanel()
  const address = createUrlState<"by" | "over">()
  const by = (): By => bys.find((one) => one === address.get("by")) ?? "model"
  const over = () => rangeNamed(address.get("over") ?? "24h")
  // By their place, so that who walks them by keys stays where they are when numbers change.
  const [store, setStore] = createStore<{ rows?: Row[] }>({})
  const rows = () => store.rows
  const [isWhole, setWhole] = createSignal(false)
  const { state, again } = createLoaded(async () => {
    const since = new Date(Date.now() - ranges[over()].spanMs).toISOString()
    const result = await client.query(usageByDocument, { since, by: [dimensions[by()]] }).toPromise()
    if (result.data === undefined) throw result.error
    const sorted = result.data.usage.toSorted(
      (one, other) => tokensOf(other) - tokensOf(one) || other.requests - one.requests,
    )
    setStore("rows", reconcile(sorted, { key: null }))
  })
  createEffect(on([by, over], again, { defer: true }))
  // As the sums above it, so that both say the same.
  createRefresh(again, readEveryMs)
  const most = createMemo(() => Math.max(1, ...(rows() ?? []).map(tokensOf)))
  const shown = () => (isWhole() ? (rows() ?? []) : (rows() ?? []).slice(0, firstRows))
  const nameOf = (row: Row): string => {
    if (by() === "model") return row.model ?? t("usageBy.noModel")
    if (by() === "key") return row.apiKey?.name ?? t(row.apiKeyId === null ? "usageBy.noKey" : "usageBy.gone")
    return row.account?.label ?? t("usageBy.gone")
  }
  const idOf = (row: Row) => ({ model: row.model, key: row.apiKeyId, account: row.accountId })[by()]
  const cached = (row: Row) => {
    const input = Number(row.inputTokens)
    return input === 0 ? undefined : Number(row.cachedInputTokens) / input
  }
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-labelledby="usage-by">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 id="usage-by" class="mr-auto text-[0.9375rem] font-semibold">
          {t("usageBy.title")}
        </h2>
        <div class="-mx-1 flex flex-wrap gap-1 px-1" role="group" aria-label={t("usageBy.by")}>
          <For each={bys}>
            {(one) => (
              <button
                type="button"
                class="chip"
                aria-pressed={by() === one}
                onClick={() => address.set({ by: one === "model" ? undefined : one })}
              >
                {t(`usageBy.${one}`)}
              </button>
            )}
          </For>
        </div>
        <RangeChips chosen={over()} onChoose={(next) => address.set({ over: next === "24h" ? undefined : next })} />
      </div>
      <div class="card overflow-hidden">
        <Show
          when={shown().length > 0}
          fallback={<p class="p-4.5 text-soft">{t(state().type === "loading" ? "app.loading" : "usageBy.nothing")}</p>}
        >
          <table role="table" class="table" aria-label={t("usageBy.title")}>
            <thead role="rowgroup">
              <tr role="row">
                <ColumnHeader>{t(`usageBy.${by()}`)}</ColumnHeader>
                <ColumnHeader end>{t("overview.requests")}</ColumnHeader>
                <ColumnHeader end>{t("usageBy.failed")}</ColumnHeader>
                <ColumnHeader end>{t("usageBy.tokensIn")}</ColumnHeader>
                <ColumnHeader end>{t("usageBy.cached")}</ColumnHeader>
                <ColumnHeader end>{t("usageBy.tokensOut")}</ColumnHeader>
                <ColumnHeader end>{t("overview.firstContent")}</ColumnHeader>
              </tr>
            </thead>
            <tbody role="rowgroup">
              <For each={shown()}>
                {(row) => (
                  <tr role="row">
                    <Cell wide class="lg:w-[34%]">
                      <Show when={idOf(row)} fallback={<span class="text-faint">{nameOf(row)}</span>}>
                        {(id) => (
                          <A
                            href={`/requests?${by()}=${encodeURIComponent(id())}&since=${over()}`}
                            class="font-medium wrap-anywhere hover:underline"
                          >
                            {nameOf(row)}
                          </A>
                        )}
                      </Show>
                      <span class="mt-1 block h-1 max-w-72 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
                        <span
                          class="tone-cool block h-full rounded-full bg-tone-dot"
                          style={{ width: `${(tokensOf(row) / most()) * 100}%` }}
                        />
                      </span>
                    </Cell>
                    <Cell label={t("overview.requests")} end>
                      {format.compact(row.requests)}
                    </Cell>
                    <Cell label={t("usageBy.failed")} end>
                      <span classList={{ "text-faint": row.failures === 0, "tone-bad text-tone": row.failures > 0 }}>
                        {format.compact(row.failures)}
                      </span>
                    </Cell>
                    <Cell label={t("usageBy.tokensIn")} end>
                      <span title={format.number(row.inputTokens)}>{format.compact(row.inputTokens)}</span>
                    </Cell>
                    <Cell label={t("usageBy.cached")} end>
                      {format.share(cached(row))}
                    </Cell>
                    <Cell label={t("usageBy.tokensOut")} end>
                      <span title={format.number(row.outputTokens)}>{format.compact(row.outputTokens)}</span>
                    </Cell>
                    <Cell label={t("overview.firstContent")} end>
                      {format.duration(row.firstContent.p50Ms)}
                    </Cell>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </Show>
      </div>
      <Show when={!isWhole() && (rows()?.length ?? 0) > firstRows}>
        <Button class="self-center" onClick={() => setWhole(true)}>
          {t("usageBy.all", format.number(rows()?.length ?? 0))}
        </Button>
      </Show>
    </section>
  )
}
