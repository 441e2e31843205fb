import { type ParentProps, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Button } from "./button.tsx"
import { Dialog, DialogActions, DialogBody } from "./dialog.tsx"

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
  onSubmit: () => void
}

/** Asks once before something that cannot be undone; further choices may stand between the sentence and the buttons. */
export function ConfirmDialog(props: ParentProps<ConfirmDialogProps>) {
  const { t } = useI18n()
  return (
    <Dialog open={props.open} onClose={props.onClose} title={props.title} description={props.description}>
      <DialogBody>
        {props.children}
        <Show when={props.error}>
          {(error) => (
            <p role="alert" class="notice tone-bad px-3 py-2 wrap-anywhere">
              {error()}
            </p>
          )}
        </Show>
      </DialogBody>
      <DialogActions>
        <Button onClick={() => props.onClose()}>{t("action.cancel")}</Button>
        <Button look="danger" disabled={props.busy} onClick={() => props.onSubmit()}>
          {props.busy ? props.submitting : props.submit}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
