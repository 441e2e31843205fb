import type { Chain, RoutingState } from "../create-routing.ts"
import { RemoveEntryDialog } from "../remove-entry-dialog.tsx"
import { useWords } from "../words.ts"

interface RemoveChainDialogProps {
  routing: RoutingState
  chain: Chain | undefined
  onClose: () => void
}

export function RemoveChainDialog(props: RemoveChainDialogProps) {
  const t = useWords()
  const isThere = (name: string) => props.routing.routing()?.fallbacks.some(({ model }) => model === name) === true
  return (
    <RemoveEntryDialog
      routing={props.routing}
      name={props.chain?.model}
      replacement={(name) => ({
        make: ({ fallbacks }) => ({ fallbacks: fallbacks.filter(({ model }) => model !== name) }),
        about: ({ fallbacks }) => JSON.stringify(fallbacks.filter(({ model }) => model === name)),
      })}
      theirs={(name) => (isThere(name) ? t("fallbacks.theirs") : undefined)}
      title={t("fallbacks.removeTitle", props.chain?.model ?? "")}
      description={t("fallbacks.removeHint")}
      submit={t("fallbacks.removeSubmit")}
      submitting={t("fallbacks.removing")}
      removed={(name) => t("fallbacks.removed", name)}
      onClose={props.onClose}
    />
  )
}
