/** The list of accounts: who serves, who does not and why, and what is left of each. Live by subscription; what is chosen stands in the address. */
import Plus from "lucide-solid/icons/plus"
import X from "lucide-solid/icons/x"
import { createMemo, createSignal, Match, Show, Switch } from "solid-js"
import { Dynamic } from "solid-js/web"
import { Button } from "../../components/button.tsx"
import { LoadingRows } from "../../components/loading-rows.tsx"
import { Page } from "../../components/page.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { createRowSelection } from "../../components/row-selection.ts"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import { offerActions } from "../../lib/page-actions.ts"
import { usePanel } from "../../panel.tsx"
import { AccountCards } from "./account-cards.tsx"
import { filterInput, fitsFilter } from "./account-filter.ts"
import { AccountFilters } from "./account-filters.tsx"
import { createAccountActions } from "./account-menu.tsx"
import { AccountTable } from "./account-table.tsx"
import { AddAccountDialog } from "./add/add-account-dialog.tsx"
import { SignInAgainDialog } from "./add/sign-in-again-dialog.tsx"
import { BulkActions } from "./bulk/bulk-actions.tsx"
import { type Account, createAccounts } from "./create-accounts.ts"
import { createChosen } from "./create-chosen.ts"
import { createOffering } from "./create-offering.ts"
import { createPool } from "./create-pool.ts"
import { createPriority } from "./create-priority.ts"
import { createReserve } from "./create-reserve.ts"
import { ExportButton } from "./import/export-button.tsx"
import { PoolPause } from "./pool-pause.tsx"
import { RemoveAccountDialog } from "./remove-account-dialog.tsx"
import { useWords } from "./words.ts"

export function AccountList() {
  const t = useWords()
  const { may } = usePanel()
  const format = createFormat()
  const chosen = createChosen()
  const { state, again, accounts, total, isWhole, changed, remove } = createAccounts(filterInput(chosen.filter()))
  const { pool, changed: poolChanged } = createPool(again)
  const [adding, setAdding] = createSignal(false)
  const [signingIn, setSigningIn] = createSignal<Account>()
  const [removing, setRemoving] = createSignal<Account>()
  const [notice, setNotice] = createSignal<string>()

  const offering = createOffering(
    () => chosen.filter().models,
    () => accounts().length,
  )
  const shown = createMemo(() => accounts().filter(fitsFilter(chosen.filter(), offering.ids())))
  const selection = createRowSelection<Account>(shown, ({ id }) => id)
  const reserve = createReserve(changed)
  const priority = createPriority({
    accounts: shown,
    isDescending: () => chosen.sortedBy() !== "priority",
    onChanged: changed,
  })
  const actions = createAccountActions(changed)
  // An order of those that have come so far would be another one with each page.
  const isSorting = () => chosen.sortedBy() !== undefined && !isWhole() && state().type !== "error"
  const readyCount = () => accounts().filter((account) => account.state === "READY").length
  const summary = () => {
    if (accounts().length === 0) return undefined
    if (isWhole()) return t("accounts.summary", accounts().length, readyCount())
    return t("accounts.reading", format.number(accounts().length), format.number(total()))
  }
  const retry = () => {
    again()
    offering.again()
  }
  const failure = () => {
    const now = [state(), offering.state()].find(({ type }) => type === "error")
    return now?.type === "error" ? problemOf(now.error) : undefined
  }
  const addButton = () => (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus />
      {t("accounts.add")}
    </Button>
  )
  offerActions(() => (may("OPERATE") ? [{ label: t("accounts.add"), run: () => setAdding(true) }] : []))
  const isEmpty = () => state().type === "data" && accounts().length === 0

  return (
    <Page
      summary={summary()}
      action={
        <Show when={!isEmpty()}>
          <div class="flex flex-wrap gap-2">
            <Show when={may("ADMIN") && accounts().length > 0}>
              <ExportButton count={accounts().length} />
            </Show>
            <Show when={may("OPERATE")}>{addButton()}</Show>
          </div>
        </Show>
      }
    >
      <Show when={notice()}>
        {(text) => (
          <div role="status" class="notice tone-quiet flex items-center gap-3 py-1.5 pr-1.5 pl-3.5">
            <p class="flex-1 wrap-anywhere">{text()}</p>
            <Button look="plain" icon onClick={() => setNotice(undefined)} aria-label={t("accounts.dismiss")}>
              <X />
            </Button>
          </div>
        )}
      </Show>
      <Show when={pool()}>
        {(now) => (
          <Show when={now().pausedSince}>
            {(since) => <PoolPause pool={now()} pausedSince={since()} onResumed={poolChanged} />}
          </Show>
        )}
      </Show>
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={retry} />}</Show>
      <ProblemNotice problem={actions.error() ?? reserve.error() ?? priority.error()} />
      <Switch>
        <Match when={accounts().length > 0}>
          <AccountFilters accounts={accounts()} chosen={chosen} models={offering.choices()} />
          <Show when={!isSorting() && !offering.isReading()} fallback={<Loading />}>
            <Show
              when={shown().length > 0}
              fallback={
                <div class="card overflow-hidden">
                  <Empty title={t("accounts.noMatch")} hint={t("accounts.noMatchHint")} small>
                    <Button onClick={() => chosen.clear()}>{t("accounts.showAll")}</Button>
                  </Empty>
                </div>
              }
            >
              <div classList={{ "card overflow-x-clip": chosen.view() === "table" }}>
                <Dynamic
                  component={chosen.view() === "table" ? AccountTable : AccountCards}
                  accounts={shown()}
                  sort={chosen.sortedBy()}
                  onSort={chosen.setSort}
                  selection={may("OPERATE") ? selection : undefined}
                  reserve={reserve}
                  priority={priority}
                  actions={actions}
                  onSignIn={setSigningIn}
                  onRemove={setRemoving}
                />
              </div>
            </Show>
          </Show>
          <Show when={selection.chosen().length > 0 && may("OPERATE")}>
            <BulkActions
              selection={selection}
              filter={chosen.filter()}
              listed={shown().length}
              onRemoved={(ids) => remove(...ids)}
              onMany={again}
            />
          </Show>
        </Match>
        <Match when={state().type === "loading"}>
          <Loading />
        </Match>
        <Match when={isEmpty()}>
          <div class="card overflow-hidden">
            <Empty title={t("accounts.emptyTitle")} hint={t("accounts.emptyHint")}>
              <Show when={may("OPERATE")}>{addButton()}</Show>
            </Empty>
          </div>
        </Match>
      </Switch>
      <AddAccountDialog open={adding()} onClose={() => setAdding(false)} onAdded={changed} onImported={again} />
      <SignInAgainDialog account={signingIn()} onClose={() => setSigningIn(undefined)} onAdded={changed} />
      <RemoveAccountDialog
        account={removing()}
        onClose={() => setRemoving(undefined)}
        onRemoved={(account, outcome) => {
          remove(account.id)
          setNotice(t(`accounts.${outcome}`, account.label))
        }}
      />
    </Page>
  )
}

/** The shape of the list before it is here. */
function Loading() {
  return (
    <LoadingRows count={5}>
      {() => (
        <>
          <div class="flex w-56 flex-col gap-2">
            <div class="skeleton h-3.5 w-36" />
            <div class="skeleton h-3 w-48" />
          </div>
          <div class="skeleton h-5 w-20 rounded-full" />
          <div class="skeleton ml-auto h-3.5 w-16" />
          <div class="skeleton hidden h-3.5 w-24 sm:block" />
        </>
      )}
    </LoadingRows>
  )
}
