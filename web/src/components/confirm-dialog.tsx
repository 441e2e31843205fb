import { createEffect, createSignal, on, type ParentProps, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Dialog, DialogBody } from "./dialog.tsx"
import { Field } from "./field.tsx"
import { ProblemNotice } from "./problem-notice.tsx"
import { SubmitActions } from "./submit-actions.tsx"

interface ConfirmDialogProps {
  open: boolean
  onClose: () => void
  title: string
  description: string
  submit: string
  submitting: string
  busy: boolean
  /** What went wrong the last time, in a sentence. */
  error?: string | undefined
  /** What has to be typed before it can be done: a name, or a count. */
  typed?: string | undefined
  onSubmit: () => void
}

/** Asks once before something that cannot be undone; further choices may stand between the sentence and the buttons. */
export function ConfirmDialog(props: ParentProps<ConfirmDialogProps>) {
  const { t } = useI18n()
  const [given, setGiven] = createSignal("")
  createEffect(on([() => props.open, () => props.typed], () => setGiven("")))
  const isMissing = () => props.typed !== undefined && given().trim() !== props.typed.trim()
  const submit = () => {
    if (!isMissing()) props.onSubmit()
  }
  return (
    <Dialog open={props.open} onClose={props.onClose} title={props.title} description={props.description}>
      <DialogBody>
        {props.children}
        <Show when={props.typed}>
          {(typed) => (
            <Field label={t("action.typeToConfirm", typed())}>
              {(control) => (
                <input
                  {...control()}
                  class="input"
                  autocomplete="off"
                  spellcheck={false}
                  value={given()}
                  onInput={(event) => setGiven(event.currentTarget.value)}
                  onKeyDown={(event) => event.key === "Enter" && !props.busy && submit()}
                />
              )}
            </Field>
          )}
        </Show>
        <ProblemNotice problem={props.error} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={props.busy}
        disabled={isMissing()}
        submit={props.submit}
        submitting={props.submitting}
        look="danger"
        onSubmit={submit}
      />
    </Dialog>
  )
}
