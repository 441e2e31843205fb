import { createEffect, createSignal, on } from "solid-js"
import { changePasswordDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { useWords } from "./words.ts"

interface ChangePasswordProps {
  open: boolean
  onClose: () => void
  onChanged: () => void
}

/** One's own password: the one until now, and the new one twice. */
export function ChangePasswordDialog(props: ChangePasswordProps) {
  const t = useWords()
  const mutation = createMutation(changePasswordDocument, ["password", "newPassword"])
  const [password, setPassword] = createSignal("")
  const [newPassword, setNewPassword] = createSignal("")
  const [again, setAgain] = createSignal("")
  createEffect(
    on(
      () => props.open,
      () => {
        setPassword("")
        setNewPassword("")
        setAgain("")
        mutation.setErrors({})
      },
    ),
  )
  const submit = async () => {
    const wrong = {
      ...(password() === "" ? { password: t("ownPassword.missing") } : {}),
      ...(newPassword() === "" ? { newPassword: t("ownPassword.missing") } : {}),
      ...(newPassword() === again() ? {} : { again: t("ownPassword.different") }),
    }
    if (Object.keys(wrong).length > 0) return mutation.setErrors(wrong)
    const done = await mutation.run({ password: password(), newPassword: newPassword() })
    if (done === undefined) return undefined
    showToast({ text: t("ownPassword.done") })
    props.onChanged()
    return props.onClose()
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("ownPassword.changeTitle")}
      description={t("ownPassword.hint")}
    >
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <Password
            label={t("ownPassword.current")}
            autocomplete="current-password"
            value={password()}
            error={mutation.errors()["password"]}
            onInput={setPassword}
          />
          <Password
            label={t("ownPassword.next")}
            hint={t("ownPassword.nextHint")}
            autocomplete="new-password"
            value={newPassword()}
            error={mutation.errors()["newPassword"]}
            onInput={setNewPassword}
          />
          <Password
            label={t("ownPassword.again")}
            autocomplete="new-password"
            value={again()}
            error={mutation.errors()["again"]}
            onInput={setAgain}
          />
          <ProblemNotice problem={mutation.error()} />
        </DialogBody>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={mutation.busy()}
          submit={t("ownPassword.submit")}
          submitting={t("ownPassword.submitting")}
        />
      </DialogForm>
    </Dialog>
  )
}

interface PasswordProps {
  label: string
  hint?: string
  autocomplete: "current-password" | "new-password"
  value: string
  error: string | undefined
  onInput: (value: string) => void
}

function Password(props: PasswordProps) {
  return (
    <Field label={props.label} error={props.error} {...(props.hint === undefined ? {} : { hint: props.hint })}>
      {(control) => (
        <input
          {...control()}
          type="password"
          class="input"
          autocomplete={props.autocomplete}
          value={props.value}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}
