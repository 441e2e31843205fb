import { ConfirmDialog } from "../../../components/confirm-dialog.tsx"
import { showToast } from "../../../components/toast.tsx"
import type { Alias, RoutingState } from "../create-routing.ts"
import { useWords } from "../words.ts"

interface RemoveAliasDialogProps {
  routing: RoutingState
  alias: Alias | undefined
  onClose: () => void
}

export function RemoveAliasDialog(props: RemoveAliasDialogProps) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- the page has one for as long as it is there
  const saving = props.routing.createReplacing()
  const close = () => {
    saving.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    const name = props.alias?.name
    if (name === undefined) return
    const outcome = await saving.replace({
      make: ({ aliases }) => ({ aliases: aliases.filter((one) => one.name !== name) }),
      about: ({ aliases }) => JSON.stringify(aliases.filter((one) => one.name === name)),
    })
    if (outcome === "conflict") {
      const now = props.routing.routing()?.aliases.find((one) => one.name === name)
      if (now !== undefined) return saving.setErrors({ form: t("aliases.theirs", now.target) })
    } else if (outcome === "failed") return undefined
    close()
    showToast({ text: t("aliases.removed", name) })
    return undefined
  }
  return (
    <ConfirmDialog
      open={props.alias !== undefined}
      onClose={close}
      title={t("aliases.removeTitle", props.alias?.name ?? "")}
      description={t("aliases.removeHint")}
      submit={t("aliases.removeSubmit")}
      submitting={t("aliases.removing")}
      busy={saving.busy()}
      error={saving.error()}
      onSubmit={() => void submit()}
    />
  )
}
