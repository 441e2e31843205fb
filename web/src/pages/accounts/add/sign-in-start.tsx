import { createMemo, createSignal, Match, onMount, Show, Switch } from "solid-js"
import {
  oauthClientDocument,
  type OauthClientQuery,
  startOAuthDocument,
  updateOAuthClientDocument,
} from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { createMutation, type Errors } from "../../../graphql/create-mutation.ts"
import { usePanel } from "../../../panel.tsx"
import { ClientFields } from "./client-fields.tsx"
import type { StartedSignIn } from "./sign-in-progress.tsx"
import { Terms } from "./terms.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { useWords } from "../words.ts"

interface SignInStartProps {
  accountId: string | undefined
  onClose: () => void
  onStarted: (signIn: StartedSignIn) => void
}

type OAuthClient = OauthClientQuery["oauthClient"]

/** What has to be there before a sign-in: an OAuth client, and the notice read. */
export function SignInStart(props: SignInStartProps) {
  const t = useWords()
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
  const [missing, setMissing] = createSignal<Errors>({})
  const fields = ["clientId", "clientSecret", "acknowledgedTerms"]
  const saving = createMutation(updateOAuthClientDocument, fields)
  const starting = createMutation(startOAuthDocument, fields)
  const busy = () => saving.busy() || starting.busy()
  const errors = createMemo((): Errors => ({ ...saving.errors(), ...starting.errors(), ...missing() }))
  const asksForClient = () => changing() || oauthClient()?.isSet === false

  /** False when it was not taken. */
  const saveClient = async (): Promise<boolean> => {
    const done = await saving.run({ input: { set: { clientId: clientId(), clientSecret: clientSecret() } } })
    if (done === undefined) return false
    setKnown(done.oauthClient)
    setChanging(false)
    setClientId("")
    setClientSecret("")
    return true
  }

  const start = async () => {
    const account = props.accountId === undefined ? {} : { accountId: props.accountId }
    const done = await starting.run({ input: { kind: "ANTIGRAVITY", acknowledgedTerms: true, ...account } })
    if (done === undefined) return
    // Where the browser holds it back, the link of the next step opens the same page.
    window.open(done.authorizationUrl, "_blank", "noopener,noreferrer")
    props.onStarted(done)
  }

  const submit = async () => {
    const wrong: Record<string, string> = {}
    if (asksForClient() && clientId().trim() === "") wrong["clientId"] = t("oauthClient.idMissing")
    if (asksForClient() && clientSecret().trim() === "") wrong["clientSecret"] = t("oauthClient.secretMissing")
    if (!acknowledged()) wrong["acknowledgedTerms"] = t("addAccount.acknowledgeMissing")
    setMissing(wrong)
    if (busy() || Object.keys(wrong).length > 0) return
    if (!asksForClient() || (await saveClient())) await start()
  }

  return (
    <DialogForm errors={errors()} onSubmit={() => void submit()}>
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
        <Terms acknowledged={acknowledged()} onAcknowledge={setAcknowledged} error={errors()["acknowledgedTerms"]} />
        <ProblemNotice problem={errors()["form"]} />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={busy()}
        submit={t("signInAccount.start")}
        submitting={t("signInAccount.starting")}
      />
    </DialogForm>
  )
}
