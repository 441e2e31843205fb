import { createSignal } from "solid-js"
import { Dialog } from "../../../components/dialog.tsx"
import type { Account } from "../create-accounts.ts"
import type { StartedSignIn } from "./sign-in-progress.tsx"
import { SignIn } from "./sign-in.tsx"
import { useWords } from "../words.ts"

interface SignInAgainDialogProps {
  /** The account whose credential is refused; the dialog is open while there is one. */
  account: Account | undefined
  onClose: () => void
  onAdded: (account: Account) => void
}

/** A new credential for an account that is here; the sign-in of anybody else is refused. */
export function SignInAgainDialog(props: SignInAgainDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.account !== undefined}
      onClose={props.onClose}
      title={t("signInAgain.title", props.account?.label ?? "")}
      description={t("signInAgain.intro")}
      wide
    >
      <Started accountId={props.account?.id} onClose={props.onClose} onAdded={props.onAdded} />
    </Dialog>
  )
}

/** What was begun lives only while the dialog is open. */
function Started(props: { accountId: string | undefined } & Omit<SignInAgainDialogProps, "account">) {
  const [started, setStarted] = createSignal<StartedSignIn>()
  return (
    <SignIn
      accountId={props.accountId}
      started={started()}
      onStarted={setStarted}
      onClose={props.onClose}
      onAdded={props.onAdded}
    />
  )
}
