import { createSignal } from "solid-js"
import { removeAccountDocument } from "#generated/web/graphql.ts"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
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
  return (
    <MutationDialog
      about={props.account}
      document={removeAccountDocument}
      variables={({ id }) => ({ id, revoke: revoke() })}
      title={({ label }) => t("accounts.removeTitle", label)}
      description={() => t("accounts.removeHint")}
      submit={t("accounts.removeSubmit")}
      submitting={t("accounts.removing")}
      onDone={({ revoked }, account) => props.onRemoved(account, outcomeOf(revoked))}
      onClose={() => {
        setRevoke(false)
        props.onClose()
      }}
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
    </MutationDialog>
  )
}
