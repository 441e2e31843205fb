import { For, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { Overview } from "./create-overview.ts"
import { useWords } from "./words.ts"

type Alert = Overview["alerts"]["edges"][number]["node"]

/** The last episodes: what was the matter, from when until when, and what to do about one that goes on. */
export function Incidents(props: { alerts: readonly Alert[] }) {
  const t = useWords()
  const format = createFormat()
  return (
    <section class="flex flex-col gap-3" aria-labelledby="incidents">
      <h2 id="incidents" class="text-[0.9375rem] font-semibold">
        {t("overview.incidents")}
      </h2>
      <div class="card p-4.5">
        <Show when={props.alerts.length > 0} fallback={<p class="text-soft">{t("overview.noIncidents")}</p>}>
          <ol class="flex flex-col gap-3.5">
            <For each={props.alerts}>
              {(alert) => (
                <li class="flex flex-col gap-0.5">
                  <span class="flex flex-wrap items-center gap-2">
                    <Badge
                      tone={alert.firing ? "bad" : "quiet"}
                      busy={alert.firing}
                      label={t(alert.firing ? "overview.goesOn" : "overview.isOver")}
                    />
                    <span class="font-medium wrap-anywhere">{alert.name}</span>
                    <time class="text-xs text-faint" dateTime={alert.since} title={format.exact(alert.since)}>
                      {format.relative(alert.since)}
                    </time>
                  </span>
                  <span class="text-[0.8125rem] text-soft wrap-anywhere">{alert.summary}</span>
                  <Show when={alert.firing}>
                    <span class="text-[0.8125rem] font-medium wrap-anywhere">{alert.wayOut}</span>
                  </Show>
                </li>
              )}
            </For>
          </ol>
        </Show>
      </div>
    </section>
  )
}
