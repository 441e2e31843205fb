import { removeNodeDocument } from "#generated/web/graphql.ts"
import { ConfirmDialog } from "../../components/confirm-dialog.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import type { Node } from "./create-nodes.ts"
import { useWords } from "./words.ts"

interface RemoveNodeDialogProps {
  node: Node | undefined
  onClose: () => void
  onRemoved: (id: string) => void
}

/** Forgets a data plane: its token is of no use from then on. */
export function RemoveNodeDialog(props: RemoveNodeDialogProps) {
  const t = useWords()
  const mutation = createMutation(removeNodeDocument)
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    if (props.node === undefined) return
    const { id, name } = props.node
    const done = await mutation.run({ id })
    if (done === undefined) return
    showToast({ text: t("removeNode.done", name) })
    props.onRemoved(done.nodeId)
    close()
  }
  return (
    <ConfirmDialog
      open={props.node !== undefined}
      onClose={close}
      title={t("removeNode.title", props.node?.name ?? "")}
      description={t(props.node?.connected === true ? "removeNode.hintServes" : "removeNode.hint")}
      submit={t("removeNode.submit")}
      submitting={t("removeNode.submitting")}
      busy={mutation.busy()}
      error={mutation.error()}
      onSubmit={() => void submit()}
    />
  )
}
