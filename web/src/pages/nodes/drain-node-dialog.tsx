import { drainNodeDocument } from "#generated/web/graphql.ts"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { showToast } from "../../components/toast.tsx"
import type { Node } from "./create-nodes.ts"
import { useWords } from "./words.ts"

interface DrainNodeDialogProps {
  node: Node | undefined
  /** No other data plane is ready. */
  isLast: boolean
  onClose: () => void
}

/** Asks before a data plane gets no more requests; its card shows what becomes of that. */
export function DrainNodeDialog(props: DrainNodeDialogProps) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.node}
      document={drainNodeDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("drainNode.title", name)}
      description={() => t("drainNode.hint")}
      submit={t("drainNode.submit")}
      submitting={t("drainNode.submitting")}
      onDone={({ inFlight }, { name }) => showToast({ text: t("drainNode.done", name, inFlight) })}
      onClose={props.onClose}
    >
      {props.isLast && <p class="notice tone-hand px-3 py-2 text-[0.8125rem]">{t("drainNode.last")}</p>}
    </MutationDialog>
  )
}
