import LogOut from "lucide-solid/icons/log-out"
import { Show } from "solid-js"
import { Button } from "../components/button.tsx"
import { useI18n } from "../i18n/i18n.tsx"
import { usePanel } from "../panel.tsx"

/** Ends the session; who is signed in stands in its tool tip. */
export function SignOut(props: { icon?: boolean }) {
  const { t } = useI18n()
  const { session } = usePanel()
  const name = () => {
    const state = session.state()
    return state.type === "signed-in" ? t("app.signedInAs", state.viewer.name) : undefined
  }
  return (
    <Button
      look="plain"
      icon={props.icon === true}
      class={props.icon === true ? "" : "justify-start! px-2.5!"}
      onClick={() => void session.signOut()}
      aria-label={t("app.signOut")}
      title={name()}
    >
      <LogOut />
      <Show when={props.icon !== true}>{t("app.signOut")}</Show>
    </Button>
  )
}
