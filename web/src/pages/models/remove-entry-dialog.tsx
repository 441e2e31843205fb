import { ConfirmDialog } from "../../components/confirm-dialog.tsx"
import { showToast } from "../../components/toast.tsx"
import type { Replacement, RoutingState } from "./create-routing.ts"

interface RemoveEntryDialogProps {
  routing: RoutingState
  /** Of the alias or the chain; undefined: nothing is to be removed. */
  name: string | undefined
  replacement: (name: string) => Replacement
  /** What to say where somebody else changed it meanwhile; undefined: it is gone already. */
  theirs: (name: string) => string | undefined
  title: string
  description: string
  submit: string
  submitting: string
  removed: (name: string) => string
  onClose: () => void
}

/** Asks before an entry of a list of the routing is removed. */
export function RemoveEntryDialog(props: RemoveEntryDialogProps) {
  // eslint-disable-next-line solid/reactivity -- the page has one for as long as it is there
  const saving = props.routing.createReplacing()
  const close = () => {
    saving.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    const { name } = props
    if (name === undefined) return undefined
    const outcome = await saving.replace(props.replacement(name))
    const theirs = outcome === "conflict" ? props.theirs(name) : undefined
    if (theirs !== undefined) return saving.setErrors({ form: theirs })
    if (outcome === "failed") return undefined
    close()
    showToast({ text: props.removed(name) })
    return undefined
  }
  return (
    <ConfirmDialog
      open={props.name !== undefined}
      onClose={close}
      title={props.title}
      description={props.description}
      submit={props.submit}
      submitting={props.submitting}
      busy={saving.busy()}
      error={saving.error()}
      onSubmit={() => void submit()}
    />
  )
}
