import Eye from "lucide-solid/icons/eye"
import Pencil from "lucide-solid/icons/pencil"
import Power from "lucide-solid/icons/power"
import RefreshCw from "lucide-solid/icons/refresh-cw"
import Trash from "lucide-solid/icons/trash"
import { A } from "@solidjs/router"
import { createMemo, For, type JSX, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { type Column, DataTable, type Sort } from "../../components/data-table.tsx"
import { Meter } from "../../components/meter.tsx"
import { Sparkline } from "../../components/sparkline.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { dialectLabels } from "../../lib/dialects.ts"
import { usePanel } from "../../panel.tsx"
import { usageHours } from "./create-key-usage.ts"
import type { ApiKey } from "./create-keys.ts"
import { useWords } from "./words.ts"

interface KeyActions {
  onEdit: (key: ApiKey) => void
  onRotate: (key: ApiKey) => void
  onSwitch: (key: ApiKey) => void
  onRemove: (key: ApiKey) => void
  onCapture: (key: ApiKey) => void
  onEndCapture: (key: ApiKey) => void
}

/** The keys with what they may do and what they used; one that the environment sets cannot be changed here and says so. */
export function KeyTable(
  props: KeyActions & {
    keys: readonly ApiKey[]
    /** Requests of the last day, by hour. */
    usageOf: (id: string) => readonly number[] | undefined
    sort: Sort | undefined
    onSort: (sort: Sort | undefined) => void
  },
) {
  const t = useWords()
  const columns = createMemo((): readonly Column<ApiKey>[] => [
    {
      id: "name",
      label: t("keys.name"),
      block: "wide",
      compare: (one, other) => one.name.localeCompare(other.name),
      cell: (key) => <NameAndLimits {...props} apiKey={key} />,
    },
    {
      id: "key",
      label: t("keys.key"),
      width: "lg:w-[16%]",
      block: "wide",
      isNamed: true,
      cell: (key) => <Prefix apiKey={key} />,
    },
    {
      id: "today",
      width: "lg:w-[12%]",
      label: t("keys.today"),
      end: true,
      isNamed: true,
      compare: (one, other) => Number(one.tokensToday) - Number(other.tokensToday),
      cell: (key) => <Use requests={key.requestsToday} tokens={key.tokensToday} limit={key.tokensPerDay} />,
    },
    {
      id: "month",
      width: "lg:w-[12%]",
      label: t("keys.thisMonth"),
      end: true,
      isNamed: true,
      compare: (one, other) => Number(one.tokensThisMonth) - Number(other.tokensThisMonth),
      cell: (key) => <Use requests={key.requestsThisMonth} tokens={key.tokensThisMonth} limit={key.tokensPerMonth} />,
    },
    {
      id: "lastUsed",
      label: t("keys.lastUsed"),
      width: "lg:w-[13%]",
      isNamed: true,
      compare: (one, other) => (one.lastUsedAt ?? "").localeCompare(other.lastUsedAt ?? ""),
      cell: (key) => (
        <span class="flex flex-col gap-1">
          <LastUsed apiKey={key} />
          <Usage apiKey={key} hours={props.usageOf(key.id)} />
        </span>
      ),
    },
    {
      id: "expires",
      label: t("keys.expires"),
      width: "lg:w-[9%]",
      isNamed: true,
      cell: (key) => <Expiry apiKey={key} />,
    },
    {
      id: "actions",
      label: t("keys.actions"),
      isLabelHidden: true,
      width: "lg:w-50",
      end: true,
      block: "corner",
      cell: (key) => <Actions {...props} apiKey={key} />,
    },
  ])
  return (
    <DataTable
      label={t("keys.title")}
      rows={props.keys}
      keyOf={(key) => key.id}
      columns={columns()}
      sort={props.sort}
      onSort={props.onSort}
    />
  )
}

const isOver = (at: string) => Date.parse(at) < Date.now()

function NameAndLimits(props: KeyActions & { apiKey: ApiKey }) {
  const t = useWords()
  return (
    <div class="flex flex-col gap-1 pr-44 lg:pr-0">
      <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span
          class="font-medium wrap-anywhere"
          classList={{ "text-faint": !props.apiKey.enabled }}
          title={props.apiKey.note ?? ""}
        >
          {props.apiKey.name}
        </span>
        <Show when={!props.apiKey.enabled}>
          <Badge tone="bad" label={t("keys.disabled")} />
        </Show>
      </span>
      <Limits apiKey={props.apiKey} />
      <Show when={isCaptured(props.apiKey)}>
        <CaptureNotice {...props} />
      </Show>
    </div>
  )
}

const isCaptured = ({ captureUntil }: ApiKey) => captureUntil !== null && !isOver(captureUntil)

/** That what its requests say is kept, until when, and the way to end it. */
function CaptureNotice(props: KeyActions & { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  const { may } = usePanel()
  return (
    <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge
        tone="held"
        busy
        label={t("keys.captured", format.relative(props.apiKey.captureUntil))}
        title={format.exact(props.apiKey.captureUntil)}
      />
      <Show when={may("ADMIN")}>
        <button
          type="button"
          class="text-xs font-medium text-point hover:underline"
          onClick={() => props.onEndCapture(props.apiKey)}
        >
          {t("keys.endCapture")}
        </button>
      </Show>
      <A href={`/requests?key=${props.apiKey.id}&captured=yes`} class="text-xs font-medium text-point hover:underline">
        {t("keys.capturedRequests")}
      </A>
    </span>
  )
}

function Prefix(props: { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  return (
    <Show
      when={props.apiKey.origin === "CREATED"}
      fallback={
        <span class="text-[0.8125rem] text-faint" title={t("keys.fromEnvironmentHint")}>
          {t("keys.fromEnvironment")}
        </span>
      }
    >
      <span class="flex flex-col">
        <code class="font-mono text-[0.8125rem] text-soft wrap-anywhere">{props.apiKey.prefix}</code>
        <For each={props.apiKey.replaced.filter(({ worksUntil }) => !isOver(worksUntil))}>
          {(old) => (
            <span class="text-xs text-faint" title={`${old.prefix} – ${format.exact(old.worksUntil)}`}>
              {t("keys.oldWorks", format.relative(old.worksUntil))}
            </span>
          )}
        </For>
      </span>
    </Show>
  )
}

/** Requests hour by hour; a way to them. */
function Usage(props: { apiKey: ApiKey; hours: readonly number[] | undefined }) {
  const t = useWords()
  const format = createFormat()
  const sum = () => props.hours?.reduce((one, other) => one + other, 0) ?? 0
  return (
    <A
      href={`/requests?key=${props.apiKey.id}`}
      class="block rounded-small"
      aria-label={t("keys.toRequests", props.apiKey.name)}
      title={t("keys.lastDayRequests", format.number(sum()))}
    >
      <Show when={sum() > 0}>
        <span class="tone-cool block h-6 max-w-32 overflow-hidden">
          <Sparkline
            values={props.hours ?? []}
            length={usageHours}
            label={t("keys.lastDayRequests", format.number(sum()))}
            short
          />
        </span>
      </Show>
    </A>
  )
}

function LastUsed(props: { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  return (
    <span title={t("keys.ofAllTime", format.number(props.apiKey.requestCount))}>
      <Time at={props.apiKey.lastUsedAt} otherwise={t("keys.never")} />
    </span>
  )
}

function Expiry(props: { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  const isExpired = () => props.apiKey.expiresAt !== null && isOver(props.apiKey.expiresAt)
  return (
    <Show when={isExpired()} fallback={<Time at={props.apiKey.expiresAt} otherwise={t("keys.expiresNever")} />}>
      <Badge tone="bad" label={t("keys.expired")} title={format.exact(props.apiKey.expiresAt)} />
    </Show>
  )
}

function Actions(props: KeyActions & { apiKey: ApiKey }) {
  const t = useWords()
  const { may } = usePanel()
  const key = () => props.apiKey
  return (
    <span class="-my-1 flex justify-end">
      <Show when={may("ADMIN")}>
        <Action label={t("keys.capture", key().name)} onClick={() => props.onCapture(key())}>
          <Eye />
        </Action>
      </Show>
      <Show when={key().origin === "CREATED" && may("OPERATE")}>
        <Action label={t("keys.edit", key().name)} onClick={() => props.onEdit(key())}>
          <Pencil />
        </Action>
        <Action label={t("keys.rotate", key().name)} onClick={() => props.onRotate(key())}>
          <RefreshCw />
        </Action>
        <Action
          label={key().enabled ? t("keys.disable", key().name) : t("keys.enable", key().name)}
          onClick={() => props.onSwitch(key())}
        >
          <Power />
        </Action>
        <Action label={t("keys.remove", key().name)} onClick={() => props.onRemove(key())}>
          <Trash />
        </Action>
      </Show>
    </span>
  )
}

function Action(props: { label: string; onClick: () => void; children: JSX.Element }) {
  return (
    <Button look="plain" icon onClick={() => props.onClick()} aria-label={props.label} title={props.label}>
      {props.children}
    </Button>
  )
}

/** Tokens above requests; in red where nothing is left. */
function Use(props: { requests: number; tokens: string; limit: string | null }) {
  const t = useWords()
  const format = createFormat()
  /** Of the budget, from 0 to 1; undefined: there is none. */
  const left = () =>
    props.limit === null || Number(props.limit) === 0
      ? undefined
      : Math.max(0, 1 - Number(props.tokens) / Number(props.limit))
  const isUsedUp = () => props.limit !== null && BigInt(props.tokens) >= BigInt(props.limit)
  const tokens = () =>
    props.limit === null
      ? t("keys.tokens", format.compact(props.tokens))
      : t("keys.tokensOf", format.compact(props.tokens), format.compact(props.limit))
  return (
    <span class="flex flex-col lg:items-end">
      <span
        classList={{ "tone-bad text-tone font-medium": isUsedUp(), "text-faint": props.requests === 0 }}
        title={t("keys.tokens", format.number(props.tokens))}
      >
        {tokens()}
      </span>
      <Show when={left() !== undefined}>
        <span class="my-0.5 block w-20">
          <Meter thin value={left() ?? 0} label={t("keys.left")} text={format.share(left())} />
        </span>
      </Show>
      <span class="text-xs text-faint">{t("keys.requestsCount", props.requests)}</span>
    </span>
  )
}

/** What a key is limited to, in a line, and its tags. */
function Limits(props: { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  const words = (): string[] => {
    const { models, dialects, addresses, requestsPerMinute, tokensPerMinute, maxConcurrent } = props.apiKey
    return [
      ...(models ?? []),
      ...(dialects ?? []).map((dialect) => dialectLabels[dialect]),
      ...(requestsPerMinute === null ? [] : [t("keys.perMinute", format.compact(requestsPerMinute))]),
      ...(tokensPerMinute === null ? [] : [t("keys.tokensPerMinute", format.compact(tokensPerMinute))]),
      ...(maxConcurrent === null ? [] : [t("keys.atOnce", maxConcurrent)]),
      ...(addresses ?? []),
    ]
  }
  return (
    <>
      <Show when={words().length > 0}>
        <span class="text-xs text-faint wrap-anywhere">{words().join(" · ")}</span>
      </Show>
      <Show when={props.apiKey.tags.length > 0}>
        <span class="flex flex-wrap gap-1">
          <For each={props.apiKey.tags}>{(tag) => <Badge tone="quiet" label={tag} />}</For>
        </span>
      </Show>
    </>
  )
}
