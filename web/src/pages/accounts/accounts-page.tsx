/** The accounts: who serves, who does not and why, and at an address of its own each one. Live by subscription; what is chosen stands in the address. */
import { useParams } from "@solidjs/router"
import Plus from "lucide-solid/icons/plus"
import X from "lucide-solid/icons/x"
import { createMemo, createSignal, Index, lazy, Match, Show, Switch } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Page } from "../../components/page.tsx"
import { Empty, ErrorView } from "../../components/states.tsx"
import { problemOf } from "../../graphql/failure.ts"
import { createUrlState } from "../../lib/create-url-state.ts"
import { offerActions } from "../../lib/page-actions.ts"
import { usePanel } from "../../panel.tsx"
import { AccountFilters } from "./account-filters.tsx"
import { type AccountGroup, accountGroups, accountStates } from "./account-state.ts"
import { AccountTable } from "./account-table.tsx"
import { AddAccountDialog } from "./add/add-account-dialog.tsx"
import { type Account, createAccounts } from "./create-accounts.ts"
import { createPool } from "./create-pool.ts"
import { ExportButton } from "./import/export-button.tsx"
import { PoolPause } from "./pool-pause.tsx"
import { RemoveAccountDialog } from "./remove-account-dialog.tsx"
import { SignInAgainDialog } from "./add/sign-in-again-dialog.tsx"
import { useWords } from "./words.ts"

/** Whether an account answers to what was typed. */
const answersTo = (account: Account, words: string) =>
  `${account.label} ${account.email ?? ""}`.toLowerCase().includes(words.trim().toLowerCase())

const AccountPage = lazy(() => import("./detail/account-page.tsx"))

export default function AccountsPage() {
  const params = useParams<{ id?: string }>()
  return (
    <Show when={params.id} fallback={<AccountList />} keyed>
      {(id) => <AccountPage id={id} />}
    </Show>
  )
}

function AccountList() {
  const t = useWords()
  const { state, again, accounts, changed, remove } = createAccounts()
  const { may } = usePanel()
  const chosen = createUrlState<"group" | "find" | "sort">()
  const group = (): AccountGroup | undefined => accountGroups.find((name) => name === chosen.get("group"))
  const words = () => chosen.get("find") ?? ""
  const { pool, changed: poolChanged } = createPool(again)
  const [adding, setAdding] = createSignal(false)
  const [signingIn, setSigningIn] = createSignal<Account>()
  const [removing, setRemoving] = createSignal<Account>()
  const [notice, setNotice] = createSignal<string>()

  const shown = createMemo(() =>
    accounts().filter(
      (account) =>
        (group() === undefined || accountStates[account.state].group === group()) && answersTo(account, words()),
    ),
  )
  const readyCount = () => accounts().filter((account) => account.state === "READY").length
  const showAll = () => {
    chosen.set({ group: undefined, find: undefined })
  }
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
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
      summary={accounts().length > 0 ? t("accounts.summary", accounts().length, readyCount()) : undefined}
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
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={accounts().length > 0}>
          <AccountFilters
            accounts={accounts()}
            group={group()}
            words={words()}
            onGroup={(next) => chosen.set({ group: next })}
            onWords={(next) => chosen.set({ find: next })}
          />
          <div class="card overflow-hidden">
            <Show
              when={shown().length > 0}
              fallback={
                <Empty title={t("accounts.noMatch")} hint={t("accounts.noMatchHint")} small>
                  <Button onClick={showAll}>{t("accounts.showAll")}</Button>
                </Empty>
              }
            >
              <AccountTable
                accounts={shown()}
                sort={chosen.get("sort")}
                onSort={(sort) => chosen.set({ sort })}
                onSignIn={setSigningIn}
                onRemove={setRemoving}
              />
            </Show>
          </div>
        </Match>
        <Match when={state().type === "loading"}>
          <LoadingRows />
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

function LoadingRows() {
  const t = useWords()
  return (
    <div class="card flex flex-col" role="status" aria-label={t("app.loading")}>
      <Index each={[0, 1, 2, 3, 4]}>
        {() => (
          <div class="flex items-center gap-8 border-line px-4.5 py-4 not-first:border-t">
            <div class="flex w-56 flex-col gap-2">
              <div class="skeleton h-3.5 w-36" />
              <div class="skeleton h-3 w-48" />
            </div>
            <div class="skeleton h-5 w-20 rounded-full" />
            <div class="skeleton ml-auto h-3.5 w-16" />
            <div class="skeleton hidden h-3.5 w-24 sm:block" />
          </div>
        )}
      </Index>
    </div>
  )
}
