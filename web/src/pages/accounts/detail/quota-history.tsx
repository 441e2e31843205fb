import { createEffect, createMemo, createSignal, on, Show } from "solid-js"
import { accountQuotaHistoryDocument } from "#generated/web/graphql.ts"
import type { Tone } from "../../../components/badge.tsx"
import { Chart, type ChartLine } from "../../../components/chart.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { usePanel } from "../../../panel.tsx"
import type { QuotaReading } from "./account-quota.tsx"
import { joinSteps, type Step } from "./join-steps.ts"
import { useWords } from "./words.ts"

interface QuotaHistoryProps {
  id: string
  bucket: QuotaReading["bucket"]
  /** What was last read, one a window; another reading makes the history be read anew. */
  readings: readonly QuotaReading[]
}

const spanMs = 7 * 86_400_000

const tones: Readonly<Record<QuotaReading["window"], Tone>> = { FIVE_HOURS: "cool", WEEKLY: "held", NEAREST: "cool" }

/** What was left of one quota over the last week, a line a window. */
export function QuotaHistory(props: QuotaHistoryProps) {
  const t = useWords()
  const format = createFormat()
  const nameOf = useNames()
  const { client } = usePanel()
  const [read, setRead] = createSignal<readonly { window: QuotaReading["window"]; steps: readonly Step[] }[]>()

  const readWindow = async (window: QuotaReading["window"], since: string) => {
    const variables = { id: props.id, bucket: props.bucket, window, since }
    const { data } = await client.query(accountQuotaHistoryDocument, variables).toPromise()
    const points = data?.account?.quotaHistory ?? []
    return { window, steps: points.map(({ at, remaining }) => ({ at: Date.parse(at), value: remaining })) }
  }
  const newest = createMemo(() => props.readings.map(({ window, readAt }) => `${window} ${readAt}`).join())
  createEffect(
    on(newest, async () => {
      const since = new Date(Date.now() - spanMs).toISOString()
      setRead(await Promise.all(props.readings.map(({ window }) => readWindow(window, since))))
    }),
  )

  const joined = createMemo(() => joinSteps((read() ?? []).map(({ steps }) => steps)))
  const lines = (): readonly ChartLine[] =>
    (read() ?? []).map(({ window }, index) => ({
      label: nameOf("window", window),
      tone: tones[window],
      values: joined().values[index] ?? [],
    }))
  return (
    <div class="flex min-w-0 flex-col gap-2">
      <h4 class="text-xs text-faint">{t("accountQuota.history")}</h4>
      <Show
        when={joined().times.length > 1}
        fallback={
          <Show when={read() !== undefined}>
            <p class="text-[0.8125rem] text-faint">{t("accountQuota.historyNone")}</p>
          </Show>
        }
      >
        <Chart
          label={t("accountQuota.historyOf", nameOf("bucket", props.bucket))}
          times={joined().times}
          lines={lines()}
          format={format.share}
        />
      </Show>
    </div>
  )
}
