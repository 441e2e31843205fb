import { createSignal, Show } from "solid-js"
import { type ClientStateFragment, setOAuthClientDocument } from "#generated/web/graphql.ts"
import { Badge } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import { Field } from "../../components/field.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { Time } from "../../components/time.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { usePanel } from "../../panel.tsx"
import { useWords } from "./words.ts"

interface OAuthClientProps {
  client: ClientStateFragment
  onChanged: (client: ClientStateFragment) => void
}

/** What is told of the OAuth client, and its two fields, which are written and never read. */
export function OAuthClientCard(props: OAuthClientProps) {
  const t = useWords()
  const { may } = usePanel()
  const [isChanging, setChanging] = createSignal(false)
  const [isUnsetting, setUnsetting] = createSignal(false)
  return (
    <div class="setting-cells">
      <div class="flex min-w-0 flex-col gap-1">
        <span class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h3 class="font-medium">{t("oauthClient.title")}</h3>
          <Badge
            tone={props.client.origin === "SET" ? "cool" : props.client.origin === "NONE" ? "hand" : "begin"}
            label={t(`oauthClient.${props.client.origin}`)}
          />
        </span>
        <code class="font-mono text-xs text-faint wrap-anywhere">
          GOOGLE_OAUTH_CLIENT_ID, GOOGLE_OAUTH_CLIENT_SECRET
        </code>
        <p class="max-w-[72ch] text-[0.8125rem] text-soft">
          {t("oauthClient.hint")} <Show when={!props.client.isSet}>{t("oauthClient.noneHint")}</Show>
        </p>
      </div>
      <div class="flex min-w-0 flex-wrap items-start gap-x-3 gap-y-2">
        <Show when={props.client.fingerprint}>
          {(fingerprint) => (
            <span class="flex min-w-0 flex-1 basis-40 flex-col text-xs text-faint">
              {t("oauthClient.fingerprint")}
              <code class="font-mono text-[0.8125rem] text-ink wrap-anywhere">{fingerprint()}</code>
              <Show when={props.client.changedAt}>
                <Time at={props.client.changedAt} otherwise="" />
              </Show>
            </span>
          )}
        </Show>
        <Show when={may("OPERATE")}>
          <span class="flex flex-wrap gap-2">
            <Show when={props.client.origin === "SET"}>
              <Button onClick={() => setUnsetting(true)}>{t("oauthClient.unset")}</Button>
            </Show>
            <Button onClick={() => setChanging(true)}>
              {t(props.client.isSet ? "oauthClient.change" : "oauthClient.setIt")}
            </Button>
          </span>
        </Show>
      </div>
      <Show when={isChanging()}>
        <ChangeDialog onClose={() => setChanging(false)} onChanged={(client) => props.onChanged(client)} />
      </Show>
      <UnsetDialog
        open={isUnsetting()}
        onClose={() => setUnsetting(false)}
        onChanged={(client) => props.onChanged(client)}
      />
    </div>
  )
}

type ChangeProps = Pick<OAuthClientProps, "onChanged"> & { onClose: () => void }

function ChangeDialog(props: ChangeProps) {
  const t = useWords()
  const mutation = createMutation(setOAuthClientDocument, ["clientId", "clientSecret"])
  const [clientId, setClientId] = createSignal("")
  const [clientSecret, setClientSecret] = createSignal("")
  const submit = async () => {
    const missing = {
      ...(clientId().trim() === "" ? { clientId: t("oauthClient.missing") } : {}),
      ...(clientSecret().trim() === "" ? { clientSecret: t("oauthClient.missing") } : {}),
    }
    if (Object.keys(missing).length > 0) return mutation.setErrors(missing)
    const set = { clientId: clientId().trim(), clientSecret: clientSecret().trim() }
    const done = await mutation.run({ input: { set } })
    if (done === undefined) return undefined
    props.onChanged(done.oauthClient)
    return props.onClose()
  }
  return (
    <Dialog open onClose={props.onClose} title={t("oauthClient.changeTitle")} description={t("oauthClient.changeHint")}>
      <DialogForm errors={mutation.errors()} onSubmit={() => void submit()}>
        <DialogBody>
          <Field label={t("oauthClient.clientId")} error={mutation.errors()["clientId"]}>
            {(control) => (
              <input
                {...control()}
                class="input font-mono text-[0.8125rem]"
                autocomplete="off"
                spellcheck={false}
                value={clientId()}
                onInput={(event) => setClientId(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label={t("oauthClient.clientSecret")} error={mutation.errors()["clientSecret"]}>
            {(control) => (
              <input
                {...control()}
                type="password"
                class="input"
                autocomplete="off"
                value={clientSecret()}
                onInput={(event) => setClientSecret(event.currentTarget.value)}
              />
            )}
          </Field>
          <ProblemNotice problem={mutation.error()} />
        </DialogBody>
        <SubmitActions
          onCancel={() => props.onClose()}
          busy={mutation.busy()}
          submit={t("oauthClient.submit")}
          submitting={t("oauthClient.submitting")}
        />
      </DialogForm>
    </Dialog>
  )
}

function UnsetDialog(props: ChangeProps & { open: boolean }) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.open ? {} : undefined}
      document={setOAuthClientDocument}
      variables={() => ({ input: { unset: true } })}
      title={() => t("oauthClient.unsetTitle")}
      description={() => t("oauthClient.unsetHint")}
      submit={t("oauthClient.unsetSubmit")}
      submitting={t("oauthClient.submitting")}
      onDone={({ oauthClient }) => props.onChanged(oauthClient)}
      onClose={props.onClose}
    />
  )
}
