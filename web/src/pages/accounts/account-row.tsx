import Trash from "lucide-solid/icons/trash"
import { Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Cell } from "../../components/cell.tsx"
import { Time } from "../../components/time.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { accountStates } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import { ProviderLink } from "./provider-link.tsx"
import { useWords } from "./words.ts"

/** One account: who it is, how it is and why, what it offers and what it does now. */
export function AccountRow(props: { account: Account; onSignIn: () => void; onRemove: () => void }) {
  const t = useWords()
  const format = createFormat()
  const account = () => props.account
  return (
    <tr role="row">
      <Cell wide class="lg:w-[26%] lg:min-w-[13.5rem]">
        <div class="flex flex-col pr-10 lg:pr-0">
          <span class="font-medium wrap-anywhere">{account().label}</span>
          <Show when={account().email !== account().label && account().email}>
            {(email) => <span class="text-[0.8125rem] text-faint wrap-anywhere">{email()}</span>}
          </Show>
        </div>
      </Cell>
      <Cell wide class="lg:w-[38%]">
        <AccountCondition account={account()} onSignIn={props.onSignIn} />
      </Cell>
      <Cell label={t("accounts.tier")}>
        <span class="flex flex-col lg:whitespace-nowrap">
          {t(`accountKind.${account().kind}`)}
          <Show when={account().tier}>{(tier) => <span class="text-[0.8125rem] text-faint">{tier()}</span>}</Show>
        </span>
      </Cell>
      <Cell label={t("accounts.models")} end>
        <span title={account().models.join("\n")}>{format.number(account().models.length)}</span>
      </Cell>
      <Cell label={t("accounts.inFlight")} end>
        <span classList={{ "text-faint": account().inFlight === 0, "font-semibold": account().inFlight > 0 }}>
          {format.number(account().inFlight)}
        </span>
      </Cell>
      <Cell label={t("accounts.requests")} end>
        <span title={format.number(account().requestCount)}>{format.compact(account().requestCount)}</span>
      </Cell>
      <Cell label={t("accounts.lastUsed")}>
        <Time at={account().lastUsedAt} otherwise={t("accounts.never")} />
      </Cell>
      <Cell corner end>
        <Button
          look="plain"
          icon
          class="-my-1"
          onClick={() => props.onRemove()}
          aria-label={t("accounts.remove", account().label)}
          title={t("accounts.remove", account().label)}
        >
          <Trash />
        </Button>
      </Cell>
    </tr>
  )
}

/** The state, since when, why, and the way out with its link. */
function AccountCondition(props: { account: Account; onSignIn: () => void }) {
  const t = useWords()
  const { server } = useI18n()
  const format = createFormat()
  const look = () => accountStates[props.account.state]
  return (
    <div class="flex flex-col items-start gap-1">
      <div class="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <Badge tone={look().tone} busy={look().busy === true} label={t(`accountState.${props.account.state}`)} />
        <Show when={props.account.state !== "READY"}>
          <time
            class="text-xs text-faint"
            dateTime={props.account.stateSince}
            title={format.exact(props.account.stateSince)}
          >
            {format.relative(props.account.stateSince)}
          </time>
        </Show>
      </div>
      <Show when={props.account.state === "ONBOARDING" && props.account.onboardingStep}>
        {(step) => <p class="text-[0.8125rem] text-soft">{t(`signInAccount.step.${step()}`)}</p>}
      </Show>
      <Show when={props.account.stateReason}>
        {(reason) => <p class="max-w-[58ch] text-[0.8125rem] text-soft wrap-anywhere">{reason()}</p>}
      </Show>
      <Show when={props.account.wayOut}>
        {(wayOut) => (
          <p class="max-w-[58ch] text-[0.8125rem] font-medium wrap-anywhere">
            {server(`wayOut.${props.account.state}`, wayOut())}
          </p>
        )}
      </Show>
      <Show when={props.account.state === "NEEDS_LOGIN"}>
        <Button onClick={() => props.onSignIn()}>{t("accounts.signInAgain")}</Button>
      </Show>
      <ProviderLink link={props.account.wayOutLink} />
    </div>
  )
}
