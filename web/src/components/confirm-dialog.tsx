import { type ParentProps } from "solid-js"
import { Dialog, DialogBody } from "./dialog.tsx"
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
  onSubmit: () => void
}

/** Asks once before something that cannot be undone; further choices may stand between the sentence and the buttons. */
export function ConfirmDialog(props: ParentProps<ConfirmDialogProps>) {
  return (
    <Dialog open={props.open} onClose={props.onClose} title={props.title} description={props.description}>
      <DialogBody>
        {props.children}
        <ProblemNotice problem={props.error} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={props.busy}
        submit={props.submit}
        submitting={props.submitting}
        look="danger"
        onSubmit={() => props.onSubmit()}
      />
    </Dialog>
  )
}
