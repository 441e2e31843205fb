import { For } from "solid-js"
import { type RangeName, rangeNames } from "./ranges.ts"
import { useWords } from "./words.ts"

/** How far back. */
export function RangeChips(props: { chosen: RangeName; onChoose: (name: RangeName) => void }) {
  const t = useWords()
  return (
    <div class="-mx-1 flex flex-wrap gap-1 px-1" role="group" aria-label={t("overTime.range")}>
      <For each={rangeNames}>
        {(name) => (
          <button type="button" class="chip" aria-pressed={props.chosen === name} onClick={() => props.onChoose(name)}>
            {t(`overTime.ranges.${name}`)}
          </button>
        )}
      </For>
    </div>
  )
}
