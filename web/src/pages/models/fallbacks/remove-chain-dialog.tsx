import { ConfirmDialog } from "../../../components/confirm-dialog.tsx"
import { showToast } from "../../../components/toast.tsx"
import type { Chain, RoutingState } from "../create-routing.ts"
import { useWords } from "../words.ts"

interface RemoveChainDialogProps {
  routing: RoutingState
  chain: Chain | undefined
  onClose: () => void
}

export function RemoveChainDialog(props: RemoveChainDialogProps) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the page has one for as long as it is there
  const saving = props.routing.createReplacing()
  const close = () => {
    saving.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    const model = props.chain?.model
    if (model === undefined) return
    const outcome = await saving.replace({
      make: ({ fallbacks }) => ({ fallbacks: fallbacks.filter((one) => one.model !== model) }),
      about: ({ fallbacks }) => JSON.stringify(fallbacks.filter((one) => one.model === model)),
    })
    if (outcome === "conflict" && props.routing.routing()?.fallbacks.some((one) => one.model === model) === true) {
      saving.setErrors({ form: t("fallbacks.theirs") })
      return
    }
    if (outcome === "failed") return
    close()
    showToast({ text: t("fallbacks.removed", model) })
  }
  return (
    <ConfirmDialog
      open={props.chain !== undefined}
      onClose={close}
      title={t("fallbacks.removeTitle", props.chain?.model ?? "")}
      description={t("fallbacks.removeHint")}
      submit={t("fallbacks.removeSubmit")}
      submitting={t("fallbacks.removing")}
      busy={saving.busy()}
      error={saving.error()}
      onSubmit={() => void submit()}
    />
  )
}
