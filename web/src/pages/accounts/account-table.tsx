import Trash from "lucide-solid/icons/trash"
import { createMemo, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { type Column, DataTable, type Sort } from "../../components/data-table.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { AccountCondition } from "./account-condition.tsx"
import { accountStateOrder } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

interface AccountTableProps {
  accounts: readonly Account[]
  sort: Sort | undefined
  onSort: (sort: Sort | undefined) => void
  onSignIn: (account: Account) => void
  onRemove: (account: Account) => void
}

/** The accounts: who each is, how it is and why, what it offers and what it does now. */
export function AccountTable(props: AccountTableProps) {
  const t = useWords()
  const { may } = usePanel()
  const format = createFormat()
  const columns = createMemo((): readonly Column<Account>[] => [
    {
      id: "label",
      label: t("accounts.account"),
      width: "lg:w-[25%]",
      block: "wide",
      compare: (one, other) => one.label.localeCompare(other.label),
      cell: (account) => <Identity account={account} />,
    },
    {
      id: "state",
      label: t("accounts.state"),
      width: "lg:w-[26%]",
      block: "wide",
      compare: (one, other) => accountStateOrder(one.state) - accountStateOrder(other.state),
      cell: (account) => <AccountCondition account={account} onSignIn={() => props.onSignIn(account)} />,
    },
    {
      id: "tier",
      label: t("accounts.tier"),
      width: "lg:w-[14%]",
      isNamed: true,
      cell: (account) => (
        <span class="flex flex-col">
          {t(`accountKind.${account.kind}`)}
          <Show when={account.tier}>
            {(tier) => <span class="text-[0.8125rem] text-faint wrap-anywhere">{tier()}</span>}
          </Show>
        </span>
      ),
    },
    {
      id: "models",
      label: t("accounts.models"),
      end: true,
      isNamed: true,
      cell: (account) => <span title={account.models.join("\n")}>{format.number(account.models.length)}</span>,
    },
    {
      id: "inFlight",
      label: t("accounts.inFlight"),
      end: true,
      isNamed: true,
      compare: (one, other) => one.inFlight - other.inFlight,
      cell: (account) => (
        <span classList={{ "text-faint": account.inFlight === 0, "font-semibold": account.inFlight > 0 }}>
          {format.number(account.inFlight)}
        </span>
      ),
    },
    {
      id: "requests",
      label: t("accounts.requests"),
      end: true,
      isNamed: true,
      compare: (one, other) => one.requestCount - other.requestCount,
      cell: (account) => (
        <span title={format.number(account.requestCount)}>{format.compact(account.requestCount)}</span>
      ),
    },
    {
      id: "lastUsed",
      label: t("accounts.lastUsed"),
      isNamed: true,
      compare: (one, other) => (one.lastUsedAt ?? "").localeCompare(other.lastUsedAt ?? ""),
      cell: (account) => <Time at={account.lastUsedAt} otherwise={t("accounts.never")} />,
    },
    {
      id: "actions",
      label: t("accounts.actions"),
      isLabelHidden: true,
      width: "lg:w-14",
      end: true,
      block: "corner",
      cell: (account) => (
        <Show when={may("OPERATE")}>
          <Button
            look="plain"
            icon
            class="-my-1"
            onClick={() => props.onRemove(account)}
            aria-label={t("accounts.remove", account.label)}
            title={t("accounts.remove", account.label)}
          >
            <Trash />
          </Button>
        </Show>
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
    />
  )
}

function Identity(props: { account: Account }) {
  return (
    <div class="flex flex-col pr-10 lg:pr-0">
      <span class="font-medium wrap-anywhere">{props.account.label}</span>
      <Show when={props.account.email !== props.account.label && props.account.email}>
        {(email) => <span class="text-[0.8125rem] text-faint wrap-anywhere">{email()}</span>}
      </Show>
    </div>
  )
}
