import { drainNodeDocument } from "#generated/web/graphql.ts"
import { ConfirmDialog } from "../../components/confirm-dialog.tsx"
import { showToast } from "../../components/toast.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
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
  const mutation = createMutation(drainNodeDocument)
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    if (props.node === undefined) return
    const { id, name } = props.node
    const done = await mutation.run({ id })
    if (done === undefined) return
    showToast({ text: t("drainNode.done", name, done.inFlight) })
    close()
  }
  return (
    <ConfirmDialog
      open={props.node !== undefined}
      onClose={close}
      title={t("drainNode.title", props.node?.name ?? "")}
      description={t("drainNode.hint")}
      submit={t("drainNode.submit")}
      submitting={t("drainNode.submitting")}
      busy={mutation.busy()}
      error={mutation.error()}
      onSubmit={() => void submit()}
    >
      {props.isLast && <p class="notice tone-hand px-3 py-2 text-[0.8125rem]">{t("drainNode.last")}</p>}
    </ConfirmDialog>
  )
}
