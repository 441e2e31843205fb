import { type ParentProps, Show } from "solid-js"
import { Button } from "./button.tsx"
import { Dialog, DialogActions, DialogBody } from "./dialog.tsx"
import { SecretText } from "./secret-text.tsx"
import { useI18n } from "../i18n/i18n.tsx"

interface OnceDialogProps {
  title: string
  description: string
  secret: string | undefined
  label: string
  copyLabel: string
  onDone: () => void
}

/** A secret that was just made: it stays until somebody says that it is copied. */
export function OnceDialog(props: ParentProps<OnceDialogProps>) {
  const { t } = useI18n()
  return (
    <Dialog
      open={props.secret !== undefined}
      onClose={props.onDone}
      title={props.title}
      description={props.description}
      holds
      wide
    >
      <DialogBody>
        <Show when={props.secret}>
          {(secret) => <SecretText text={secret()} label={props.label} copyLabel={props.copyLabel} />}
        </Show>
        {props.children}
      </DialogBody>
      <DialogActions>
        <Button look="primary" onClick={() => props.onDone()}>
          {t("action.done")}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
