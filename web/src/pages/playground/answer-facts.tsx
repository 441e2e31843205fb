import { A } from "@solidjs/router"
import { createResource, Show } from "solid-js"
import { playgroundRecordDocument } from "#generated/web/graphql.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { usePanel } from "../../panel.tsx"
import { ExplanationText } from "../requests/explanation-text.tsx"
import type { AnswerFacts } from "./create-talk.ts"
import type { Trouble } from "./send.ts"
import { useWords } from "./words.ts"

/** How an answer came about, and the way to its record. */
export function AnswerFactsView(props: { facts: AnswerFacts }) {
  const t = useWords()
  const format = createFormat()
  const facts = (): readonly string[] => {
    const { firstMs, totalMs, inputTokens, outputTokens, finish } = props.facts
    return [
      ...(firstMs === undefined ? [] : [t("turn.first", format.duration(firstMs))]),
      ...(totalMs === undefined ? [] : [t("turn.took", format.duration(totalMs))]),
      ...(inputTokens === undefined && outputTokens === undefined
        ? []
        : [t("turn.tokens", format.number(inputTokens), format.number(outputTokens))]),
      ...(finish === undefined ? [] : [t("turn.ended", finish)]),
    ]
  }
  return (
    <>
      <Show when={props.facts.isStopped}>
        <p class="text-[0.8125rem] text-faint">{t("turn.stopped")}</p>
      </Show>
      <Show when={props.facts.trouble} keyed>
        {(trouble) => <TroubleView trouble={trouble} requestId={props.facts.requestId} />}
      </Show>
      <p class="flex flex-wrap gap-x-3 gap-y-1 text-xs text-faint empty:hidden">
        <Show when={facts().length > 0}>
          <span>{facts().join(" · ")}</span>
        </Show>
        <Show when={props.facts.totalMs === undefined ? undefined : props.facts.requestId}>
          {(id) => (
            <A href={`/requests/${id()}`} class="text-point underline underline-offset-3">
              {t("turn.record")}
            </A>
          )}
        </Show>
      </p>
    </>
  )
}

/** Records are reported in batches: one that has just ended is there a moment later. */
const looks = 12
const lookEveryMs = 400

/** What went wrong: the words that came, and by the record's code what they mean and what helps. */
function TroubleView(props: { trouble: Trouble; requestId: string | undefined }) {
  const t = useWords()
  const name = useNames()
  const { client } = usePanel()
  const [code] = createResource(
    () => (props.trouble.from === "gateway" ? props.requestId : undefined),
    async (id) => {
      for (let look = 0; look < looks; look++) {
        // eslint-disable-next-line no-await-in-loop -- one look after the other
        const { data } = await client.query(playgroundRecordDocument, { id }).toPromise()
        if (data?.request !== null && data?.request !== undefined) return data.request.errorCode ?? undefined
        // eslint-disable-next-line no-await-in-loop -- the same
        await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
      }
      return undefined
    },
  )
  return (
    <div role="alert" class="notice tone-bad flex flex-col gap-1.5 px-3.5 py-3">
      <p class="font-semibold">
        {t(`trouble.${props.trouble.from}`)}
        <Show when={code.latest}>{(found) => <span class="font-normal"> · {name("errorCode", found())}</span>}</Show>
      </p>
      <p class="font-mono text-[0.8125rem] wrap-anywhere">{props.trouble.message}</p>
      <Show when={props.trouble.from === "lost"}>
        <p class="text-[0.8125rem]">{t("trouble.lostHint")}</p>
      </Show>
      <Show when={code.latest}>{(found) => <ExplanationText kind="errorCode" code={found()} />}</Show>
    </div>
  )
}
