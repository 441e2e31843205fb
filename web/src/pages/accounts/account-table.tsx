import type { ParentProps } from "solid-js"
import { ColumnHeader } from "../../components/cell.tsx"
import { useWords } from "./words.ts"

/** The head of the accounts' table; its rows are the children. */
export function AccountTable(props: ParentProps) {
  const t = useWords()
  return (
    <table role="table" class="table" aria-label={t("accounts.title")}>
      <thead role="rowgroup">
        <tr role="row">
          <ColumnHeader>{t("accounts.account")}</ColumnHeader>
          <ColumnHeader>{t("accounts.state")}</ColumnHeader>
          <ColumnHeader>{t("accounts.tier")}</ColumnHeader>
          <ColumnHeader end>{t("accounts.models")}</ColumnHeader>
          <ColumnHeader end>{t("accounts.inFlight")}</ColumnHeader>
          <ColumnHeader end>{t("accounts.requests")}</ColumnHeader>
          <ColumnHeader>{t("accounts.lastUsed")}</ColumnHeader>
          <ColumnHeader>
            <span class="sr-only">{t("accounts.actions")}</span>
          </ColumnHeader>
        </tr>
      </thead>
      <tbody role="rowgroup">{props.children}</tbody>
    </table>
  )
}
