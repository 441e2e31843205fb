import { createSignal } from "solid-js"
import { removeAccountDocument } from "#generated/web/graphql.ts"
import { ConfirmDialog } from "../../components/confirm-dialog.tsx"
import { failureSentence, sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { Account } from "./create-accounts.ts"

/** How a removal ended: the key of the sentence that says so. */
export type RemovalOutcome = "removed" | "removedRevoked" | "removedNotRevoked"

interface RemoveAccountDialogProps {
  /** The account to remove; the dialog is open while there is one. */
  account: Account | undefined
  onClose: () => void
  onRemoved: (account: Account, outcome: RemovalOutcome) => void
}

const outcomeOf = (revoked: boolean | null): RemovalOutcome =>
  revoked === null ? "removed" : revoked ? "removedRevoked" : "removedNotRevoked"

/** Removes an account after one question, and revokes its credential when that is wanted. */
export function RemoveAccountDialog(props: RemoveAccountDialogProps) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  const [revoke, setRevoke] = createSignal(false)
  const [busy, setBusy] = createSignal(false)
  const [error, setError] = createSignal<string>()

  const close = () => {
    setRevoke(false)
    setError(undefined)
    props.onClose()
  }
  const submit = async () => {
    const account = props.account
    if (account === undefined) return
    setBusy(true)
    const result = await client.mutation(removeAccountDocument, { id: account.id, revoke: revoke() }).toPromise()
    setBusy(false)
    const outcome = result.data?.removeAccount
    if (outcome?.__typename === "RemoveAccountSuccess") {
      props.onRemoved({ ...account }, outcomeOf(outcome.revoked))
      close()
    } else {
      setError(outcome ? failureSentence(outcome, server) : sentenceOf(result.error, t("error.unreachable")))
    }
  }

  return (
    <ConfirmDialog
      open={props.account !== undefined}
      onClose={close}
      title={t("accounts.removeTitle", props.account?.label ?? "")}
      description={t("accounts.removeHint")}
      submit={t("accounts.removeSubmit")}
      submitting={t("accounts.removing")}
      busy={busy()}
      error={error()}
      onSubmit={() => void submit()}
    >
      <label class="flex items-start gap-2.5">
        <input
          type="checkbox"
          class="checkbox mt-0.5"
          checked={revoke()}
          onChange={(event) => setRevoke(event.currentTarget.checked)}
        />
        <span class="flex flex-col">
          <span class="font-medium">{t("accounts.removeRevoke")}</span>
          <span class="text-[0.8125rem] text-faint">{t("accounts.removeRevokeHint")}</span>
        </span>
      </label>
    </ConfirmDialog>
  )
}
