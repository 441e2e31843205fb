import Trash from "lucide-solid/icons/trash"
import { For, Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Cell, ColumnHeader } from "../../components/cell.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import type { ApiKey } from "./create-keys.ts"

interface KeyTableProps {
  keys: readonly ApiKey[]
  onRemove: (key: ApiKey) => void
}

/** The keys; one that the environment sets cannot be removed here and says so. */
export function KeyTable(props: KeyTableProps) {
  const { t } = useI18n()
  return (
    <table role="table" class="table" aria-label={t("keys.title")}>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHeader>{t("keys.name")}</ColumnHeader>
          <ColumnHeader>{t("keys.key")}</ColumnHeader>
          <ColumnHeader end>{t("keys.requests")}</ColumnHeader>
          <ColumnHeader>{t("keys.lastUsed")}</ColumnHeader>
          <ColumnHeader>{t("keys.expires")}</ColumnHeader>
          <ColumnHeader>{t("keys.created")}</ColumnHeader>
          <ColumnHeader>
            <span class="sr-only">{t("keys.actions")}</span>
          </ColumnHeader>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <For each={props.keys}>{(key) => <KeyRow apiKey={key} onRemove={() => props.onRemove(key)} />}</For>
      </tbody>
    </table>
  )
}

function KeyRow(props: { apiKey: ApiKey; onRemove: () => void }) {
  const { t } = useI18n()
  const format = createFormat()
  const isCreated = () => props.apiKey.origin === "CREATED"
  const isExpired = () => props.apiKey.expiresAt !== null && Date.parse(props.apiKey.expiresAt) < Date.now()
  return (
    <tr role="row">
      <Cell wide>
        <span class="font-medium wrap-anywhere">{props.apiKey.name}</span>
      </Cell>
      <Cell label={t("keys.key")} wide>
        <Show
          when={isCreated()}
          fallback={<Badge tone="quiet" label={t("keys.fromEnvironment")} title={t("keys.fromEnvironmentHint")} />}
        >
          <code class="font-mono text-[0.8125rem] text-soft">{props.apiKey.prefix}…</code>
        </Show>
      </Cell>
      <Cell label={t("keys.requests")} end>
        <span title={format.number(props.apiKey.requestCount)}>{format.compact(props.apiKey.requestCount)}</span>
      </Cell>
      <Cell label={t("keys.lastUsed")}>
        <Time at={props.apiKey.lastUsedAt} otherwise={t("keys.never")} />
      </Cell>
      <Cell label={t("keys.expires")}>
        <Show when={isExpired()} fallback={<Time at={props.apiKey.expiresAt} otherwise={t("keys.expiresNever")} />}>
          <Badge tone="bad" label={t("keys.expired")} title={format.exact(props.apiKey.expiresAt)} />
        </Show>
      </Cell>
      <Cell label={t("keys.created")}>
        <Time at={props.apiKey.createdAt} otherwise="–" />
      </Cell>
      <Cell corner end>
        <Show when={isCreated()}>
          <Button
            look="plain"
            icon
            class="-my-1"
            onClick={() => props.onRemove()}
            aria-label={t("keys.remove", props.apiKey.name)}
            title={t("keys.remove", props.apiKey.name)}
          >
            <Trash />
          </Button>
        </Show>
      </Cell>
    </tr>
  )
}
