import { For, Show } from "solid-js"
import { Meter } from "../../components/meter.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { shareWords, useQuotaBasis } from "../../i18n/quota-basis.ts"
import type { Overview } from "./create-overview.ts"
import { useWords } from "./words.ts"

type Forecast = Overview["quotaForecast"][number]

/** What is left of each quota over the pool, and when it is used up. */
export function QuotaLeft(props: { forecasts: readonly Forecast[] }) {
  const t = useWords()
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-labelledby="quota-left">
      <h2 id="quota-left" class="text-[0.9375rem] font-semibold">
        {t("overview.quotaLeft")}
      </h2>
      <div class="card p-4.5">
        <Show when={props.forecasts.length > 0} fallback={<p class="text-soft">{t("overview.noQuota")}</p>}>
          <ul class="flex flex-col gap-4">
            <For each={props.forecasts}>{(forecast) => <Quota forecast={forecast} />}</For>
          </ul>
        </Show>
      </div>
    </section>
  )
}

function Quota(props: { forecast: Forecast }) {
  const t = useWords()
  const format = createFormat()
  const named = useNames()
  const basisOf = useQuotaBasis()
  const name = () => `${named("bucket", props.forecast.bucket)} · ${named("window", props.forecast.window)}`
  /** Of those accounts of which it is known. */
  const share = () =>
    props.forecast.accountsKnown === 0 ? undefined : props.forecast.remaining / props.forecast.accountsKnown
  const shareText = () => shareWords(format.share(share()), props.forecast.estimate !== null)
  /** How sure that is. */
  const between = ({ earliest, latest }: NonNullable<Forecast["exhaustsAt"]>) =>
    latest === null
      ? t("overview.notBefore", format.relative(earliest), format.share(props.forecast.confidence))
      : t(
          "overview.between",
          format.relative(earliest),
          format.relative(latest),
          format.share(props.forecast.confidence),
        )
  const outlook = () => {
    const { outlook: kind, exhaustsAt, nextResetAt, reason } = props.forecast
    if (kind === "EXHAUSTED") return t("overview.exhausted", format.relative(nextResetAt))
    if (kind === "EXHAUSTS") {
      const likely = t("overview.exhausts", format.relative(exhaustsAt?.likely))
      return exhaustsAt === null || (exhaustsAt.earliest === null && exhaustsAt.latest === null)
        ? likely
        : likely + between(exhaustsAt)
    }
    if (kind === "UNKNOWN") return reason === null ? t("overview.outlookUnknown") : named("quotaUnknown", reason)
    return t("overview.lasts")
  }
  return (
    <li class="flex flex-col gap-1.5">
      <div class="flex items-baseline justify-between gap-3">
        <span class="min-w-0 font-medium wrap-anywhere">{name()}</span>
        <span class="tabular-nums whitespace-nowrap">{shareText()}</span>
      </div>
      {/* What is not known is no empty bar. */}
      <Show when={share() !== undefined}>
        <Meter value={share() ?? 0} label={name()} text={shareText()} />
      </Show>
      <p class="text-xs text-faint">
        {outlook()}
        <Show when={props.forecast.accountsUnknown > 0}>
          {" · "}
          {t("overview.unread", format.number(props.forecast.accountsUnknown))}
        </Show>
      </p>
      <Show when={basisOf(props.forecast)}>
        {(basis) => (
          <p class="text-xs text-faint" title={format.exact(props.forecast.oldestReadAt)}>
            {basis()}
          </p>
        )}
      </Show>
    </li>
  )
}
