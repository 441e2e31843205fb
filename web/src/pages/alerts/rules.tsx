import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createMemo, createSignal, type JSX, Show } from "solid-js"
import { removeAlertRuleDocument, updateAlertRuleDocument } from "#generated/web/graphql.ts"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { type Column, DataTable } from "../../components/data-table.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { Switch } from "../../components/switch.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { usePanel } from "../../panel.tsx"
import type { AlertRule, SetUp } from "./create-alerts.ts"
import { RuleDialog } from "./rule-dialog.tsx"
import { useAlertWords } from "./use-alert-words.ts"
import { useWords } from "./words.ts"

/** When alerts are raised and where they are sent. */
export function Rules(props: { setUp: SetUp; onShow: (alertId: string) => void }) {
  const t = useWords()
  const words = useAlertWords()
  const { may } = usePanel()
  const [editing, setEditing] = createSignal<AlertRule | "new">()
  const [removing, setRemoving] = createSignal<AlertRule>()
  const switching = createMutation(updateAlertRuleDocument)
  const switchOver = async ({ id }: AlertRule, enabled: boolean) => {
    if ((await switching.run({ id, input: { enabled } })) !== undefined) props.setUp.again()
  }
  const columns = createMemo((): readonly Column<AlertRule>[] => [
    {
      id: "name",
      label: t("rule.name"),
      width: "lg:w-[36%]",
      block: "wide",
      cell: (rule) => (
        <span class="flex flex-col gap-0.5">
          <span class="flex flex-wrap items-center gap-2 pr-20 lg:pr-0">
            <span class="font-medium wrap-anywhere" classList={{ "text-faint": !rule.enabled }}>
              {words.name(rule.name)}
            </span>
            <Show when={rule.builtIn}>
              <span class="text-xs text-faint">{t("rule.builtIn")}</span>
            </Show>
            <Show when={rule.alert}>
              {(alert) => (
                <button type="button" onClick={() => props.onShow(alert().id)}>
                  <Badge tone="bad" busy label={t("rule.open")} />
                </button>
              )}
            </Show>
          </span>
          <span class="text-xs text-faint">{t(`about.${rule.kind}`)}</span>
        </span>
      ),
    },
    {
      id: "condition",
      label: t("rule.condition"),
      width: "lg:w-[27%]",
      block: "wide",
      isNamed: true,
      cell: (rule) => <span class="text-[0.8125rem]">{words.condition(rule)}</span>,
    },
    {
      id: "webhook",
      label: t("rule.webhook"),
      block: "double",
      isNamed: true,
      cell: (rule) => (
        <span class="text-[0.8125rem] wrap-anywhere" classList={{ "text-faint": rule.webhook === null }}>
          {rule.webhook?.name ?? t("rule.nowhere")}
        </span>
      ),
    },
    {
      id: "enabled",
      label: t("rule.enabled"),
      width: "lg:w-24",
      isNamed: true,
      cell: (rule) => (
        <Show
          when={may("OPERATE")}
          fallback={
            <Badge tone={rule.enabled ? "good" : "quiet"} label={t(rule.enabled ? "rule.enabled" : "rule.off")} />
          }
        >
          <Switch
            checked={rule.enabled}
            label={t("rule.enable", words.name(rule.name))}
            isLabelHidden
            disabled={switching.busy()}
            onChange={(enabled) => void switchOver(rule, enabled)}
          />
        </Show>
      ),
    },
    {
      id: "actions",
      label: t("rule.actions"),
      isLabelHidden: true,
      width: "lg:w-24",
      end: true,
      block: "corner",
      cell: (rule) => (
        <Show when={may("OPERATE")}>
          <span class="-my-1 flex justify-end">
            <Show when={!rule.builtIn}>
              <IconButton label={t("rule.removeFor", rule.name)} onClick={() => setRemoving(rule)}>
                <Trash />
              </IconButton>
            </Show>
            <IconButton label={t("rule.edit", words.name(rule.name))} onClick={() => setEditing(rule)}>
              <Pencil />
            </IconButton>
          </span>
        </Show>
      ),
    },
  ])
  return (
    <div class="flex flex-col gap-4">
      <Show when={may("OPERATE")}>
        <div class="flex justify-end">
          <Button look="primary" onClick={() => setEditing("new")}>
            <Plus />
            {t("rule.create")}
          </Button>
        </div>
      </Show>
      <ProblemNotice problem={switching.error()} />
      <div class="card overflow-hidden">
        <DataTable
          label={t("rule.list")}
          rows={props.setUp.rules()}
          keyOf={({ id }) => id}
          columns={columns()}
          rowHeight={74}
        />
      </div>
      <Show when={editing()}>
        {(rule) => (
          <RuleDialog
            rule={rule()}
            webhooks={props.setUp.webhooks()}
            onClose={() => setEditing(undefined)}
            onSaved={props.setUp.again}
          />
        )}
      </Show>
      <RemoveRuleDialog rule={removing()} onClose={() => setRemoving(undefined)} onRemoved={props.setUp.again} />
    </div>
  )
}

export function IconButton(props: { label: string; onClick: () => void; children: JSX.Element }) {
  return (
    <Button look="plain" icon onClick={() => props.onClick()} aria-label={props.label} title={props.label}>
      {props.children}
    </Button>
  )
}

interface RemoveRuleProps {
  rule: AlertRule | undefined
  onClose: () => void
  onRemoved: () => void
}

function RemoveRuleDialog(props: RemoveRuleProps) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.rule}
      document={removeAlertRuleDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("rule.removeTitle", name)}
      description={() => t("rule.removeHint")}
      submit={t("rule.removeSubmit")}
      submitting={t("rule.removing")}
      onDone={() => props.onRemoved()}
      onClose={props.onClose}
    />
  )
}
