import ArrowUpRight from "lucide-solid/icons/arrow-up-right"
import { createSignal, Match, Show, Switch } from "solid-js"
import { completeOAuthDocument, oauthProgressDocument, type OauthProgressSubscription } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { CopyButton } from "../../../components/copy-button.tsx"
import { DialogActions, DialogBody } from "../../../components/dialog.tsx"
import { Field } from "../../../components/field.tsx"
import { showFirstWrong } from "../../../components/show-first-wrong.ts"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { createLive } from "../../../graphql/live.ts"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import type { Account } from "../create-accounts.ts"
import { ProviderLink } from "../provider-link.tsx"
import { SignInSteps } from "./sign-in-steps.tsx"
import { useWords } from "../words.ts"

export interface StartedSignIn {
  authorizationUrl: string
  state: string
  expiresAt: string
}

export type Progress = OauthProgressSubscription["oauthProgress"]

interface SignInProgressProps {
  signIn: StartedSignIn
  onClose: () => void
  onAdded: (account: Account) => void
  onAgain: () => void
}

/** A sign-in under way: the provider's page, every step as it comes, and the way for a browser on another machine. */
export function SignInProgress(props: SignInProgressProps) {
  const t = useWords()
  const [progress, setProgress] = createSignal<Progress>()
  const phase = () => progress()?.phase ?? "WAITING"
  const isOver = () => phase() === "DONE" || phase() === "FAILED"
  const follow = (next: Progress) => {
    setProgress(next)
    if (next.account !== null) props.onAdded(next.account)
  }
  return (
    <>
      <Show when={!isOver()}>
        <Follow state={props.signIn.state} onProgress={follow} />
      </Show>
      <DialogBody>
        <Show when={phase() === "WAITING"}>
          <ProviderPage signIn={props.signIn} />
        </Show>
        <SignInSteps progress={progress()} />
        <Outcome progress={progress()} />
        <Show when={phase() === "WAITING"}>
          <PasteForm state={props.signIn.state} onAdded={props.onAdded} />
        </Show>
      </DialogBody>
      <DialogActions>
        <Show when={phase() === "FAILED"}>
          <Button onClick={() => props.onAgain()}>{t("signInAccount.again")}</Button>
        </Show>
        <Button look={isOver() ? "primary" : "secondary"} onClick={() => props.onClose()}>
          {phase() === "DONE" ? t("action.done") : t("action.close")}
        </Button>
      </DialogActions>
    </>
  )
}

/** Follows the sign-in while it is mounted; the control plane ends the stream when there is nothing more to tell. */
function Follow(props: { state: string; onProgress: (progress: Progress) => void }) {
  createLive(oauthProgressDocument, { state: props.state }, ({ oauthProgress }) => props.onProgress(oauthProgress))
  return null
}

function ProviderPage(props: { signIn: StartedSignIn }) {
  const t = useWords()
  const format = createFormat()
  return (
    <section class="flex flex-col gap-3" aria-label={t("signInAccount.page")}>
      <p>{t("signInAccount.pageHint")}</p>
      <div class="flex flex-wrap items-center gap-2">
        <a href={props.signIn.authorizationUrl} target="_blank" rel="noopener noreferrer" class="button button-primary">
          {t("signInAccount.open")}
          <ArrowUpRight aria-hidden="true" />
        </a>
        <CopyButton text={props.signIn.authorizationUrl} label={t("signInAccount.copy")} />
      </div>
      <p class="text-xs text-faint">{t("signInAccount.expires", format.clock(props.signIn.expiresAt))}</p>
    </section>
  )
}

/** How it ended, or what keeps it up: what happened, the provider's own words, what to do. */
function Outcome(props: { progress: Progress | undefined }) {
  const t = useWords()
  const { said } = useI18n()
  const message = () => {
    const words = props.progress?.message
    return words && said(words)
  }
  const hint = () => {
    const words = props.progress?.hint
    return words && said(words)
  }
  return (
    <Switch>
      <Match when={props.progress?.phase === "DONE"}>
        <p role="status" class="notice tone-good px-3.5 py-2.5 font-medium wrap-anywhere">
          {t(
            props.progress?.isKnownAccount === true ? "signInAccount.doneAgain" : "signInAccount.done",
            props.progress?.account?.email ?? props.progress?.account?.label ?? "",
          )}
        </p>
      </Match>
      <Match when={message()}>
        <div
          role={props.progress?.phase === "FAILED" ? "alert" : "status"}
          class="notice flex flex-col gap-1.5 px-3.5 py-3 text-[0.8125rem]"
          classList={{
            "tone-quiet": props.progress?.code === "access_denied",
            "tone-bad": props.progress?.phase === "FAILED" && props.progress.code !== "access_denied",
            "tone-hand": props.progress?.phase !== "FAILED",
          }}
        >
          <p class="font-semibold wrap-anywhere">{message()}</p>
          <Show when={props.progress?.otherEmail}>
            {(email) => <p class="text-ink wrap-anywhere">{t("signInAccount.signedInAs", email())}</p>}
          </Show>
          <Show when={props.progress?.providerMessage}>
            {(words) => (
              <p class="text-ink wrap-anywhere">
                {t("signInAccount.said")} <q>{words()}</q>
              </p>
            )}
          </Show>
          <Show when={hint()}>{(words) => <p class="text-ink wrap-anywhere">{words()}</p>}</Show>
          <ProviderLink link={props.progress?.account?.wayOutLink} />
        </div>
      </Match>
    </Switch>
  )
}

/** For a browser that cannot reach this machine's loopback address: the address it was sent to, by hand. */
function PasteForm(props: { state: string; onAdded: (account: Account) => void }) {
  const t = useWords()
  const [callback, setCallback] = createSignal("")
  const mutation = createMutation(completeOAuthDocument)
  const { busy, error, errors } = mutation
  let form: HTMLFormElement | undefined
  showFirstWrong(() => form, errors)

  const submit = async () => {
    if (callback().trim() === "") return mutation.setErrors({ form: t("signInAccount.pasteMissing") })
    const done = await mutation.run({ input: { callback: callback(), state: props.state } })
    if (done !== undefined) props.onAdded(done.account)
    return undefined
  }

  return (
    <form
      ref={(element) => (form = element)}
      class="flex flex-col gap-2 border-t border-line pt-4"
      autocomplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <Field label={t("signInAccount.paste")} hint={t("signInAccount.pasteHint")} error={error()}>
        {(control) => (
          <div class="flex flex-wrap gap-2">
            <input
              {...control()}
              class="input min-w-0 flex-1 basis-48 font-mono text-[0.8125rem]"
              spellcheck={false}
              autocapitalize="off"
              autocomplete="off"
              placeholder="http://127.0.0.1:…/oauth/callback?…"
              value={callback()}
              onInput={(event) => setCallback(event.currentTarget.value)}
            />
            <Button type="submit" class="min-h-9" disabled={busy()}>
              {busy() ? t("signInAccount.pasting") : t("signInAccount.pasteSubmit")}
            </Button>
          </div>
        )}
      </Field>
    </form>
  )
}
