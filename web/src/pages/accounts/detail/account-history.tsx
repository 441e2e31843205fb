import ChevronRight from "lucide-solid/icons/chevron-right"
import { createSignal, For, Show } from "solid-js"
import { accountAlertsDocument, type AccountHistoryQuery, accountHistoryDocument } from "#generated/web/graphql.ts"
import { Badge } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { DiffView } from "../../../components/diff-view.tsx"
import { ErrorView } from "../../../components/states.tsx"
import { EvidenceDetail } from "../../../components/evidence-detail.tsx"
import { Time } from "../../../components/time.tsx"
import { problemOf } from "../../../graphql/failure.ts"
import { createLoaded } from "../../../graphql/live.ts"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import { useActionName } from "../../audit/action-name.ts"
import { shownJson } from "../../audit/shown-json.ts"
import { Part } from "./part.tsx"
import { useWords } from "./words.ts"

type AuditEvent = AccountHistoryQuery["auditEvents"]["edges"][number]["node"]

const pageSize = 20

/** What became of the account before: alerts that name it, and what was done to it. */
export function AccountHistory(props: { id: string }) {
  const { may } = usePanel()
  const t = useWords()
  return (
    <div class="flex flex-col gap-7">
      <Alerts id={props.id} />
      <Show
        when={may("ADMIN")}
        fallback={
          <Part title={t("accountHistory.events")}>
            <p class="p-4.5 text-soft">{t("accountHistory.ownersOnly")}</p>
          </Part>
        }
      >
        <Events id={props.id} />
      </Show>
    </div>
  )
}

function Alerts(props: { id: string }) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const { client } = usePanel()
  const [alerts, setAlerts] = createSignal<readonly ReturnType<typeof named>[]>([])
  const { state, again } = createLoaded(async () => {
    const { data, error } = await client.query(accountAlertsDocument, {}).toPromise()
    if (data === undefined) throw error
    setAlerts(
      data.alerts.edges.flatMap(({ node }) => {
        const detail = node.evidence.find(({ subject }) => subject === props.id)?.detail
        return detail === undefined ? [] : [named(node, detail)]
      }),
    )
  })
  return (
    <Part title={t("accountHistory.alerts")}>
      <Failure state={state()} onRetry={again} />
      <Show
        when={alerts().length > 0}
        fallback={
          <Show when={state().type === "data"}>
            <p class="p-4.5 text-soft">{t("accountHistory.noAlerts")}</p>
          </Show>
        }
      >
        <ul>
          <For each={alerts()}>
            {(alert) => (
              <li class="flex flex-col gap-1 border-line px-4.5 py-3 not-first:border-t">
                <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                  <span class="font-medium">{said(alert.name)}</span>
                  <Badge
                    tone={alert.until === null ? "bad" : "quiet"}
                    label={
                      alert.until === null
                        ? t("accountHistory.goesOn")
                        : t("accountHistory.over", format.relative(alert.until))
                    }
                  />
                  <span class="text-[0.8125rem] text-faint">
                    <Time at={alert.since} otherwise="–" />
                  </span>
                </p>
                <EvidenceDetail detail={alert.detail} />
              </li>
            )}
          </For>
        </ul>
      </Show>
    </Part>
  )
}

const named = (alert: { id: string; name: string; since: string; until: string | null }, detail: string) => ({
  ...alert,
  detail,
})

function Events(props: { id: string }) {
  const t = useWords()
  const { client } = usePanel()
  const [events, setEvents] = createSignal<readonly AuditEvent[]>([])
  const [next, setNext] = createSignal<string>()
  const read = async (after: string | undefined) => {
    const variables = { id: props.id, first: pageSize, after: after ?? null }
    const { data, error } = await client.query(accountHistoryDocument, variables).toPromise()
    if (data === undefined) throw error
    const { edges, pageInfo } = data.auditEvents
    setNext(pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined)
    return edges.map(({ node }) => node)
  }
  const { state, again } = createLoaded(async () => {
    setEvents(await read(undefined))
  })
  const [isReadingMore, setReadingMore] = createSignal(false)
  const more = async () => {
    setReadingMore(true)
    // What cannot be read now is asked for by the same button again.
    const older = await read(next()).catch(() => [])
    setEvents((shown) => [...shown, ...older])
    setReadingMore(false)
  }
  return (
    <Part title={t("accountHistory.events")}>
      <Failure state={state()} onRetry={again} />
      <Show
        when={events().length > 0}
        fallback={
          <Show when={state().type === "data"}>
            <p class="p-4.5 text-soft">{t("accountHistory.noEvents")}</p>
          </Show>
        }
      >
        <ol>
          <For each={events()}>{(event) => <Event event={event} />}</For>
        </ol>
        <Show when={next()}>
          <div class="border-t border-line p-3 text-center">
            <Button disabled={isReadingMore()} onClick={() => void more()}>
              {t("accountHistory.more")}
            </Button>
          </div>
        </Show>
      </Show>
    </Part>
  )
}

function Event(props: { event: AuditEvent }) {
  const t = useWords()
  const actionName = useActionName()
  const changes = () =>
    props.event.changes.map(({ field, before, after }) => ({
      field,
      before: shownJson(before),
      after: shownJson(after),
    }))
  return (
    <li class="flex flex-col gap-1.5 border-line px-4.5 py-3 not-first:border-t">
      <p class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span class="font-medium">{actionName(props.event.action)}</span>
        <span class="text-[0.8125rem] text-soft wrap-anywhere">
          {props.event.actor.name ?? t(`accountHistory.by.${props.event.actor.kind}`)}
        </span>
        <Show when={props.event.outcome !== "DONE"}>
          <Badge tone="bad" label={t(`accountHistory.outcome.${props.event.outcome}`)} title={props.event.code ?? ""} />
        </Show>
        <span class="ml-auto text-[0.8125rem] text-faint">
          <Time at={props.event.at} otherwise="–" />
        </span>
      </p>
      <Show when={props.event.changes.length > 0}>
        <details class="group">
          <summary class="flex list-none items-baseline gap-1.5 text-[0.8125rem] text-soft [&::-webkit-details-marker]:hidden">
            <ChevronRight
              class="size-3 flex-none self-center text-faint transition-transform group-open:rotate-90"
              aria-hidden="true"
            />
            <span class="font-mono text-xs wrap-anywhere">
              {props.event.changes.map(({ field }) => field).join(", ")}
            </span>
          </summary>
          <div class="mt-2">
            <DiffView changes={changes()} />
          </div>
        </details>
      </Show>
    </li>
  )
}

function Failure(props: { state: ReturnType<ReturnType<typeof createLoaded>["state"]>; onRetry: () => void }) {
  const problem = () => (props.state.type === "error" ? problemOf(props.state.error) : undefined)
  return (
    <Show when={problem()}>
      {(found) => (
        <div class="p-3">
          <ErrorView problem={found()} onRetry={props.onRetry} compact />
        </div>
      )}
    </Show>
  )
}
