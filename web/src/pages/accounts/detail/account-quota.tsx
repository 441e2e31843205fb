import { createMemo, For, Show } from "solid-js"
import { syncAccountQuotaDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { QuotaBar } from "../../../components/quota-bar.tsx"
import { showToast } from "../../../components/toast.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { usePanel } from "../../../panel.tsx"
import type { AccountDetail } from "./create-account.ts"
import { Part } from "./part.tsx"
import { QuotaHistory } from "./quota-history.tsx"
import { useWords } from "./words.ts"

export type QuotaReading = AccountDetail["quota"][number]

interface AccountQuotaProps {
  account: AccountDetail
  onChanged: () => Promise<void>
}

/** What is left of each quota, how that is known, how long it lasts, and what it was before. */
export function AccountQuota(props: AccountQuotaProps) {
  const t = useWords()
  const { may } = usePanel()
  const reading = createMutation(syncAccountQuotaDocument)
  const read = async () => {
    const done = await reading.run({ accountId: props.account.id })
    if (done === undefined) return
    await props.onChanged()
    showToast({ text: t("accountQuota.readDone") })
  }
  const buckets = createMemo(() => [...new Set(props.account.quota.map(({ bucket }) => bucket))])
  return (
    <Part
      title={t("accountQuota.title")}
      action={
        <Show when={may("OPERATE")}>
          <Button disabled={reading.busy()} onClick={() => void read()}>
            {reading.busy() ? t("accountQuota.reading") : t("accountQuota.read")}
          </Button>
        </Show>
      }
    >
      <ProblemNotice problem={reading.error()} />
      <Show when={buckets().length > 0} fallback={<p class="p-4.5 text-soft">{t("accountQuota.none")}</p>}>
        <For each={buckets()}>{(bucket) => <Bucket account={props.account} bucket={bucket} />}</For>
      </Show>
    </Part>
  )
}

/** One of the upstream's quotas: its windows beside what they were. */
function Bucket(props: { account: AccountDetail; bucket: QuotaReading["bucket"] }) {
  const nameOf = useNames()
  const readings = createMemo(() => {
    const all = props.account.quota.filter(({ bucket }) => bucket === props.bucket)
    // The tighter of the two says nothing more where both are known.
    const exact = all.filter(({ window }) => window !== "NEAREST")
    return exact.length > 0 ? exact : all
  })
  return (
    <section
      class="grid gap-x-8 gap-y-4 border-line p-4.5 not-first:border-t md:grid-cols-2"
      aria-label={nameOf("bucket", props.bucket)}
    >
      <div class="flex min-w-0 flex-col gap-4">
        <h3 class="font-semibold">{nameOf("bucket", props.bucket)}</h3>
        <For each={readings()}>{(reading) => <Reading account={props.account} reading={reading} />}</For>
      </div>
      <QuotaHistory id={props.account.id} bucket={props.bucket} readings={readings()} />
    </section>
  )
}

function Reading(props: { account: AccountDetail; reading: QuotaReading }) {
  const t = useWords()
  const format = createFormat()
  const nameOf = useNames()
  const name = () => `${nameOf("bucket", props.reading.bucket)} · ${nameOf("window", props.reading.window)}`
  const forecast = () =>
    props.account.quotaForecast.find(
      ({ bucket, window }) => bucket === props.reading.bucket && window === props.reading.window,
    )
  const outlook = () => {
    const now = forecast()
    if (now?.outlook === "EXHAUSTED") return t("accountQuota.exhausted")
    if (now?.outlook === "EXHAUSTS") return t("accountQuota.exhausts", format.relative(now.exhaustsAt?.likely))
    return now?.outlook === "NOT_BEFORE_RESET" ? t("accountQuota.lasts") : undefined
  }
  return (
    <div class="flex flex-col gap-1.5">
      <div class="flex items-baseline justify-between gap-3">
        <span class="text-soft">{nameOf("window", props.reading.window)}</span>
        <span class="font-medium tabular-nums">{format.share(props.reading.remaining)}</span>
      </div>
      <QuotaBar
        value={props.reading.remaining}
        label={name()}
        text={format.share(props.reading.remaining)}
        floor={props.account.reserve ?? 0}
      />
      <p class="text-xs text-faint">
        <span title={format.exact(props.reading.resetAt)}>
          {props.reading.resetAt === null
            ? t("accountQuota.resetUnknown")
            : t("accountQuota.resets", format.relative(props.reading.resetAt))}
        </span>
        {" · "}
        <span title={format.exact(props.reading.readAt)}>
          {t("accountQuota.age", format.relative(props.reading.readAt))}
        </span>
        <Show when={props.reading.source}>{(source) => <>, {t(`accountQuota.source.${source()}`)}</>}</Show>
        <Show when={props.account.reserve}>
          {(reserve) => <> · {t("accountQuota.reserve", format.share(reserve()))}</>}
        </Show>
      </p>
      <Show when={outlook()}>{(words) => <p class="text-[0.8125rem] text-soft">{words()}</p>}</Show>
    </div>
  )
}
