import { createSignal } from "solid-js"
import { reauthenticateDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../components/dialog.tsx"
import { DialogForm } from "../components/dialog-form.tsx"
import { Field } from "../components/field.tsx"
import { ProblemNotice } from "../components/problem-notice.tsx"
import { SubmitActions } from "../components/submit-actions.tsx"
import { createMutation } from "../graphql/create-mutation.ts"
import { useI18n } from "../i18n/i18n.tsx"
import { usePanel } from "../panel.tsx"

/** Asks for the password once more; what needed it is then done by who asked. */
export default function PasswordDialog() {
  const { t } = useI18n()
  const { password } = usePanel()
  const [typed, setTyped] = createSignal("")
  const mutation = createMutation(reauthenticateDocument, ["password"])
  const submit = async () => {
    if (typed() === "") return mutation.setErrors({ password: t("password.missing") })
    if ((await mutation.run({ password: typed() })) !== undefined) password.answer(true)
    return undefined
  }
  return (
    <Dialog open onClose={() => password.answer(false)} title={t("password.title")} description={t("password.hint")}>
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <Field label={t("password.label")} error={mutation.errors()["password"]}>
            {(control) => (
              <input
                {...control()}
                type="password"
                class="input"
                autocomplete="current-password"
                value={typed()}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
          <ProblemNotice problem={mutation.error()} />
        </DialogBody>
        <SubmitActions
          onCancel={() => password.answer(false)}
          busy={mutation.busy()}
          submit={t("password.submit")}
          submitting={t("password.submitting")}
        />
      </DialogForm>
    </Dialog>
  )
}
