import { Show } from "solid-js"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { accountStates } from "./account-state.ts"
import type { Account } from "./create-accounts.ts"
import { ProviderLink, safeLink } from "./provider-link.tsx"
import { useWords } from "./words.ts"

/** The state, since when, why, and the way out with its link. */
export function AccountCondition(props: {
  account: Account
  onSignIn: () => void
  /** In a list: a long reason is cut, the rest on hover. In a row of a table, where there is little room, the way out is its button or link alone. */
  place?: "row" | "card"
}) {
  const t = useWords()
  const { said } = useI18n()
  const { may } = usePanel()
  const format = createFormat()
  const look = () => accountStates[props.account.state]
  const wayOut = () => {
    const { state, stateUntil, wayOut: words } = props.account
    // The panel knows the reader's clock, and its own button where the server names a mutation.
    if (state === "COOLING" && stateUntil !== null) return t("accounts.untilCooled", format.exact(stateUntil))
    if (state === "PAUSED") return t("accounts.whilePaused")
    if (state === "DISABLED") return t("accounts.whileOff")
    return words === null ? undefined : said(words)
  }
  const isSignIn = () => props.account.state === "NEEDS_LOGIN" && may("OPERATE")
  const hasStep = () => isSignIn() || safeLink(props.account.wayOutLink) !== undefined
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
        {(reason) => (
          <p
            class="max-w-[58ch] text-[0.8125rem] text-soft wrap-anywhere"
            classList={{ "line-clamp-6": props.place !== undefined }}
            title={props.place === undefined ? undefined : said(reason())}
          >
            {said(reason())}
          </p>
        )}
      </Show>
      <Show when={wayOut()}>
        {(words) => (
          <p
            class="max-w-[58ch] text-[0.8125rem] font-medium wrap-anywhere"
            classList={{ "lg:hidden": props.place === "row" && hasStep() }}
          >
            {words()}
          </p>
        )}
      </Show>
      <Show when={isSignIn()}>
        <Button onClick={() => props.onSignIn()}>{t("accounts.signInAgain")}</Button>
      </Show>
      <ProviderLink link={props.account.wayOutLink} title={wayOut()} />
    </div>
  )
}
