import { For, Show } from "solid-js"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import type { RequestRecord } from "./create-record.ts"
import { useWords } from "./words.ts"

/** Whether anything of a request was not carried as it came. */
export const hasLeftOut = ({ dropped, schemaReport }: RequestRecord) => dropped.length > 0 || schemaReport !== null

/** What was not carried to the upstream, and what was changed of the tools' schemas. */
export function LeftOut(props: { record: RequestRecord }) {
  const t = useWords()
  return (
    <>
      <Show when={props.record.dropped.length > 0}>
        <section class="flex flex-col gap-1">
          <h3 class="text-faint">{t("detail.dropped")}</h3>
          <ul class="flex flex-wrap gap-1.5">
            <For each={props.record.dropped}>
              {(path) => <li class="rounded border border-line px-1.5 font-mono text-xs wrap-anywhere">{path}</li>}
            </For>
          </ul>
        </section>
      </Show>
      <Show when={props.record.schemaReport}>{(report) => <SchemaReport report={report()} />}</Show>
    </>
  )
}

/** A line a change, after as many as were kept the number of the rest. */
function SchemaReport(props: { report: NonNullable<RequestRecord["schemaReport"]> }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const left = () => props.report.total - props.report.listed.length
  return (
    <section class="flex flex-col gap-1">
      <h3 class="text-faint">{t("detail.schemaChanges", format.number(props.report.total))}</h3>
      <ul class="flex flex-col gap-0.5">
        <For each={props.report.listed}>
          {({ tool, path, change }) => (
            <li class="flex flex-wrap gap-x-2 wrap-anywhere">
              <code class="font-mono text-xs">{path === "" ? tool : `${tool}: ${path}`}</code>
              <span class="text-soft">{said(change)}</span>
            </li>
          )}
        </For>
        <Show when={left() > 0}>
          <li class="text-faint">{t("detail.schemaChangesLeft", format.number(left()))}</li>
        </Show>
      </ul>
    </section>
  )
}
