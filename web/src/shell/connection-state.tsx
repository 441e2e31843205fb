import CloudOff from "lucide-solid/icons/cloud-off"
import { Show } from "solid-js"
import { createFormat, useI18n } from "../i18n/i18n.tsx"
import { usePanel } from "../panel.tsx"

/** A small mark while a stream is broken; silent otherwise, but read out when it changes. */
export function ConnectionMark() {
  const { t } = useI18n()
  const { connection } = usePanel()
  return (
    <div role="status" class="empty:hidden">
      <Show when={connection.reconnecting()}>
        <span class="badge tone-hand" title={t("app.reconnectingHint")}>
          <span class="badge-dot dot-busy" />
          {t("app.reconnecting")}
        </span>
      </Show>
    </div>
  )
}

/** Above every page while the control plane does not answer: how old is what is shown. */
export function UnreachableNotice() {
  const { t } = useI18n()
  const format = createFormat()
  const { connection } = usePanel()
  return (
    <div role="status" class="empty:hidden">
      <Show when={connection.unreachableSince()}>
        {(since) => (
          <div class="notice tone-hand mx-4 mt-4 flex items-center gap-3 px-4 py-2.5 sm:mx-7">
            <CloudOff class="size-4.5 flex-none" aria-hidden="true" />
            <p class="wrap-anywhere">{t("app.unreachable", format.clock(new Date(since()).toISOString()))}</p>
          </div>
        )}
      </Show>
    </div>
  )
}
