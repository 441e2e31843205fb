import ArrowRight from "lucide-solid/icons/arrow-right"
import { For, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

/** One field that becomes, or became, another; undefined or null: there is, or was, nothing. */
export interface FieldChange {
  readonly field: string
  /** The field's name for a person, where it has one. */
  readonly label?: string | undefined
  readonly before: string | null | undefined
  readonly after: string | null | undefined
}

/** What was and what is, field by field. */
export function DiffView(props: { changes: readonly FieldChange[] }) {
  return (
    <dl class="flex flex-col overflow-hidden rounded-medium ring-1 ring-line">
      <For each={props.changes}>
        {(change) => (
          <div class="flex flex-col gap-1.5 border-line px-3 py-2.5 not-first:border-t">
            <dt class="flex flex-wrap items-baseline gap-x-2 text-[0.8125rem] font-medium">
              <span class="wrap-anywhere">{change.label ?? change.field}</span>
              <Show when={change.label !== undefined && change.label !== change.field}>
                <code class="font-mono text-xs font-normal text-faint wrap-anywhere">{change.field}</code>
              </Show>
            </dt>
            <dd class="flex flex-wrap items-center gap-2 text-[0.8125rem]">
              <Value side="before" value={change.before} />
              <ArrowRight class="size-3.5 flex-none text-faint" aria-hidden="true" />
              <Value side="after" value={change.after} />
            </dd>
          </div>
        )}
      </For>
    </dl>
  )
}

function Value(props: { side: "before" | "after"; value: string | null | undefined }) {
  const { t } = useI18n()
  return (
    <span class="min-w-0">
      <span class="sr-only">{t(props.side === "before" ? "diff.before" : "diff.after")} </span>
      <Show
        when={props.value !== null && props.value !== undefined && props.value !== ""}
        fallback={<span class="text-faint italic">{t("diff.nothing")}</span>}
      >
        <span
          class="notice inline-block max-h-48 max-w-full overflow-y-auto px-2 py-0.5 font-mono text-xs whitespace-pre-wrap wrap-anywhere"
          classList={{ "tone-bad": props.side === "before", "tone-good": props.side === "after" }}
        >
          {props.value}
        </span>
      </Show>
    </span>
  )
}
