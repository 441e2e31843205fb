import { createSignal, Show } from "solid-js"
import { releaseAccountConversationsDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { ConfirmDialog } from "../../../components/confirm-dialog.tsx"
import { Fact } from "../../../components/fact.tsx"
import { Time } from "../../../components/time.tsx"
import { showToast } from "../../../components/toast.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { usePanel } from "../../../panel.tsx"
import type { AccountDetail } from "./create-account.ts"
import { useWords } from "./words.ts"

interface AccountFactsProps {
  account: AccountDetail
  onReleased: () => void
}

/** The account in numbers and dates. */
export function AccountFacts(props: AccountFactsProps) {
  const t = useWords()
  const format = createFormat()
  return (
    <dl
      class="grid grid-cols-2 gap-x-4 gap-y-3.5 border-t border-line p-4.5 tabular-nums sm:grid-cols-3 xl:grid-cols-9"
      aria-label={t("accountFacts.title")}
    >
      <Fact name={t("accountFacts.inFlight")}>{format.number(props.account.inFlight)}</Fact>
      <Fact name={t("accountFacts.requests")}>{format.number(props.account.requestCount)}</Fact>
      <Fact name={t("accountFacts.lastUsed")}>
        <Time at={props.account.lastUsedAt} otherwise={t("accountFacts.never")} />
      </Fact>
      <Fact name={t("accountFacts.conversations")}>
        <Conversations {...props} />
      </Fact>
      <Fact name={t("accountFacts.models")}>{format.number(props.account.models.length)}</Fact>
      <Fact name={t("accountFacts.added")}>
        <Time at={props.account.createdAt} otherwise="–" />
      </Fact>
      <Fact name={t("accountFacts.project")}>
        <Show
          when={props.account.projectId}
          fallback={<span class="text-faint">{t("accountFacts.projectUnknown")}</span>}
        >
          {(project) => <span class="font-mono text-xs wrap-anywhere">{project()}</span>}
        </Show>
      </Fact>
      <Fact name={t("accountFacts.token")} hint={t("accountFacts.tokenHint")}>
        <Show
          when={props.account.tokenExpiresAt}
          fallback={<span class="text-faint">{t("accountFacts.tokenNone")}</span>}
        >
          {(at) => <span title={format.exact(at())}>{t("accountFacts.tokenUntil", format.relative(at()))}</span>}
        </Show>
      </Fact>
      <Fact name={t("accountFacts.client")} hint={t("accountFacts.clientHint")}>
        <span class="font-mono text-xs wrap-anywhere">{props.account.oauthClient ?? "–"}</span>
      </Fact>
    </dl>
  )
}

/** How many live on it, and the way to let them choose anew. */
function Conversations(props: AccountFactsProps) {
  const t = useWords()
  const { said } = useI18n()
  const format = createFormat()
  const { may } = usePanel()
  const [isAsking, setAsking] = createSignal(false)
  const releasing = createMutation(releaseAccountConversationsDocument)
  const release = async () => {
    const done = await releasing.run({ accountId: props.account.id })
    if (done === undefined) return
    const failed = [
      ...done.refusals.map(({ node, reason }) => `${node.name} (${said(reason)})`),
      ...done.unanswered.map(({ name }) => name),
    ]
    const told = t("accountFacts.released", format.number(done.conversations), format.number(done.nodes))
    if (failed.length > 0) {
      releasing.setErrors({ form: `${told} ${t("accountFacts.notReleased", failed.join(", "))}` })
    } else {
      showToast({ text: told })
      setAsking(false)
    }
    props.onReleased()
  }
  return (
    <span class="flex flex-wrap items-center gap-x-2">
      <span title={props.account.conversations === null ? t("accountFacts.manyConversations") : undefined}>
        {format.number(props.account.conversations)}
      </span>
      <Show when={may("OPERATE") && props.account.conversations !== 0}>
        <Button look="plain" class="-my-1.5" onClick={() => setAsking(true)}>
          {t("accountFacts.release")}
        </Button>
      </Show>
      <ConfirmDialog
        open={isAsking()}
        onClose={() => {
          releasing.setErrors({})
          setAsking(false)
        }}
        title={t("accountFacts.releaseTitle")}
        description={t("accountFacts.releaseHint")}
        submit={t("accountFacts.release")}
        submitting={t("accountFacts.releasing")}
        busy={releasing.busy()}
        error={releasing.error()}
        onSubmit={() => void release()}
      />
    </span>
  )
}
