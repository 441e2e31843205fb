import { createSignal } from "solid-js"
import { removeAccountDocument } from "#generated/web/graphql.ts"
import { ConfirmDialog } from "../../components/confirm-dialog.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

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
  const t = useWords()
  const [revoke, setRevoke] = createSignal(false)
  const mutation = createMutation(removeAccountDocument)

  const close = () => {
    setRevoke(false)
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async () => {
    const account = props.account
    if (account === undefined) return
    const done = await mutation.run({ id: account.id, revoke: revoke() })
    if (done === undefined) return
    props.onRemoved({ ...account }, outcomeOf(done.revoked))
    close()
  }

  return (
    <ConfirmDialog
      open={props.account !== undefined}
      onClose={close}
      title={t("accounts.removeTitle", props.account?.label ?? "")}
      description={t("accounts.removeHint")}
      submit={t("accounts.removeSubmit")}
      submitting={t("accounts.removing")}
      busy={mutation.busy()}
      error={mutation.error()}
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
