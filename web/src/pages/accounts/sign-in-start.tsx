import { createSignal, Match, onMount, Show, Switch } from "solid-js"
import {
  oauthClientDocument,
  type OauthClientQuery,
  startOAuthDocument,
  updateOAuthClientDocument,
} from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { DialogBody } from "../../components/dialog.tsx"
import { failureSentence, fieldOf, sentenceOf, type Failure } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import { ClientFields } from "./client-fields.tsx"
import type { StartedSignIn } from "./sign-in-progress.tsx"
import { Terms } from "./terms.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { showFirstWrong } from "../../components/show-first-wrong.ts"
import { SubmitActions } from "../../components/submit-actions.tsx"

interface SignInStartProps {
  onClose: () => void
  onStarted: (signIn: StartedSignIn) => void
}

type OAuthClient = OauthClientQuery["oauthClient"]

interface Errors {
  acknowledgedTerms?: string
  clientId?: string
  clientSecret?: string
  form?: string
}

/** What has to be there before a sign-in: an OAuth client, and the notice read. */
export function SignInStart(props: SignInStartProps) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  // No resource: one that is read while it loads takes the whole page away.
  const [known, setKnown] = createSignal<OAuthClient | "loading" | "unread">("loading")
  const readClient = async () => {
    const result = await client.query(oauthClientDocument, {}).toPromise()
    setKnown(result.data?.oauthClient ?? "unread")
  }
  onMount(() => void readClient())
  const oauthClient = () => {
    const now = known()
    return typeof now === "string" ? undefined : now
  }
  const [changing, setChanging] = createSignal(false)
  const [clientId, setClientId] = createSignal("")
  const [clientSecret, setClientSecret] = createSignal("")
  const [acknowledged, setAcknowledged] = createSignal(false)
  const [errors, setErrors] = createSignal<Errors>({})
  const [busy, setBusy] = createSignal(false)
  let form: HTMLFormElement | undefined
  showFirstWrong(() => form, errors)
  const asksForClient = () => changing() || oauthClient()?.isSet === false

  const fail = (failure: Failure) => {
    const field = fieldOf(failure)
    const isField = field === "clientId" || field === "clientSecret" || field === "acknowledgedTerms"
    setErrors({ [isField ? field : "form"]: failureSentence(failure, server) })
  }

  /** False when it was not taken. */
  const saveClient = async (): Promise<boolean> => {
    const input = { set: { clientId: clientId(), clientSecret: clientSecret() } }
    const result = await client.mutation(updateOAuthClientDocument, { input }).toPromise()
    const outcome = result.data?.updateOAuthClient
    if (outcome?.__typename === "UpdateOAuthClientSuccess") {
      setKnown(outcome.oauthClient)
      setChanging(false)
      setClientId("")
      setClientSecret("")
      return true
    }
    if (outcome !== undefined) fail(outcome)
    else setErrors({ form: sentenceOf(result.error, t("error.unreachable")) })
    return false
  }

  const start = async () => {
    const input = { kind: "ANTIGRAVITY", acknowledgedTerms: true } as const
    const result = await client.mutation(startOAuthDocument, { input }).toPromise()
    const outcome = result.data?.startOAuth
    if (outcome?.__typename === "StartOAuthSuccess") {
      // Where the browser holds it back, the link of the next step opens the same page.
      window.open(outcome.authorizationUrl, "_blank", "noopener,noreferrer")
      props.onStarted(outcome)
    } else if (outcome !== undefined) fail(outcome)
    else setErrors({ form: sentenceOf(result.error, t("error.unreachable")) })
  }

  const submit = async () => {
    const missing: Errors = {}
    if (asksForClient() && clientId().trim() === "") missing.clientId = t("oauthClient.idMissing")
    if (asksForClient() && clientSecret().trim() === "") missing.clientSecret = t("oauthClient.secretMissing")
    if (!acknowledged()) missing.acknowledgedTerms = t("addAccount.acknowledgeMissing")
    setErrors(missing)
    if (busy() || Object.keys(missing).length > 0) return
    setBusy(true)
    if (!asksForClient() || (await saveClient())) await start()
    setBusy(false)
  }

  return (
    <form
      ref={(element) => (form = element)}
      class="flex min-h-0 flex-col"
      autocomplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <DialogBody>
        <p class="text-soft">{t("signInAccount.intro")}</p>
        <section class="flex flex-col gap-3" aria-label={t("oauthClient.title")}>
          <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
            <h3 class="font-semibold">{t("oauthClient.title")}</h3>
            <Show when={!changing() && oauthClient()?.isSet === true}>
              <Button look="plain" onClick={() => setChanging(true)}>
                {t("oauthClient.change")}
              </Button>
            </Show>
          </div>
          <Switch>
            <Match when={known() === "loading"}>
              <div class="skeleton h-4 w-56" role="status" aria-label={t("app.loading")} />
            </Match>
            <Match when={known() === "unread"}>
              <p role="alert" class="tone-bad text-[0.8125rem] text-tone">
                {t("oauthClient.unread")}
              </p>
            </Match>
            <Match when={oauthClient()}>
              {(inForce) => (
                <p class="text-[0.8125rem] text-soft">
                  {t(`oauthClient.origin.${inForce().origin}`)}
                  <Show when={inForce().fingerprint}>
                    {(fingerprint) => (
                      <span title={t("oauthClient.fingerprintHint")}>
                        {" · "}
                        <code class="font-mono text-xs">{fingerprint()}</code>
                      </span>
                    )}
                  </Show>
                </p>
              )}
            </Match>
          </Switch>
          <Show when={asksForClient()}>
            <ClientFields
              clientId={clientId()}
              clientSecret={clientSecret()}
              onClientId={setClientId}
              onClientSecret={setClientSecret}
              errors={errors()}
            />
            <p class="text-xs text-faint">{t("oauthClient.hint")}</p>
          </Show>
        </section>
        <Terms acknowledged={acknowledged()} onAcknowledge={setAcknowledged} error={errors().acknowledgedTerms} />
        <ProblemNotice problem={errors().form} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={busy()}
        submit={t("signInAccount.start")}
        submitting={t("signInAccount.starting")}
      />
    </form>
  )
}
