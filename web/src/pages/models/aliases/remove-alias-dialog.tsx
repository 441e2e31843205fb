import type { Alias, RoutingState } from "../create-routing.ts"
import { RemoveEntryDialog } from "../remove-entry-dialog.tsx"
import { useWords } from "../words.ts"

interface RemoveAliasDialogProps {
  routing: RoutingState
  alias: Alias | undefined
  onClose: () => void
}

export function RemoveAliasDialog(props: RemoveAliasDialogProps) {
  const t = useWords()
  const theirs = (name: string) => {
    const now = props.routing.routing()?.aliases.find((one) => one.name === name)
    return now && t("aliases.theirs", now.target)
  }
  return (
    <RemoveEntryDialog
      routing={props.routing}
      name={props.alias?.name}
      replacement={(name) => ({
        make: ({ aliases }) => ({ aliases: aliases.filter((one) => one.name !== name) }),
        about: ({ aliases }) => JSON.stringify(aliases.filter((one) => one.name === name)),
      })}
      theirs={theirs}
      title={t("aliases.removeTitle", props.alias?.name ?? "")}
      description={t("aliases.removeHint")}
      submit={t("aliases.removeSubmit")}
      submitting={t("aliases.removing")}
      removed={(name) => t("aliases.removed", name)}
      onClose={props.onClose}
    />
  )
}
