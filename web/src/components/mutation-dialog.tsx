import type { AnyVariables, TypedDocumentNode } from "@urql/core"
import { createMemo, type ParentProps } from "solid-js"
import { createMutation, type Success } from "../graphql/create-mutation.ts"
import { ConfirmDialog } from "./confirm-dialog.tsx"

interface MutationDialogProps<Subject extends object, Data, Variables extends AnyVariables> {
  /** What it is about: the dialog is open while there is one. */
  about: Subject | undefined
  document: TypedDocumentNode<Data, Variables>
  variables: (about: Subject) => Variables
  title: (about: Subject) => string
  description: (about: Subject) => string
  submit: string
  submitting: string
  /** What has to be typed before it can be done. */
  typed?: (about: Subject) => string
  /** It was done, to what it was when it was asked; says so where that is not seen by itself. */
  onDone: (success: Success<Data>, about: Subject) => void
  onClose: () => void
}

/** Asks once before a mutation is run on something, runs it, tells that it was done, and closes; else it says why not, and stays. */
export function MutationDialog<Subject extends object, Data, Variables extends AnyVariables>(
  props: ParentProps<MutationDialogProps<Subject, Data, Variables>>,
) {
  // eslint-disable-next-line solid/reactivity -- each dialog has one mutation for as long as it is there
  const mutation = createMutation(props.document)
  // What it says while it closes is what it said when it was open.
  const shown = createMemo<Subject | undefined>((last) => props.about ?? last)
  const say = (words: ((about: Subject) => string) | undefined) => {
    const about = shown()
    return about === undefined ? undefined : words?.(about)
  }
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    if (props.about === undefined) return
    // A list that is live may change or forget it meanwhile.
    const about = { ...props.about }
    const success = await mutation.run(props.variables(about))
    if (success === undefined) return
    props.onDone(success, about)
    close()
  }
  return (
    <ConfirmDialog
      open={props.about !== undefined}
      onClose={close}
      title={say(props.title) ?? ""}
      description={say(props.description) ?? ""}
      submit={props.submit}
      submitting={props.submitting}
      busy={mutation.busy()}
      error={mutation.error()}
      typed={say(props.typed)}
      onSubmit={() => void submit()}
    >
      {props.children}
    </ConfirmDialog>
  )
}
