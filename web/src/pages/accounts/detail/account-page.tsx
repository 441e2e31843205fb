/** One account: how it is and why, what is left of it, what it serves, its settings, and whether it works. */
import { A, useNavigate } from "@solidjs/router"
import ArrowLeft from "lucide-solid/icons/arrow-left"
import { createSignal, Match, Show, Switch } from "solid-js"
import { Page } from "../../../components/page.tsx"
import { Empty, ErrorView } from "../../../components/states.tsx"
import { type Tab, Tabs } from "../../../components/tabs.tsx"
import { showToast } from "../../../components/toast.tsx"
import { problemOf } from "../../../graphql/failure.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import { AccountCondition } from "../account-condition.tsx"
import { SignInAgainDialog } from "../add/sign-in-again-dialog.tsx"
import { RemoveAccountDialog } from "../remove-account-dialog.tsx"
import { useWords as useListWords } from "../words.ts"
import { AccountActions } from "./account-actions.tsx"
import { AccountFacts } from "./account-facts.tsx"
import { AccountHistory } from "./account-history.tsx"
import { AccountQuota } from "./account-quota.tsx"
import { AccountRequests } from "./account-requests.tsx"
import { AccountRests } from "./account-rests.tsx"
import { type AccountDetail, createAccount } from "./create-account.ts"
import { Doctor } from "./doctor.tsx"
import { SettingsForm } from "./settings-form.tsx"
import { useWords } from "./words.ts"

export default function AccountPage(props: { id: string }) {
  const t = useWords()
  const { state, again, account, changed } = createAccount(
    // eslint-disable-next-line solid/reactivity -- the page is made anew for another account
    props.id,
  )
  const failure = () => {
    const now = state()
    return now.type === "error" ? problemOf(now.error) : undefined
  }
  return (
    <Page
      title={account()?.label ?? t("account.loading")}
      action={
        <A href="/accounts" class="button button-secondary">
          <ArrowLeft aria-hidden="true" />
          {t("account.toAll")}
        </A>
      }
    >
      <Show when={failure()}>{(problem) => <ErrorView problem={problem()} onRetry={again} />}</Show>
      <Switch>
        <Match when={account()}>{(found) => <Account account={found()} onChanged={changed} onReread={again} />}</Match>
        <Match when={state().type === "loading"}>
          <div class="card p-4.5" role="status" aria-label={t("account.loading")}>
            <div class="skeleton h-5 w-24 rounded-full" />
            <div class="skeleton mt-4 h-3.5 w-full" />
            <div class="skeleton mt-2 h-3.5 w-2/3" />
          </div>
        </Match>
        <Match when={state().type === "data"}>
          <div class="card overflow-hidden">
            <Empty title={t("account.goneTitle")} hint={t("account.goneHint")}>
              <A href="/accounts" class="button button-secondary">
                {t("account.toAll")}
              </A>
            </Empty>
          </div>
        </Match>
      </Switch>
    </Page>
  )
}

interface AccountProps {
  account: AccountDetail
  onChanged: () => Promise<void>
  onReread: () => void
}

function Account(props: AccountProps) {
  const t = useWords()
  const list = useListWords()
  const format = createFormat()
  const { may } = usePanel()
  const go = useNavigate()
  const [isSigningIn, setSigningIn] = createSignal(false)
  const [isRemoving, setRemoving] = createSignal(false)
  const identity = () =>
    [
      props.account.email !== props.account.label && props.account.email,
      list(`accountKind.${props.account.kind}`),
      props.account.tier,
    ]
      .filter(Boolean)
      .join(" · ")
  const tabs = (): readonly Tab[] => [
    {
      id: "quota",
      label: t("account.quota"),
      content: () => (
        <div class="flex flex-col gap-7">
          <AccountRests account={props.account} onChanged={props.onChanged} />
          <AccountQuota account={props.account} onChanged={props.onChanged} />
        </div>
      ),
    },
    {
      id: "requests",
      label: t("account.requests"),
      count: format.compact(props.account.requestCount),
      content: () => <AccountRequests id={props.account.id} />,
    },
    {
      id: "settings",
      label: t("account.settings"),
      content: () => <SettingsForm account={props.account} onChanged={props.onChanged} />,
    },
    ...(may("OPERATE")
      ? [
          {
            id: "doctor",
            label: t("account.doctor"),
            content: () => <Doctor id={props.account.id} onChanged={props.onChanged} />,
          },
        ]
      : []),
    { id: "history", label: t("account.history"), content: () => <AccountHistory id={props.account.id} /> },
  ]
  return (
    <>
      <div class="card flex flex-col">
        <div class="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4.5">
          <div class="flex min-w-0 flex-1 basis-72 flex-col gap-2">
            <p class="text-soft wrap-anywhere">{identity()}</p>
            <AccountCondition account={props.account} onSignIn={() => setSigningIn(true)} />
          </div>
          <Show when={may("OPERATE")}>
            <AccountActions account={props.account} onChanged={props.onChanged} onRemove={() => setRemoving(true)} />
          </Show>
        </div>
        <AccountFacts account={props.account} onReleased={props.onReread} />
      </div>
      <Tabs label={t("account.parts")} tabs={tabs()} />
      <SignInAgainDialog
        account={isSigningIn() ? props.account : undefined}
        onClose={() => setSigningIn(false)}
        onAdded={() => props.onReread()}
      />
      <RemoveAccountDialog
        account={isRemoving() ? props.account : undefined}
        onClose={() => setRemoving(false)}
        onRemoved={(removed, outcome) => {
          showToast({ text: list(`accounts.${outcome}`, removed.label) })
          go("/accounts")
        }}
      />
    </>
  )
}
