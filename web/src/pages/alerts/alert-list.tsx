import { A } from "@solidjs/router"
import { For, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { detailParts } from "../../components/evidence-detail.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import type { Alert } from "./create-alerts.ts"
import { evidencePlace } from "./evidence-place.ts"
import { useAlertWords } from "./use-alert-words.ts"
import { useWords } from "./words.ts"

const shownEvidence = 5

/** Episodes: what it is, since when, about whom, and what to do about one that goes on. */
export function AlertList(props: { alerts: readonly Alert[]; onOpen: (alert: Alert) => void }) {
  return (
    <ul class="card overflow-hidden">
      <For each={props.alerts}>{(alert) => <AlertItem alert={alert} onOpen={() => props.onOpen(alert)} />}</For>
    </ul>
  )
}

function AlertItem(props: { alert: Alert; onOpen: () => void }) {
  const t = useWords()
  const words = useAlertWords()
  const format = createFormat()
  const alert = () => props.alert
  const lasted = () => {
    const { since, until } = alert()
    return until === null ? undefined : format.duration(Date.parse(until) - Date.parse(since))
  }
  return (
    <li
      class="flex flex-wrap items-start gap-x-6 gap-y-2 border-line px-4.5 py-4 not-first:border-t"
      data-alert={alert().kind}
    >
      <div class="flex min-w-0 flex-1 basis-72 flex-col gap-1.5">
        <span class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Badge
            tone={alert().firing ? "bad" : "quiet"}
            busy={alert().firing}
            label={t(alert().firing ? "alerts.goesOn" : "alerts.isOver")}
          />
          <span class="font-medium wrap-anywhere">{words.name(alert().name)}</span>
          <span class="text-xs text-faint">
            {t("alerts.since")} <Time at={alert().since} otherwise="–" />
            <Show when={lasted()}>{(time) => <> · {t("alerts.lasted", time())}</>}</Show>
          </span>
        </span>
        <Show when={alert().evidence.length > 0}>
          <Evidence alert={alert()} />
        </Show>
        <Show when={alert().firing}>
          <p class="text-[0.8125rem] text-soft wrap-anywhere">{words.wayOut(alert().wayOut)}</p>
        </Show>
      </div>
      <Button onClick={() => props.onOpen()} aria-label={t("alerts.details", words.name(alert().name))}>
        {t("alerts.showDetails")}
      </Button>
    </li>
  )
}

function Evidence(props: { alert: Alert }) {
  const t = useWords()
  const format = createFormat()
  const words = useAlertWords()
  const { said } = useI18n()
  const more = () => props.alert.count - Math.min(shownEvidence, props.alert.evidence.length)
  return (
    <span class="flex flex-wrap gap-x-3 gap-y-1 text-[0.8125rem]">
      <For each={props.alert.evidence.slice(0, shownEvidence)}>
        {(item) => (
          <Show
            when={evidencePlace(props.alert.kind, item.subject)}
            fallback={<span class="wrap-anywhere">{words.label(props.alert.kind, item.label)}</span>}
          >
            {(path) => (
              <A
                href={path()}
                class="font-medium text-point wrap-anywhere hover:underline"
                title={said(detailParts(item.detail).rest)}
              >
                {words.label(props.alert.kind, item.label)}
              </A>
            )}
          </Show>
        )}
      </For>
      <Show when={more() > 0}>
        <span class="text-faint">{t("alerts.andMore", format.number(more()))}</span>
      </Show>
    </span>
  )
}
