import { createMemo, For, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { createNow } from "../../lib/create-now.ts"
import { type Alert, type EpisodeGroup, groupEpisodes } from "./episodes.ts"
import { useWords } from "./words.ts"

const dayMs = 86_400_000

/** Of more than these one has lost the view anyway; the alerts' own page has all. */
const most = 6

/** What was the matter: a line for each thing, with its episodes of the last day, and what to do about one that goes on. */
export function Incidents(props: { alerts: readonly Alert[] }) {
  const t = useWords()
  const now = createNow()
  const groups = createMemo(() => groupEpisodes(props.alerts, now(), dayMs).slice(0, most))
  return (
    <section class="flex flex-col gap-3" aria-labelledby="incidents">
      <h2 id="incidents" class="text-[0.9375rem] font-semibold">
        {t("overview.incidents")}
      </h2>
      <div class="card p-4.5">
        <Show when={groups().length > 0} fallback={<p class="text-soft">{t("overview.noIncidents")}</p>}>
          <ol class="flex flex-col gap-4">
            <For each={groups()}>{(group) => <Episodes group={group} />}</For>
          </ol>
        </Show>
      </div>
    </section>
  )
}

function Episodes(props: { group: EpisodeGroup }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const last = () => props.group.last
  const lasted = () => (last().until === null ? undefined : Date.parse(last().until ?? "") - Date.parse(last().since))
  return (
    <li class="flex flex-col gap-1">
      <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge
          tone={last().firing ? "bad" : "quiet"}
          busy={last().firing}
          label={t(last().firing ? "overview.goesOn" : "overview.isOver")}
        />
        <span class="font-medium wrap-anywhere">{said(props.group.name)}</span>
        <time class="text-xs text-faint" dateTime={last().since} title={format.exact(last().since)}>
          {format.relative(last().since)}
        </time>
        <Show when={lasted()}>
          {(ms) => <span class="text-xs text-faint">{t("overview.lasted", format.duration(ms()))}</span>}
        </Show>
        <Show when={props.group.count > 1}>
          <span class="text-xs text-faint">{t("overview.episodes", format.number(props.group.count))}</span>
        </Show>
      </span>
      <Show when={props.group.spans.length > 0}>
        <svg
          viewBox="0 0 1000 8"
          preserveAspectRatio="none"
          class={`tone-${last().firing ? "bad" : "hand"} h-1.5 w-full`}
          role="img"
          aria-label={t("overview.lastDay", format.number(props.group.spans.length))}
        >
          <rect class="fill-line" width="1000" height="8" opacity="0.6" />
          <For each={props.group.spans}>
            {({ from, to }) => (
              <rect class="fill-tone-dot" x={from * 1000} width={Math.max(4, (to - from) * 1000)} height="8" />
            )}
          </For>
        </svg>
      </Show>
      <span class="text-[0.8125rem] text-soft wrap-anywhere">{said(last().summary)}</span>
      <Show when={last().firing}>
        <span class="text-[0.8125rem] font-medium wrap-anywhere">{said(last().wayOut)}</span>
      </Show>
    </li>
  )
}
