import Download from "lucide-solid/icons/download"
import { createSignal } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { offerActions } from "../../../lib/page-actions.ts"
import { ExportDialog } from "./export-dialog.tsx"
import { useWords } from "./words.ts"

/** Gives out every account as a file. For owners. */
export function ExportButton(props: { count: number }) {
  const t = useWords()
  const [isOpen, setOpen] = createSignal(false)
  offerActions(() => [{ label: t("exportAccounts.open"), run: () => setOpen(true) }])
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Download aria-hidden="true" />
        {t("exportAccounts.open")}
      </Button>
      <ExportDialog open={isOpen()} onClose={() => setOpen(false)} count={props.count} />
    </>
  )
}
