import { Index, type JSX } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

interface LoadingRowsProps {
  count: number
  /** What stands in each: skeletons. */
  children: () => JSX.Element
}

/** The shape of a list before it is here. */
export function LoadingRows(props: LoadingRowsProps) {
  const { t } = useI18n()
  return (
    <div class="card flex flex-col" role="status" aria-label={t("app.loading")}>
      <Index each={Array.from({ length: props.count })}>
        {() => <div class="flex items-center gap-8 border-line px-4.5 py-4 not-first:border-t">{props.children()}</div>}
      </Index>
    </div>
  )
}
