import { Match, Switch } from "solid-js"
import type { Account } from "../create-accounts.ts"
import { SignInProgress, type StartedSignIn } from "./sign-in-progress.tsx"
import { SignInStart } from "./sign-in-start.tsx"

interface SignInProps {
  /** The account that it has to be; left out: whichever comes back. */
  accountId?: string | undefined
  /** The one under way, if any. */
  started: StartedSignIn | undefined
  onStarted: (signIn: StartedSignIn | undefined) => void
  onClose: () => void
  onAdded: (account: Account) => void
}

/** A sign-in at the provider: first what has to be agreed on, then how far it is. */
export function SignIn(props: SignInProps) {
  return (
    <Switch>
      <Match when={props.started} keyed>
        {(signIn) => (
          <SignInProgress
            signIn={signIn}
            onClose={props.onClose}
            onAdded={props.onAdded}
            onAgain={() => props.onStarted(undefined)}
          />
        )}
      </Match>
      <Match when={true}>
        <SignInStart accountId={props.accountId} onClose={props.onClose} onStarted={props.onStarted} />
      </Match>
    </Switch>
  )
}
