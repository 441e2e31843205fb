import { createSignal, Show } from "solid-js"
import { addAccountDocument } from "#generated/web/graphql.ts"
import { DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { Field } from "../../../components/field.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { ClientFields } from "./client-fields.tsx"
import type { Account } from "../create-accounts.ts"
import { Terms } from "./terms.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { useWords } from "../words.ts"

interface RefreshTokenFormProps {
  onClose: () => void
  onAdded: (account: Account) => void
}

const fieldNames = ["refreshToken", "label", "projectId", "clientId", "clientSecret", "acknowledgedTerms"] as const

/** Adds an account by its refresh token. It lives only while the dialog is open, so that a token never outlives it. */
export function RefreshTokenForm(props: RefreshTokenFormProps) {
  const t = useWords()
  const [refreshToken, setRefreshToken] = createSignal("")
  const [label, setLabel] = createSignal("")
  const [projectId, setProjectId] = createSignal("")
  const [ownClient, setOwnClient] = createSignal(false)
  const [clientId, setClientId] = createSignal("")
  const [clientSecret, setClientSecret] = createSignal("")
  const [acknowledged, setAcknowledged] = createSignal(false)
  const mutation = createMutation(addAccountDocument, fieldNames)
  const { busy, errors } = mutation

  const submit = async () => {
    const missing: Record<string, string> = {}
    if (refreshToken().trim() === "") missing["refreshToken"] = t("addAccount.refreshTokenMissing")
    if (!acknowledged()) missing["acknowledgedTerms"] = t("addAccount.acknowledgeMissing")
    if (Object.keys(missing).length > 0) return mutation.setErrors(missing)
    const input = {
      kind: "ANTIGRAVITY",
      refreshToken: refreshToken().trim(),
      label: label().trim() || undefined,
      projectId: projectId().trim() || undefined,
      ...(ownClient() ? { clientId: clientId(), clientSecret: clientSecret() } : {}),
      acknowledgedTerms: true,
    } as const
    const done = await mutation.run({ input })
    if (done === undefined) return undefined
    props.onAdded(done.account)
    return props.onClose()
  }

  return (
    <DialogForm errors={errors()} onSubmit={() => void submit()}>
      <DialogBody>
        <Field label={t("addAccount.refreshToken")} error={errors()["refreshToken"]}>
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
          <Field label={t("addAccount.label")} hint={t("addAccount.labelHint")} error={errors()["label"]} optional>
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
            error={errors()["projectId"]}
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
        <div class="flex flex-col gap-4">
          <label class="flex items-start gap-2.5 text-[0.8125rem]">
            <input
              type="checkbox"
              class="checkbox mt-0.5"
              checked={ownClient()}
              onChange={(event) => setOwnClient(event.currentTarget.checked)}
            />
            {t("addAccount.ownClient")}
          </label>
          <Show when={ownClient()}>
            <ClientFields
              clientId={clientId()}
              clientSecret={clientSecret()}
              onClientId={setClientId}
              onClientSecret={setClientSecret}
              errors={errors()}
            />
          </Show>
        </div>
        <Terms acknowledged={acknowledged()} onAcknowledge={setAcknowledged} error={errors()["acknowledgedTerms"]} />
        <ProblemNotice problem={errors()["form"]} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={busy()}
        submit={t("addAccount.submit")}
        submitting={t("addAccount.submitting")}
      />
    </DialogForm>
  )
}
