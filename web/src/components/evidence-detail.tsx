import { Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

const states = ["NEEDS_LOGIN", "NEEDS_VERIFICATION", "NEEDS_PROJECT", "DISABLED_BY_PROVIDER"] as const

/** What an alert knows of one thing. Of an account it begins with the code of its state, which has a name. */
export function EvidenceDetail(props: { detail: string }) {
  const { t, said } = useI18n()
  const state = () => states.find((one) => props.detail === one || props.detail.startsWith(`${one} `))
  return (
    <span class="text-[0.8125rem] text-soft wrap-anywhere">
      <Show when={state()}>{(one) => <span class="font-medium">{t(`accountState.${one()}`)}. </span>}</Show>
      {said(props.detail.slice(state()?.length ?? 0).trim())}
    </span>
  )
}
