import { useBeforeLeave } from "@solidjs/router"
import { createSignal, onCleanup, onMount } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { ConfirmDialog } from "./confirm-dialog.tsx"

/** While it is there, what was not saved is not lost by a slip: leaving the page, or the tab, asks. */
export function LeaveGuard() {
  const { t } = useI18n()
  const [leave, setLeave] = createSignal<() => void>()
  useBeforeLeave((event) => {
    // What is chosen on this page stands in its address: that is no leaving.
    if (typeof event.to === "string" && event.to.split("?")[0] === event.from.pathname) return
    if (event.defaultPrevented) return
    event.preventDefault()
    setLeave(() => () => event.retry(true))
  })
  const ask = (event: BeforeUnloadEvent) => event.preventDefault()
  onMount(() => window.addEventListener("beforeunload", ask))
  onCleanup(() => window.removeEventListener("beforeunload", ask))
  return (
    <ConfirmDialog
      open={leave() !== undefined}
      onClose={() => setLeave(undefined)}
      title={t("leave.title")}
      description={t("leave.hint")}
      submit={t("leave.submit")}
      submitting={t("leave.submit")}
      busy={false}
      onSubmit={() => leave()?.()}
    />
  )
}
