import { Show } from "solid-js"
import { Meter } from "../../../components/meter.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { shareWords, useQuotaBasis } from "../../../i18n/quota-basis.ts"
import { unknown } from "../../../lib/format.ts"
import { has } from "./catalogue-filters.ts"
import type { createModels, Model } from "./create-models.ts"
import { useWords } from "../words.ts"

export function Abilities(props: { model: Model }) {
  const t = useWords()
  const all = () =>
    [
      has(props.model, "thinking") && t("catalogue.thinking"),
      has(props.model, "images") && t("catalogue.images"),
      has(props.model, "search") && t("catalogue.search"),
      has(props.model, "draws") && t("catalogue.draws"),
    ].filter((name) => name !== false)
  return (
    <Show when={all().length > 0} fallback={<span class="text-faint">{unknown}</span>}>
      <span class="text-[0.8125rem] text-soft">{all().join(" · ")}</span>
    </Show>
  )
}

interface QuotaProps {
  model: Model
  quotaLeft: ReturnType<typeof createModels>["quotaLeft"]
  /** Where the number comes from is told below it; else only on hover. */
  explained?: boolean
}

export function Quota(props: QuotaProps) {
  const t = useWords()
  const format = createFormat()
  const names = useNames()
  const basisOf = useQuotaBasis()
  const bucket = () => names("bucket", props.model.quotaBucket)
  return (
    <Show when={props.quotaLeft(props.model)} fallback={<span class="text-xs text-faint">{bucket()}</span>}>
      {(left) => {
        const share = () => shareWords(format.share(left().share), left().from.estimate !== null)
        const basis = () => basisOf(left().from) ?? ""
        const whole = () => t("catalogue.window", share(), bucket(), names("window", left().from.window))
        return (
          <div class="flex min-w-0 flex-col gap-1" title={`${whole()} · ${basis()}`}>
            <span class="flex items-baseline justify-between gap-2 text-xs">
              <span class="min-w-0 leading-tight text-faint">{bucket()}</span>
              <span class="whitespace-nowrap tabular-nums">{share()}</span>
            </span>
            <Meter value={left().share} label={bucket()} text={share()} />
            <Show when={props.explained}>
              <p class="text-xs text-faint">
                {names("window", left().from.window)} · {basis()}
              </p>
            </Show>
          </div>
        )
      }}
    </Show>
  )
}
