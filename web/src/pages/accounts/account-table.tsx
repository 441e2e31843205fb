import { createMemo, Show } from "solid-js"
import { type Column, DataTable, type Sort } from "../../components/data-table.tsx"
import type { RowSelection } from "../../components/row-selection.ts"
import { Time } from "../../components/time.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { usePanel } from "../../panel.tsx"
import { AccountCondition } from "./account-condition.tsx"
import { AccountIdentity } from "./account-identity.tsx"
import { type AccountActions, AccountMenu } from "./account-menu.tsx"
import { accountOrders, quotaBuckets } from "./account-orders.ts"
import type { Account } from "./create-accounts.ts"
import type { Priority } from "./create-priority.ts"
import type { Reserve } from "./create-reserve.ts"
import { PriorityCell } from "./priority-cell.tsx"
import { QuotaCell } from "./quota-cell.tsx"
import { useWords } from "./words.ts"

export interface AccountViewProps {
  accounts: readonly Account[]
  sort: Sort | undefined
  onSort: (sort: Sort | undefined) => void
  /** Absent: who looks may not change anything. */
  selection: RowSelection<Account> | undefined
  reserve: Reserve
  priority: Priority
  actions: AccountActions
  onSignIn: (account: Account) => void
  onRemove: (account: Account) => void
}

/** The accounts: who each is, how it is and why, what is left of each quota, and what it does. */
export function AccountTable(props: AccountViewProps) {
  const t = useWords()
  const { may } = usePanel()
  const nameOf = useNames()
  const isByPriority = () => props.sort?.replace("-", "") === "priority"
  const columns = createMemo((): readonly Column<Account>[] => [
    {
      id: "label",
      label: t("accounts.account"),
      width: "lg:w-[17%]",
      block: "wide",
      compare: accountOrders.label,
      cell: (account) => <AccountIdentity account={account} />,
    },
    {
      id: "state",
      label: t("accounts.state"),
      width: "lg:w-[22%]",
      block: "wide",
      compare: accountOrders.state,
      cell: (account) => <AccountCondition account={account} onSignIn={() => props.onSignIn(account)} place="row" />,
    },
    ...quotaBuckets.map((bucket): Column<Account> => ({
      id: bucket,
      width: "quota-head",
      class: "quota-cell",
      label: nameOf("bucket", bucket),
      isNamed: true,
      compare: accountOrders[bucket],
      cell: (account) => <QuotaCell account={account} bucket={bucket} reserve={props.reserve} />,
    })),
    {
      id: "priority",
      label: t("accounts.priority"),
      width: "lg:w-20",
      isNamed: true,
      compare: accountOrders.priority,
      cell: (account) => (
        <PriorityCell
          account={account}
          isMovable={isByPriority() && may("OPERATE")}
          onDrag={props.priority.drag}
          onStep={props.priority.step}
        />
      ),
    },
    {
      id: "requests",
      label: t("accounts.requests"),
      width: "lg:w-24",
      end: true,
      isNamed: true,
      compare: accountOrders.requests,
      cell: (account) => <AccountUse account={account} />,
    },
    {
      id: "actions",
      label: t("accounts.actions"),
      isLabelHidden: true,
      width: "lg:w-14",
      end: true,
      block: "corner",
      cell: (account) => (
        <AccountMenu account={account} actions={props.actions} onSignIn={props.onSignIn} onRemove={props.onRemove} />
      ),
    },
  ])
  return (
    <DataTable
      label={t("accounts.title")}
      rows={props.accounts}
      keyOf={(account) => account.id}
      columns={columns()}
      sort={props.sort}
      onSort={props.onSort}
      compares={accountOrders}
      sortMark={props.priority.moves()}
      selection={props.selection}
      choose={(account) => t("accounts.choose", account.label)}
      rowHeight={84}
    />
  )
}

/** Exchanges that ended on it, that run on it now, and when the last one did. */
function AccountUse(props: { account: Account }) {
  const t = useWords()
  const format = createFormat()
  return (
    <div class="flex flex-col lg:items-end">
      <span title={format.number(props.account.requestCount)}>{format.compact(props.account.requestCount)}</span>
      <Show when={props.account.inFlight > 0}>
        <span class="text-[0.8125rem] font-semibold">
          {t("accounts.running", format.number(props.account.inFlight))}
        </span>
      </Show>
      <span class="text-[0.8125rem] text-faint">
        <Time at={props.account.lastUsedAt} otherwise={t("accounts.never")} />
      </span>
    </div>
  )
}
