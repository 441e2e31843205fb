import { createSignal, For, Show } from "solid-js"
import { createApiKeyDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { Dialog, DialogActions, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { failureSentence, fieldOf, sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { ApiKey } from "./create-keys.ts"
import { NewKey } from "./new-key.tsx"

interface CreateKeyDialogProps {
  open: boolean
  gatewayUrl: string
  onClose: () => void
  onCreated: (key: ApiKey) => void
}

/** Asks for a name, makes the key, and shows its secret this once; the secret lives as long as the dialog is open. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const { t } = useI18n()
  const [secret, setSecret] = createSignal<string>()
  const close = () => {
    setSecret(undefined)
    props.onClose()
  }
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={secret() === undefined ? t("createKey.title") : t("createKey.createdTitle")}
      description={secret() === undefined ? t("keys.summary") : t("createKey.once")}
      holds={secret() !== undefined}
      wide
    >
      <Show
        when={secret()}
        fallback={
          <KeyForm
            onClose={close}
            onCreated={(key, made) => {
              setSecret(made)
              props.onCreated(key)
            }}
          />
        }
      >
        {(made) => <NewKey secret={made()} gatewayUrl={props.gatewayUrl} onDone={close} />}
      </Show>
    </Dialog>
  )
}

const expiryDays = [30, 90, 365]
const dayMs = 86_400_000

interface KeyFormProps {
  onClose: () => void
  onCreated: (key: ApiKey, secret: string) => void
}

function KeyForm(props: KeyFormProps) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  const [name, setName] = createSignal("")
  const [days, setDays] = createSignal(0)
  const [errors, setErrors] = createSignal<{ name?: string; form?: string }>({})
  const [busy, setBusy] = createSignal(false)

  const submit = async () => {
    if (busy()) return
    if (name().trim() === "") {
      setErrors({ name: t("createKey.nameMissing") })
      return
    }
    setErrors({})
    setBusy(true)
    const expiresAt = days() === 0 ? undefined : new Date(Date.now() + days() * dayMs).toISOString()
    const result = await client
      .mutation(createApiKeyDocument, { input: { name: name().trim(), expiresAt } })
      .toPromise()
    setBusy(false)
    const outcome = result.data?.createApiKey
    if (outcome?.__typename === "CreateApiKeySuccess") props.onCreated(outcome.apiKey, outcome.secret)
    else if (outcome !== undefined)
      setErrors({ [fieldOf(outcome) === "name" ? "name" : "form"]: failureSentence(outcome, server) })
    else setErrors({ form: sentenceOf(result.error, t("error.unreachable")) })
  }

  return (
    <form
      class="flex min-h-0 flex-col"
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <DialogBody>
        <Field label={t("createKey.name")} hint={t("createKey.nameHint")} error={errors().name}>
          {(control) => (
            <input
              {...control()}
              class="input"
              maxLength={100}
              value={name()}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t("createKey.expiry")}>
          {(control) => (
            <select
              {...control()}
              class="input"
              value={days()}
              onChange={(event) => setDays(Number(event.currentTarget.value))}
            >
              <option value={0}>{t("createKey.expiryNever")}</option>
              <For each={expiryDays}>
                {(count) => <option value={count}>{t("createKey.expiryDays", count)}</option>}
              </For>
            </select>
          )}
        </Field>
        <Show when={errors().form}>
          {(error) => (
            <p role="alert" class="notice tone-bad px-3 py-2 wrap-anywhere">
              {error()}
            </p>
          )}
        </Show>
      </DialogBody>
      <DialogActions>
        <Button onClick={() => props.onClose()}>{t("action.cancel")}</Button>
        <Button look="primary" type="submit" disabled={busy()}>
          {busy() ? t("createKey.submitting") : t("createKey.submit")}
        </Button>
      </DialogActions>
    </form>
  )
}
