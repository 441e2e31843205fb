import { For, Show } from "solid-js"
import { releaseCooldownDocument } from "#generated/web/graphql.ts"
import { Badge } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { Time } from "../../../components/time.tsx"
import { showToast } from "../../../components/toast.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { useI18n } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { usePanel } from "../../../panel.tsx"
import type { AccountDetail } from "./create-account.ts"
import { Part } from "./part.tsx"
import { useWords } from "./words.ts"

interface AccountRestsProps {
  account: AccountDetail
  onChanged: () => Promise<void>
}

/** What rests on the account, since when, until when, and what the upstream said. */
export function AccountRests(props: AccountRestsProps) {
  const t = useWords()
  const { may } = usePanel()
  const releasing = createMutation(releaseCooldownDocument)
  const release = async () => {
    const done = await releasing.run({ accountId: props.account.id })
    if (done === undefined) return
    await props.onChanged()
    showToast({ text: t("accountRests.released") })
  }
  return (
    <Part
      title={t("accountRests.title")}
      action={
        <Show when={may("OPERATE") && props.account.cooldowns.length > 0}>
          <Button disabled={releasing.busy()} title={t("accountRests.releaseHint")} onClick={() => void release()}>
            {releasing.busy() ? t("accountRests.releasing") : t("accountRests.release")}
          </Button>
        </Show>
      }
    >
      <Show
        when={props.account.cooldowns.length > 0}
        fallback={<p class="p-4.5 text-soft">{t("accountRests.none")}</p>}
      >
        <ul>
          <For each={props.account.cooldowns}>{(cooldown) => <Rest cooldown={cooldown} />}</For>
        </ul>
        <Show when={may("OPERATE")}>
          <p class="border-t border-line px-4.5 py-3 text-xs text-faint">{t("accountRests.releaseHint")}</p>
        </Show>
      </Show>
      <ProblemNotice problem={releasing.error()} />
    </Part>
  )
}

function Rest(props: { cooldown: AccountDetail["cooldowns"][number] }) {
  const t = useWords()
  const nameOf = useNames()
  const { said } = useI18n()
  const isProbing = () => props.cooldown.state === "PROBING"
  return (
    <li class="flex flex-col gap-1.5 border-line p-4.5 not-first:border-t">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span class="font-medium">
          {props.cooldown.bucket === null ? t("accountRests.whole") : nameOf("bucket", props.cooldown.bucket)}
        </span>
        <Badge
          tone={isProbing() ? "begin" : "cool"}
          label={isProbing() ? t("accountRests.probing") : t("accountRests.resting")}
        />
        <span class="text-soft">{nameOf("failureClass", props.cooldown.cause)}</span>
      </div>
      <p class="text-[0.8125rem] text-soft">
        {t("accountRests.since")} <Time at={props.cooldown.since} otherwise="–" />
        {" · "}
        {t("accountRests.until")} <Time at={props.cooldown.until} otherwise="–" />
      </p>
      <Show when={props.cooldown.evidence}>
        {(evidence) => (
          <p class="text-[0.8125rem] text-faint wrap-anywhere">
            {t("accountRests.said")}: <q>{said(evidence())}</q>
          </p>
        )}
      </Show>
    </li>
  )
}
