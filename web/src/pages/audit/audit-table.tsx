import { createMemo, Show } from "solid-js"
import type { AuditOutcome } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { type Column, DataTable } from "../../components/data-table.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useActionName } from "./action-name.ts"
import type { AuditEvent } from "./create-audit.ts"
import { useRefusalName } from "./refusal-name.ts"
import { shownJson } from "./shown-json.ts"
import { useWords } from "./words.ts"

export const outcomeTones: Readonly<Record<AuditOutcome, Tone>> = { DONE: "good", REFUSED: "hand", FAILED: "bad" }

/** The events in rows; what each changed in detail is behind its name. */
export function AuditTable(props: { events: readonly AuditEvent[]; onOpen: (event: AuditEvent) => void }) {
  const t = useWords()
  const columns = createMemo((): readonly Column<AuditEvent>[] => [
    {
      id: "time",
      label: t("audit.time"),
      width: "lg:w-32",
      cell: (event) => (
        <span class="text-soft">
          <Time at={event.at} otherwise="–" />
        </span>
      ),
    },
    {
      id: "who",
      label: t("audit.who"),
      width: "lg:w-[19%]",
      block: "double",
      isNamed: true,
      cell: (event) => <Who event={event} />,
    },
    {
      id: "action",
      label: t("audit.action"),
      width: "lg:w-[25%]",
      block: "wide",
      cell: (event) => <Action event={event} onOpen={() => props.onOpen(event)} />,
    },
    {
      id: "object",
      label: t("audit.object"),
      width: "lg:w-[19%]",
      block: "double",
      isNamed: true,
      cell: (event) => <Object event={event} />,
    },
    {
      id: "change",
      label: t("audit.change"),
      block: "wide",
      cell: (event) => <FirstChange event={event} />,
    },
  ])
  return (
    <DataTable
      label={t("audit.list")}
      rows={props.events}
      keyOf={(event) => event.id}
      columns={columns()}
      rowHeight={58}
    />
  )
}

function Who(props: { event: AuditEvent }) {
  const t = useWords()
  const actor = () => props.event.actor
  return (
    <span class="flex min-w-0 flex-col">
      <span class="font-medium wrap-anywhere">{actor().name ?? t(`actorKind.${actor().kind}`)}</span>
      <span class="text-xs text-faint wrap-anywhere">
        {[actor().name === null ? undefined : t(`actorKind.${actor().kind}`), actor().address]
          .filter((part) => part !== undefined && part !== null)
          .join(" · ")}
      </span>
    </span>
  )
}

function Action(props: { event: AuditEvent; onOpen: () => void }) {
  const t = useWords()
  const format = createFormat()
  const actionName = useActionName()
  const refusalName = useRefusalName()
  const name = () => actionName(props.event.action)
  return (
    <span class="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <button
        type="button"
        class="min-w-0 text-left font-medium text-point wrap-anywhere hover:underline"
        aria-label={t("audit.open", name())}
        onClick={() => props.onOpen()}
      >
        {name()}
      </button>
      <Show when={props.event.outcome !== "DONE"}>
        <Badge tone={outcomeTones[props.event.outcome]} label={t(`outcome.${props.event.outcome}`)} />
      </Show>
      <Show when={props.event.count > 1}>
        <span class="text-xs text-faint">{t("audit.times", format.number(props.event.count))}</span>
      </Show>
      <Show when={props.event.code}>
        {(code) => (
          <span class="basis-full text-xs text-faint wrap-anywhere" title={code()}>
            {refusalName(code())}
          </span>
        )}
      </Show>
    </span>
  )
}

function Object(props: { event: AuditEvent }) {
  const t = useWords()
  return (
    <Show when={props.event.object} fallback={<span class="text-faint">–</span>}>
      {(object) => (
        <span class="flex min-w-0 flex-col">
          <span class="wrap-anywhere">{object().label ?? t(`objectKind.${object().kind}`)}</span>
          <Show when={object().label}>
            <span class="text-xs text-faint">{t(`objectKind.${object().kind}`)}</span>
          </Show>
        </span>
      )}
    </Show>
  )
}

/** One field in a line, more of them counted. */
function FirstChange(props: { event: AuditEvent }) {
  const t = useWords()
  const first = () => (props.event.changes.length === 1 ? props.event.changes[0] : undefined)
  const short = (json: string | null) => (shownJson(json) ?? "–").replaceAll(/\s+/g, " ").slice(0, 80)
  return (
    <Show when={props.event.changes.length > 0} fallback={<span class="text-faint max-lg:hidden">–</span>}>
      <Show when={first()} fallback={<span class="text-soft">{t("audit.fields", props.event.changes.length)}</span>}>
        {(change) => (
          <span class="flex min-w-0 flex-col">
            <code class="font-mono text-xs text-faint wrap-anywhere">{change().field}</code>
            <span class="text-[0.8125rem] wrap-anywhere">
              <span class="text-faint">{short(change().before)}</span> → {short(change().after)}
            </span>
          </span>
        )}
      </Show>
    </Show>
  )
}
