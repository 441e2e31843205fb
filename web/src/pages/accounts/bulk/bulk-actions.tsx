import Ellipsis from "lucide-solid/icons/ellipsis"
import { createSignal } from "solid-js"
import { BulkBar } from "../../../components/bulk-bar.tsx"
import { Button } from "../../../components/button.tsx"
import { Menu } from "../../../components/menu.tsx"
import type { RowSelection } from "../../../components/row-selection.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { type ChosenFilter, filterInput } from "../account-filter.ts"
import type { Account } from "../create-accounts.ts"
import { useWords } from "../words.ts"
import { BulkDialog, type BulkDeed } from "./bulk-dialog.tsx"

interface BulkActionsProps {
  selection: RowSelection<Account>
  filter: ChosenFilter
  /** Of how many accounts those that are listed are a part. */
  listed: number
  onRemoved: (ids: readonly string[]) => void
  /** More have changed than are told one by one. */
  onMany: () => void
}

/** What is done with the accounts that are chosen; each asks once and says of how many. */
export function BulkActions(props: BulkActionsProps) {
  const t = useWords()
  const format = createFormat()
  const [deed, setDeed] = createSignal<BulkDeed>()
  return (
    <>
      <BulkBar
        label={t("bulk.label")}
        text={t("bulk.chosen", format.number(props.selection.chosen().length), format.number(props.listed))}
        clear={t("bulk.clear")}
        onClear={() => props.selection.clear()}
      >
        <Button onClick={() => setDeed("enable")}>{t("bulk.enable")}</Button>
        <Button onClick={() => setDeed("disable")}>{t("bulk.disable")}</Button>
        <Button onClick={() => setDeed("change")}>{t("bulk.change")}</Button>
        <Menu
          label={t("bulk.more")}
          icon
          sections={[
            {
              entries: [
                { label: t("bulk.read"), run: () => setDeed("read") },
                { label: t("bulk.endRests"), run: () => setDeed("endRests") },
              ],
            },
            { entries: [{ label: t("bulk.remove"), run: () => setDeed("remove"), isDangerous: true }] },
          ]}
        >
          <Ellipsis />
        </Menu>
      </BulkBar>
      <BulkDialog
        deed={deed()}
        accounts={props.selection.chosen()}
        isWholeList={props.selection.extent() === "all"}
        filter={filterInput(props.filter)}
        onClose={() => setDeed(undefined)}
        onRemoved={props.onRemoved}
        onMany={props.onMany}
      />
    </>
  )
}
