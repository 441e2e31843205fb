import { createSignal, For, Show } from "solid-js"
import { rotateApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { failureSentence, sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { ApiKey } from "./create-keys.ts"
import { NewKey } from "./new-key.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"

interface RotateKeyDialogProps {
  apiKey: ApiKey | undefined
  gatewayUrl: string
  onClose: () => void
  onRotated: (key: ApiKey) => void
}

const overlapHours = [1, 24, 7 * 24, 30 * 24]

/** Asks how long the old secret goes on, makes a new one and shows it this once. */
export function RotateKeyDialog(props: RotateKeyDialogProps) {
  const { t, server } = useI18n()
  const { client } = usePanel()
  const [hours, setHours] = createSignal(24)
  const [secret, setSecret] = createSignal<string>()
  const [error, setError] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const close = () => {
    setSecret(undefined)
    setError(undefined)
    setHours(24)
    props.onClose()
  }
  const submit = async () => {
    const { apiKey } = props
    if (busy() || apiKey === undefined) return
    setError(undefined)
    setBusy(true)
    const variables = { id: apiKey.id, overlapMinutes: hours() * 60 }
    const result = await client.mutation(rotateApiKeyDocument, variables).toPromise()
    setBusy(false)
    const outcome = result.data?.rotateApiKey
    if (outcome?.__typename === "RotateApiKeySuccess") {
      setSecret(outcome.secret)
      props.onRotated(outcome.apiKey)
    } else {
      setError(outcome ? failureSentence(outcome, server) : sentenceOf(result.error, t("error.unreachable")))
    }
  }
  const name = () => props.apiKey?.name ?? ""
  return (
    <Dialog
      open={props.apiKey !== undefined}
      onClose={close}
      title={secret() === undefined ? t("rotateKey.title", name()) : t("rotateKey.doneTitle", name())}
      description={secret() === undefined ? t("rotateKey.hint") : t("createKey.once")}
      holds={secret() !== undefined}
      wide
    >
      <Show when={secret()}>
        {(made) => (
          <NewKey
            apiKey={props.apiKey ?? { models: null, dialects: null }}
            secret={made()}
            gatewayUrl={props.gatewayUrl}
            onDone={close}
          />
        )}
      </Show>
      <Show when={secret() === undefined}>
        <DialogBody>
          <Field label={t("rotateKey.overlap")} hint={t("rotateKey.overlapHint")} error={error()}>
            {(control) => (
              <select {...control()} class="input" onChange={(event) => setHours(Number(event.currentTarget.value))}>
                <option value={0} selected={hours() === 0}>
                  {t("rotateKey.atOnce")}
                </option>
                <For each={overlapHours}>
                  {(count) => (
                    <option value={count} selected={hours() === count}>
                      {count < 48 ? t("rotateKey.hours", count) : t("rotateKey.days", count / 24)}
                    </option>
                  )}
                </For>
              </select>
            )}
          </Field>
        </DialogBody>
        <SubmitActions
          onCancel={close}
          busy={busy()}
          submit={t("rotateKey.submit")}
          submitting={t("rotateKey.submitting")}
          onSubmit={() => void submit()}
        />
      </Show>
    </Dialog>
  )
}
