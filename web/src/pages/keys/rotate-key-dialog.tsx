import { createSignal, For, Show } from "solid-js"
import { rotateApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import type { ApiKey } from "./create-keys.ts"
import { NewKey } from "./new-key.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { useWords } from "./words.ts"

interface RotateKeyDialogProps {
  apiKey: ApiKey | undefined
  gatewayUrl: string
  onClose: () => void
  onRotated: (key: ApiKey) => void
}

const overlapHours = [1, 24, 7 * 24, 30 * 24]

/** Asks how long the old secret goes on, makes a new one and shows it this once. */
export function RotateKeyDialog(props: RotateKeyDialogProps) {
  const t = useWords()
  const [hours, setHours] = createSignal(24)
  const [secret, setSecret] = createSignal<string>()
  const mutation = createMutation(rotateApiKeyDocument)
  const close = () => {
    setSecret(undefined)
    mutation.setErrors({})
    setHours(24)
    props.onClose()
  }
  const submit = async () => {
    if (props.apiKey === undefined) return
    const done = await mutation.run({ id: props.apiKey.id, overlapMinutes: hours() * 60 })
    if (done === undefined) return
    setSecret(done.secret)
    props.onRotated(done.apiKey)
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
          <Field label={t("rotateKey.overlap")} hint={t("rotateKey.overlapHint")} error={mutation.error()}>
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
          busy={mutation.busy()}
          submit={t("rotateKey.submit")}
          submitting={t("rotateKey.submitting")}
          onSubmit={() => void submit()}
        />
      </Show>
    </Dialog>
  )
}
