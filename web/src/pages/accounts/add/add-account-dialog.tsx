import { createSignal, For, Match, Switch } from "solid-js"
import { Dialog } from "../../../components/dialog.tsx"
import type { Account } from "../create-accounts.ts"
import { RefreshTokenForm } from "./refresh-token-form.tsx"
import { SignIn } from "./sign-in.tsx"
import type { StartedSignIn } from "./sign-in-progress.tsx"
import { useWords } from "../words.ts"

interface AddAccountDialogProps {
  open: boolean
  onClose: () => void
  onAdded: (account: Account) => void
}

const ways = ["signIn", "refreshToken"] as const
type Way = (typeof ways)[number]

/** Adds an Antigravity account, by signing in to it or by its refresh token. */
export function AddAccountDialog(props: AddAccountDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("addAccount.title")}
      description={t("addAccount.intro")}
      wide
    >
      <Ways onClose={props.onClose} onAdded={props.onAdded} />
    </Dialog>
  )
}

/** What was typed or begun lives only while the dialog is open. */
function Ways(props: Omit<AddAccountDialogProps, "open">) {
  const t = useWords()
  const [way, setWay] = createSignal<Way>("signIn")
  const [started, setStarted] = createSignal<StartedSignIn>()
  return (
    <>
      <div class="flex flex-wrap gap-1 px-4 pt-3 sm:px-5" role="group" aria-label={t("addAccount.way")}>
        <For each={ways}>
          {(one) => (
            <button type="button" class="chip" aria-pressed={way() === one} onClick={() => setWay(one)}>
              {t(`addAccount.ways.${one}`)}
            </button>
          )}
        </For>
      </div>
      <Switch>
        <Match when={way() === "signIn"}>
          <SignIn started={started()} onStarted={setStarted} onClose={props.onClose} onAdded={props.onAdded} />
        </Match>
        <Match when={way() === "refreshToken"}>
          <RefreshTokenForm onClose={props.onClose} onAdded={props.onAdded} />
        </Match>
      </Switch>
    </>
  )
}
