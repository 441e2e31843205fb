import { useI18n } from "../i18n/i18n.tsx"
import { Button } from "./button.tsx"
import { DialogActions } from "./dialog.tsx"

interface SubmitActionsProps {
  onCancel: () => void
  submit: string
  submitting: string
  busy: boolean
  /** Something is missing yet. */
  disabled?: boolean
  look?: "primary" | "danger"
  /** Absent: the button submits the form that it stands in. */
  onSubmit?: () => void
}

/** The end of a dialog that asks for something: leave it, or do it. */
export function SubmitActions(props: SubmitActionsProps) {
  const { t } = useI18n()
  return (
    <DialogActions>
      <Button onClick={() => props.onCancel()}>{t("action.cancel")}</Button>
      <Button
        look={props.look ?? "primary"}
        type={props.onSubmit === undefined ? "submit" : "button"}
        disabled={props.busy || props.disabled === true}
        onClick={() => props.onSubmit?.()}
      >
        {props.busy ? props.submitting : props.submit}
      </Button>
    </DialogActions>
  )
}
