import { Show } from "solid-js"
import { createFormat } from "../../i18n/i18n.tsx"
import type { RequestRecord } from "./create-record.ts"
import { ExplanationText } from "./explanation-text.tsx"
import { LeftOut } from "./left-out.tsx"
import { Way } from "./way.tsx"
import { useWords } from "./words.ts"

/** Why a request went the way it went, in short: its id, what went wrong, its way, and what was not carried. */
export function RequestDetail(props: { request: RequestRecord }) {
  const t = useWords()
  const format = createFormat()
  return (
    <div class="flex flex-col gap-3 py-1 text-[0.8125rem]">
      <p class="flex flex-wrap gap-x-2">
        <span class="text-faint">{t("detail.id")}</span>
        <code class="font-mono text-xs wrap-anywhere">{props.request.id}</code>
      </p>
      <Show when={props.request.errorCode}>{(code) => <ExplanationText kind="errorCode" code={code()} />}</Show>
      <Show when={props.request.overheadUs !== null}>
        <p>{t("detail.ownHint", format.microseconds(props.request.overheadUs))}</p>
      </Show>
      <Way record={props.request} />
      <LeftOut record={props.request} />
    </div>
  )
}
