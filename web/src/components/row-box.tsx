import { createEffect } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import type { RowSelection } from "./row-selection.ts"

interface RowBoxProps {
  isChosen: boolean
  label: string
  /** Met by the Tab key; a row of a table is, and its space key chooses. */
  isMet?: boolean
  /** True: the range from the row that was last touched. */
  onToggle: (isRange: boolean) => void
}

/** The box that chooses a row. */
export function RowBox(props: RowBoxProps) {
  return (
    <input
      type="checkbox"
      class="checkbox mt-0.5"
      tabIndex={props.isMet === true ? 0 : -1}
      aria-label={props.label}
      checked={props.isChosen}
      onClick={(event) => {
        event.stopPropagation()
        props.onToggle(event.shiftKey)
      }}
    />
  )
}

/** The box that chooses all rows that are listed. */
export function ChooseAll<Row>(props: { selection: RowSelection<Row> }) {
  const { t } = useI18n()
  let box: HTMLInputElement | undefined
  createEffect(() => {
    if (box !== undefined) box.indeterminate = props.selection.extent() === "some"
  })
  return (
    <input
      ref={(element) => (box = element)}
      type="checkbox"
      class="checkbox"
      aria-label={t("list.chooseAll")}
      title={t("list.chooseAll")}
      checked={props.selection.extent() === "all"}
      onChange={(event) => {
        props.selection.toggleAll()
        event.currentTarget.checked = props.selection.extent() === "all"
      }}
    />
  )
}
