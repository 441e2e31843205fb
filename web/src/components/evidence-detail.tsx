import { Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

const states = ["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"] as const

/** Of an account a detail begins with the code of its state, which has a name. */
export function detailParts(detail: string) {
  const state = states.find((one) => detail === one || detail.startsWith(`${one} `))
  return { state, rest: detail.slice(state?.length ?? 0).trim() }
}

/** What an alert knows of one thing. */
export function EvidenceDetail(props: { detail: string }) {
  const { t, said, language } = useI18n()
  const parts = () => detailParts(props.detail)
  return (
    <span class="text-[0.8125rem] text-soft wrap-anywhere">
      <Show when={parts().state}>
        {(state) => (
          <span class="font-medium">
            {t(`accountState.${state()}`)}
            {language() === "zh" ? "。" : ". "}
          </span>
        )}
      </Show>
      {said(parts().rest)}
    </span>
  )
}
