import { Match, Switch } from "solid-js"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import type { Node } from "./create-nodes.ts"
import { useWords } from "./words.ts"

/** Says that a data plane's conversations are not shared where they should be: its store fails, or others have one. */
export function SharingNotice(props: { sharing: Node["sharing"]; othersShare: boolean }) {
  const t = useWords()
  const format = createFormat()
  const { said } = useI18n()
  const state = () => props.sharing?.state
  return (
    <Switch>
      <Match when={state() === "DOWN"}>
        <p class="notice tone-hand px-3 py-2 text-[0.8125rem] wrap-anywhere">
          {t("sharing.down", format.exact(props.sharing?.since), said(props.sharing?.reason ?? ""))}
        </p>
      </Match>
      <Match when={state() === "OFF" && props.othersShare}>
        <p class="notice tone-hand px-3 py-2 text-[0.8125rem]">{t("sharing.off")}</p>
      </Match>
    </Switch>
  )
}

export const isSharing = ({ sharing }: Node) => sharing !== null && sharing.state !== "OFF"
