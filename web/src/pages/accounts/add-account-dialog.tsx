import TriangleAlert from "lucide-solid/icons/triangle-alert"
import { createResource, createSignal, createUniqueId, Match, Show, Switch } from "solid-js"
import { addAccountDocument, termsNoticeDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { Dialog, DialogActions, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { failureSentence, fieldOf, sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { Account } from "./create-accounts.ts"

interface AddAccountDialogProps {
  open: boolean
  onClose: () => void
  onAdded: (account: Account) => void
}

type FieldName = "refreshToken" | "label" | "projectId" | "acknowledgedTerms"
type Errors = Partial<Record<FieldName | "form", string>>

const fieldNames: readonly string[] = ["refreshToken", "label", "projectId", "acknowledgedTerms"] satisfies FieldName[]
const isFieldName = (name: string | undefined): name is FieldName => name !== undefined && fieldNames.includes(name)

/** Adds an Antigravity account by its refresh token; the terms notice is the control plane's own text. */
export function AddAccountDialog(props: AddAccountDialogProps) {
  const { t } = useI18n()
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("addAccount.title")}
      description={t("addAccount.intro")}
      wide
    >
      <AddAccountForm onClose={props.onClose} onAdded={props.onAdded} />
    </Dialog>
  )
}

/** The form lives only while the dialog is open, so that a token never outlives it. */
function AddAccountForm(props: Omit<AddAccountDialogProps, "open">) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  const [refreshToken, setRefreshToken] = createSignal("")
  const [label, setLabel] = createSignal("")
  const [projectId, setProjectId] = createSignal("")
  const [acknowledged, setAcknowledged] = createSignal(false)
  const [errors, setErrors] = createSignal<Errors>({})
  const [busy, setBusy] = createSignal(false)

  const submit = async () => {
    const missing: Errors = {}
    if (refreshToken().trim() === "") missing.refreshToken = t("addAccount.refreshTokenMissing")
    if (!acknowledged()) missing.acknowledgedTerms = t("addAccount.acknowledgeMissing")
    setErrors(missing)
    if (busy() || Object.keys(missing).length > 0) return
    setBusy(true)
    const input = {
      kind: "ANTIGRAVITY",
      refreshToken: refreshToken().trim(),
      label: label().trim() || undefined,
      projectId: projectId().trim() || undefined,
      acknowledgedTerms: true,
    } as const
    const result = await client.mutation(addAccountDocument, { input }).toPromise()
    setBusy(false)
    const outcome = result.data?.addAccount
    if (outcome?.__typename === "AddAccountSuccess") {
      props.onAdded(outcome.account)
      props.onClose()
    } else if (outcome !== undefined) {
      const field = fieldOf(outcome)
      setErrors({ [isFieldName(field) ? field : "form"]: failureSentence(outcome, server) })
    } else {
      setErrors({ form: sentenceOf(result.error, t("error.unreachable")) })
    }
  }

  return (
    <form
      class="flex min-h-0 flex-col"
      autocomplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <DialogBody>
        <Field label={t("addAccount.refreshToken")} error={errors().refreshToken}>
          {(control) => (
            <input
              {...control()}
              class="input font-mono text-[0.8125rem]"
              spellcheck={false}
              autocapitalize="off"
              autocomplete="off"
              value={refreshToken()}
              onInput={(event) => setRefreshToken(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="grid gap-4 sm:grid-cols-2">
          <Field label={t("addAccount.label")} hint={t("addAccount.labelHint")} error={errors().label} optional>
            {(control) => (
              <input
                {...control()}
                class="input"
                value={label()}
                onInput={(event) => setLabel(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field
            label={t("addAccount.projectId")}
            hint={t("addAccount.projectIdHint")}
            error={errors().projectId}
            optional
          >
            {(control) => (
              <input
                {...control()}
                class="input"
                spellcheck={false}
                value={projectId()}
                onInput={(event) => setProjectId(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <Terms acknowledged={acknowledged()} onAcknowledge={setAcknowledged} error={errors().acknowledgedTerms} />
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
          {busy() ? t("addAccount.submitting") : t("addAccount.submit")}
        </Button>
      </DialogActions>
    </form>
  )
}

interface TermsProps {
  acknowledged: boolean
  onAcknowledge: (acknowledged: boolean) => void
  error: string | undefined
}

/** The terms notice and the box that confirms it was read; without the notice there is nothing to confirm. */
function Terms(props: TermsProps) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  const id = createUniqueId()
  const [notice] = createResource(async () => {
    const result = await client.query(termsNoticeDocument, { kind: "ANTIGRAVITY" }).toPromise()
    return { text: result.data?.termsNotice }
  })
  return (
    <section class="notice tone-hand flex flex-col gap-3 p-4" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`} class="flex items-center gap-2 font-semibold">
        <TriangleAlert class="size-4 flex-none" aria-hidden="true" />
        {t("addAccount.notice")}
      </h3>
      <Switch>
        <Match when={notice.loading}>
          <p>{t("addAccount.noticeLoading")}</p>
        </Match>
        <Match when={notice()?.text}>
          {(text) => (
            <>
              <p id={`${id}-text`} class="text-[0.8125rem] whitespace-pre-line text-ink wrap-anywhere">
                {server("terms.ANTIGRAVITY", text())}
              </p>
              <label class="flex items-start gap-2.5 font-medium text-ink">
                <input
                  type="checkbox"
                  class="checkbox mt-0.5"
                  aria-describedby={`${id}-text`}
                  aria-invalid={props.error === undefined ? undefined : "true"}
                  checked={props.acknowledged}
                  onChange={(event) => props.onAcknowledge(event.currentTarget.checked)}
                />
                {t("addAccount.acknowledge")}
              </label>
              <Show when={props.error}>
                {(error) => (
                  <p role="alert" class="tone-bad text-[0.8125rem] text-tone">
                    {error()}
                  </p>
                )}
              </Show>
            </>
          )}
        </Match>
        <Match when={true}>
          <p role="alert">{t("addAccount.noticeFailed")}</p>
        </Match>
      </Switch>
    </section>
  )
}
