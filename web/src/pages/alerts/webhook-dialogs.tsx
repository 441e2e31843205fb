import { A } from "@solidjs/router"
import { createSignal, Show } from "solid-js"
import { createWebhookDocument, removeWebhookDocument } from "#generated/web/graphql.ts"
import { rotateWebhookSecretDocument, updateWebhookDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { usePanel } from "../../panel.tsx"
import type { Webhook } from "./create-alerts.ts"
import { useWords } from "./words.ts"

/** A secret that was just made, and whose. */
export interface MadeSecret {
  readonly name: string
  readonly secret: string
}

interface WebhookDialogProps {
  webhook: Webhook | "new"
  onClose: () => void
  onSaved: () => void
  onSecret: (made: MadeSecret) => void
}

/** A name and an address. The address is written and never read again. */
export function WebhookDialog(props: WebhookDialogProps) {
  const t = useWords()
  const { may } = usePanel()
  // eslint-disable-next-line solid/reactivity -- a form begins with what was there when it was opened
  const given = props.webhook
  const [name, setName] = createSignal(given === "new" ? "" : given.name)
  const [url, setUrl] = createSignal("")
  const creating = createMutation(createWebhookDocument, ["name", "url"])
  const updating = createMutation(updateWebhookDocument, ["name", "url"])
  const mutation = given === "new" ? creating : updating
  const submit = async () => {
    const missing = {
      ...(name().trim() === "" ? { name: t("webhook.nameMissing") } : {}),
      ...(given === "new" && url().trim() === "" ? { url: t("webhook.urlMissing") } : {}),
    }
    if (Object.keys(missing).length > 0) return mutation.setErrors(missing)
    if (given === "new") {
      const done = await creating.run({ input: { name: name().trim(), url: url().trim() } })
      if (done === undefined) return undefined
      props.onSecret({ name: done.webhook.name, secret: done.secret })
    } else {
      const input = { name: name().trim(), ...(url().trim() === "" ? {} : { url: url().trim() }) }
      if ((await updating.run({ id: given.id, input })) === undefined) return undefined
    }
    props.onSaved()
    return props.onClose()
  }
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={given === "new" ? t("webhook.createTitle") : t("webhook.editTitle", given.name)}
      description={t("webhook.hint")}
    >
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <Field label={t("webhook.name")} error={mutation.errors()["name"]}>
            {(control) => (
              <input
                {...control()}
                class="input"
                autocomplete="off"
                value={name()}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label={t("webhook.url")}
            hint={t(given === "new" ? "webhook.urlHint" : "webhook.urlKept")}
            error={mutation.errors()["url"]}
          >
            {(control) => (
              <input
                {...control()}
                class="input font-mono text-[0.8125rem]"
                type="url"
                autocomplete="off"
                spellcheck={false}
                placeholder={given === "new" ? "https://" : given.origin}
                value={url()}
                onInput={(event) => setUrl(event.currentTarget.value)}
              />
            )}
          </Field>
          <Show when={may("ADMIN")}>
            <A
              href="/settings?search=ALERT_WEBHOOK_HOSTS"
              class="text-[0.8125rem] font-medium text-point hover:underline"
            >
              {t("webhook.allow")}
            </A>
          </Show>
          <ProblemNotice problem={mutation.error()} />
        </DialogBody>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={mutation.busy()}
          submit={t(given === "new" ? "webhook.submitCreate" : "webhook.submitEdit")}
          submitting={t("webhook.submitting")}
        />
      </DialogForm>
    </Dialog>
  )
}

interface OneWebhookProps {
  webhook: Webhook | undefined
  onClose: () => void
  onDone: () => void
}

export function RotateSecretDialog(props: OneWebhookProps & { onSecret: (made: MadeSecret) => void }) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.webhook}
      document={rotateWebhookSecretDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("webhook.rotateTitle", name)}
      description={() => t("webhook.rotateHint")}
      submit={t("webhook.rotateSubmit")}
      submitting={t("webhook.rotating")}
      onDone={({ webhook, secret }) => {
        props.onSecret({ name: webhook.name, secret })
        props.onDone()
      }}
      onClose={props.onClose}
    />
  )
}

export function RemoveWebhookDialog(props: OneWebhookProps) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.webhook}
      document={removeWebhookDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("webhook.removeTitle", name)}
      description={() => t("webhook.removeHint")}
      submit={t("webhook.removeSubmit")}
      submitting={t("webhook.removing")}
      onDone={() => props.onDone()}
      onClose={props.onClose}
    />
  )
}
