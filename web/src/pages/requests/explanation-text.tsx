import { Show } from "solid-js"
import { type Explanations, useExplanations } from "./explain/explanation.ts"
import { useWords } from "./words.ts"

interface ExplanationTextProps {
  kind: keyof Explanations
  code: string
  class?: string
}

/** What a failure means, what is done about it by itself, and what helps. */
export function ExplanationText(props: ExplanationTextProps) {
  const t = useWords()
  const explain = useExplanations()
  return (
    <Show when={explain(props.kind, props.code)}>
      {(one) => (
        <div class={`flex flex-col gap-1 text-[0.8125rem] ${props.class ?? ""}`}>
          <p class="text-ink">{one().means}</p>
          <Show when={one().done}>
            {(done) => (
              <p>
                <span class="text-faint">{t("explain.done")}: </span>
                {done()}
              </p>
            )}
          </Show>
          <p>
            <span class="text-faint">{t("explain.help")}: </span>
            {one().help}
          </p>
        </div>
      )}
    </Show>
  )
}
