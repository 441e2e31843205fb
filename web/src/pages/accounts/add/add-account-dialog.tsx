import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js"
import { Dialog } from "../../../components/dialog.tsx"
import type { Account } from "../create-accounts.ts"
import { ImportForm } from "../import/import-form.tsx"
import { RefreshTokenForm } from "./refresh-token-form.tsx"
import { SignIn } from "./sign-in.tsx"
import type { StartedSignIn } from "./sign-in-progress.tsx"
import { useWords } from "../words.ts"

interface AddAccountDialogProps {
  open: boolean
  onClose: () => void
  onAdded: (account: Account) => void
  /** Several at once: who shows accounts reads them anew. */
  onImported: () => void
}

const ways = ["signIn", "refreshToken", "document"] as const
type Way = (typeof ways)[number]

/** Adds an Antigravity account by signing in to it or by its refresh token, or many from a document. */
export function AddAccountDialog(props: AddAccountDialogProps) {
  const t = useWords()
  const [holds, setHolds] = createSignal(false)
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("addAccount.title")}
      description={t("addAccount.intro")}
      holds={holds()}
      wide
    >
      <Ways onClose={props.onClose} onAdded={props.onAdded} onImported={props.onImported} onHolds={setHolds} />
    </Dialog>
  )
}

/** What was typed or begun lives only while the dialog is open; a document stays while one looks at another way. */
function Ways(props: Omit<AddAccountDialogProps, "open"> & { onHolds: (holds: boolean) => void }) {
  const t = useWords()
  const [way, setWay] = createSignal<Way>("signIn")
  const [started, setStarted] = createSignal<StartedSignIn>()
  const wasDocument = createMemo<boolean>((was) => was || way() === "document", false)
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
      <Show when={wasDocument()}>
        <div class="contents" hidden={way() !== "document"}>
          <ImportForm onClose={props.onClose} onImported={props.onImported} onHolds={props.onHolds} />
        </div>
      </Show>
    </>
  )
}
