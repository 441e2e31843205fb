import { Show } from "solid-js"
import { Meter } from "../../../components/meter.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
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
}

export function Quota(props: QuotaProps) {
  const t = useWords()
  const format = createFormat()
  const names = useNames()
  const bucket = () => names("bucket", props.model.quotaBucket)
  return (
    <Show when={props.quotaLeft(props.model)} fallback={<span class="text-xs text-faint">{bucket()}</span>}>
      {(left) => (
        <div
          class="flex min-w-0 flex-col gap-1"
          title={t("catalogue.window", format.share(left().share), bucket(), names("window", left().window))}
        >
          <span class="flex items-baseline justify-between gap-2 text-xs">
            <span class="min-w-0 truncate text-faint">{bucket()}</span>
            <span class="whitespace-nowrap tabular-nums">{format.share(left().share)}</span>
          </span>
          <Meter value={left().share} label={bucket()} text={format.share(left().share)} />
        </div>
      )}
    </Show>
  )
}
