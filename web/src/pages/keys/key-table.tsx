import Pencil from "lucide-solid/icons/pencil"
import Power from "lucide-solid/icons/power"
import RefreshCw from "lucide-solid/icons/refresh-cw"
import Trash from "lucide-solid/icons/trash"
import { For, type JSX, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Cell, ColumnHeader } from "../../components/cell.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { ApiKey } from "./create-keys.ts"
import { dialectLabels } from "./key-draft.ts"
import { useWords } from "./words.ts"

interface KeyActions {
  onEdit: (key: ApiKey) => void
  onRotate: (key: ApiKey) => void
  onSwitch: (key: ApiKey) => void
  onRemove: (key: ApiKey) => void
}

/** The keys with what they may do and what they used; one that the environment sets cannot be changed here and says so. */
export function KeyTable(props: KeyActions & { keys: readonly ApiKey[] }) {
  const t = useWords()
  return (
    <table role="table" class="table" aria-label={t("keys.title")}>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHeader>{t("keys.name")}</ColumnHeader>
          <ColumnHeader>{t("keys.key")}</ColumnHeader>
          <ColumnHeader end>{t("keys.today")}</ColumnHeader>
          <ColumnHeader end>{t("keys.thisMonth")}</ColumnHeader>
          <ColumnHeader>{t("keys.lastUsed")}</ColumnHeader>
          <ColumnHeader>{t("keys.expires")}</ColumnHeader>
          <ColumnHeader>
            <span class="sr-only">{t("keys.actions")}</span>
          </ColumnHeader>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <For each={props.keys}>
          {(key) => (
            <KeyRow
              apiKey={key}
              onEdit={props.onEdit}
              onRotate={props.onRotate}
              onSwitch={props.onSwitch}
              onRemove={props.onRemove}
            />
          )}
        </For>
      </tbody>
    </table>
  )
}

const isOver = (at: string) => Date.parse(at) < Date.now()

function KeyRow(props: KeyActions & { apiKey: ApiKey }) {
  const t = useWords()
  const format = createFormat()
  const key = () => props.apiKey
  const isExpired = () => key().expiresAt !== null && isOver(key().expiresAt ?? "")
  return (
    <tr role="row">
      <Cell wide class="lg:w-[34%]">
        <div class="flex flex-col gap-1 pr-32 lg:pr-0">
          <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span
              class="font-medium wrap-anywhere"
              classList={{ "text-faint": !key().enabled }}
              title={key().note ?? ""}
            >
              {key().name}
            </span>
            <Show when={!key().enabled}>
              <Badge tone="bad" label={t("keys.disabled")} />
            </Show>
          </span>
          <Limits apiKey={key()} />
        </div>
      </Cell>
      <Cell label={t("keys.key")} wide>
        <Show
          when={key().origin === "CREATED"}
          fallback={<Badge tone="quiet" label={t("keys.fromEnvironment")} title={t("keys.fromEnvironmentHint")} />}
        >
          <span class="flex flex-col">
            <code class="font-mono text-[0.8125rem] whitespace-nowrap text-soft">{key().prefix}</code>
            <For each={key().replaced.filter(({ worksUntil }) => !isOver(worksUntil))}>
              {(old) => (
                <span class="text-xs text-faint" title={`${old.prefix} – ${format.exact(old.worksUntil)}`}>
                  {t("keys.oldWorks", format.relative(old.worksUntil))}
                </span>
              )}
            </For>
          </span>
        </Show>
      </Cell>
      <Cell label={t("keys.today")} end>
        <Use requests={key().requestsToday} tokens={key().tokensToday} limit={key().tokensPerDay} />
      </Cell>
      <Cell label={t("keys.thisMonth")} end>
        <Use requests={key().requestsThisMonth} tokens={key().tokensThisMonth} limit={key().tokensPerMonth} />
      </Cell>
      <Cell label={t("keys.lastUsed")}>
        <span title={t("keys.ofAllTime", format.number(key().requestCount))}>
          <Time at={key().lastUsedAt} otherwise={t("keys.never")} />
        </span>
      </Cell>
      <Cell label={t("keys.expires")}>
        <Show when={isExpired()} fallback={<Time at={key().expiresAt} otherwise={t("keys.expiresNever")} />}>
          <Badge tone="bad" label={t("keys.expired")} title={format.exact(key().expiresAt)} />
        </Show>
      </Cell>
      <Cell corner end>
        <Show when={key().origin === "CREATED"}>
          <span class="-my-1 flex justify-end">
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
          </span>
        </Show>
      </Cell>
    </tr>
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
