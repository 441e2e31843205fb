import { removeNodeDocument } from "#generated/web/graphql.ts"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { showToast } from "../../components/toast.tsx"
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
  return (
    <MutationDialog
      about={props.node}
      document={removeNodeDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("removeNode.title", name)}
      description={({ connected }) => t(connected ? "removeNode.hintServes" : "removeNode.hint")}
      submit={t("removeNode.submit")}
      submitting={t("removeNode.submitting")}
      onDone={({ nodeId }, { name }) => {
        showToast({ text: t("removeNode.done", name) })
        props.onRemoved(nodeId)
      }}
      onClose={props.onClose}
    />
  )
}
