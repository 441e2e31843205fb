import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import RefreshCw from "lucide-solid/icons/refresh-cw"
import Trash from "lucide-solid/icons/trash"
import { createSignal, For, Show } from "solid-js"
import { testWebhookDocument, updateWebhookDocument } from "#generated/web/graphql.ts"
import { Fact } from "../../components/fact.tsx"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { OnceDialog } from "../../components/once-dialog.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { Empty } from "../../components/states.tsx"
import { Switch } from "../../components/switch.tsx"
import { Time } from "../../components/time.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { AlertRule, SetUp, Webhook } from "./create-alerts.ts"
import { IconButton } from "./rules.tsx"
import { useAlertWords } from "./use-alert-words.ts"
import { type MadeSecret, RemoveWebhookDialog, RotateSecretDialog, WebhookDialog } from "./webhook-dialogs.tsx"
import { useWords } from "./words.ts"

/** Where alerts are sent, and whether they arrive. */
export function Webhooks(props: { setUp: SetUp }) {
  const t = useWords()
  const { may } = usePanel()
  const [editing, setEditing] = createSignal<Webhook | "new">()
  const [rotating, setRotating] = createSignal<Webhook>()
  const [removing, setRemoving] = createSignal<Webhook>()
  const [made, setMade] = createSignal<MadeSecret>()
  const addButton = () => (
    <Show when={may("ADMIN")}>
      <Button look="primary" onClick={() => setEditing("new")}>
        <Plus />
        {t("webhook.create")}
      </Button>
    </Show>
  )
  return (
    <div class="flex flex-col gap-4">
      <Show
        when={props.setUp.webhooks().length > 0}
        fallback={
          <div class="card overflow-hidden">
            <Empty title={t("webhook.emptyTitle")} hint={t("webhook.emptyHint")}>
              {addButton()}
            </Empty>
          </div>
        }
      >
        <div class="flex justify-end empty:hidden">{addButton()}</div>
        <ul class="grid gap-3 sm:grid-cols-[repeat(auto-fill,minmax(24rem,1fr))]">
          <For each={props.setUp.webhooks()}>
            {(webhook) => (
              <WebhookCard
                webhook={webhook}
                rules={props.setUp.rules().filter((rule) => rule.webhook?.id === webhook.id)}
                onChanged={props.setUp.again}
                onEdit={() => setEditing(webhook)}
                onRotate={() => setRotating(webhook)}
                onRemove={() => setRemoving(webhook)}
              />
            )}
          </For>
        </ul>
      </Show>
      <Show when={editing()}>
        {(webhook) => (
          <WebhookDialog
            webhook={webhook()}
            onClose={() => setEditing(undefined)}
            onSaved={props.setUp.again}
            onSecret={setMade}
          />
        )}
      </Show>
      <RotateSecretDialog
        webhook={rotating()}
        onClose={() => setRotating(undefined)}
        onDone={props.setUp.again}
        onSecret={setMade}
      />
      <RemoveWebhookDialog webhook={removing()} onClose={() => setRemoving(undefined)} onDone={props.setUp.again} />
      <OnceDialog
        title={t("webhook.createdTitle", made()?.name ?? "")}
        description={t("webhook.once")}
        secret={made()?.secret}
        label={t("webhook.secret")}
        copyLabel={t("webhook.copySecret")}
        onDone={() => setMade(undefined)}
      />
    </div>
  )
}

interface WebhookCardProps {
  webhook: Webhook
  rules: readonly AlertRule[]
  onChanged: () => void
  onEdit: () => void
  onRotate: () => void
  onRemove: () => void
}

function WebhookCard(props: WebhookCardProps) {
  const t = useWords()
  const words = useAlertWords()
  const { said } = useI18n()
  const format = createFormat()
  const { may } = usePanel()
  const testing = createMutation(testWebhookDocument)
  const switching = createMutation(updateWebhookDocument)
  const webhook = () => props.webhook
  const health = (): { tone: Tone; label: string } => {
    const { enabled, failures, lastDeliveredAt } = webhook()
    if (!enabled) return { tone: "quiet", label: t("webhook.disabled") }
    if (failures > 0) return { tone: "bad", label: t("webhook.failing", format.number(failures)) }
    return lastDeliveredAt === null
      ? { tone: "quiet", label: t("webhook.untried") }
      : { tone: "good", label: t("webhook.fine") }
  }
  const test = async () => {
    const done = await testing.run({ id: webhook().id })
    if (done !== undefined) showToast({ text: t("webhook.testDone", webhook().name, String(done.status)) })
    props.onChanged()
  }
  const switchOver = async (enabled: boolean) => {
    if ((await switching.run({ id: webhook().id, input: { enabled } })) !== undefined) props.onChanged()
  }
  return (
    <li class="card flex flex-col gap-3.5 p-4.5">
      <div class="flex items-start justify-between gap-3">
        <span class="flex min-w-0 flex-col">
          <h2 class="font-medium wrap-anywhere">{webhook().name}</h2>
          <code class="font-mono text-xs text-faint wrap-anywhere">{webhook().origin}</code>
        </span>
        <Badge {...health()} />
      </div>
      <dl class="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-x-4 gap-y-2.5 text-[0.8125rem]">
        <Fact name={t("webhook.lastDelivered")}>
          <Time at={webhook().lastDeliveredAt} otherwise={t("webhook.never")} />
        </Fact>
        <Fact name={t("webhook.lastFailure")}>
          <Time at={webhook().lastFailureAt} otherwise={t("webhook.never")} />
        </Fact>
        <Fact name={t("webhook.waiting")}>{format.number(webhook().waiting)}</Fact>
      </dl>
      <Fact name={t("webhook.rulesOf")}>
        <span class="text-[0.8125rem]">
          {props.rules.length === 0
            ? t("webhook.noRules")
            : props.rules.map(({ name }) => words.name(name)).join(" · ")}
        </span>
      </Fact>
      <Show when={webhook().failures > 0 && webhook().lastError}>
        {(error) => <p class="notice tone-bad px-3 py-2 text-[0.8125rem] wrap-anywhere">{said(error())}</p>}
      </Show>
      <ProblemNotice problem={testing.error() ?? switching.error()} />
      <div class="mt-auto flex flex-wrap items-center gap-2 empty:hidden">
        <Show when={may("ADMIN")}>
          <Switch
            checked={webhook().enabled}
            label={t("webhook.enableFor", webhook().name)}
            isLabelHidden
            disabled={switching.busy()}
            onChange={(enabled) => void switchOver(enabled)}
          />
        </Show>
        <Show when={may("OPERATE") && webhook().enabled}>
          <Button
            disabled={testing.busy()}
            aria-label={t("webhook.testFor", webhook().name)}
            onClick={() => void test()}
          >
            {t(testing.busy() ? "webhook.testing" : "webhook.test")}
          </Button>
        </Show>
        <Show when={may("ADMIN")}>
          <span class="ml-auto flex">
            <IconButton label={t("webhook.edit", webhook().name)} onClick={() => props.onEdit()}>
              <Pencil />
            </IconButton>
            <IconButton label={t("webhook.rotateFor", webhook().name)} onClick={() => props.onRotate()}>
              <RefreshCw />
            </IconButton>
            <IconButton label={t("webhook.removeFor", webhook().name)} onClick={() => props.onRemove()}>
              <Trash />
            </IconButton>
          </span>
        </Show>
      </div>
    </li>
  )
}
