import { createSignal, For, Show } from "solid-js"
import { startCaptureDocument } from "#generated/web/graphql.ts"
import { Dialog, DialogBody } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import type { ApiKey } from "./create-keys.ts"
import { useWords } from "./words.ts"

interface CaptureDialogProps {
  apiKey: ApiKey | undefined
  onClose: () => void
  onChanged: (key: ApiKey) => void
}

/** For how long, in minutes; a day is the most that is taken. */
const lengths = [15, 60, 240, 1_439] as const

/** Switches on, for a time, that the bodies of a key's requests are kept; or sets another end of it. */
export function CaptureDialog(props: CaptureDialogProps) {
  const t = useWords()
  const format = createFormat()
  const mutation = createMutation(startCaptureDocument)
  const [minutes, setMinutes] = createSignal<number>(lengths[0])
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const submit = async (key: ApiKey) => {
    const until = new Date(Date.now() + minutes() * 60_000).toISOString()
    const done = await mutation.run({ id: key.id, until })
    if (done === undefined) return
    props.onChanged(done.apiKey)
    close()
  }
  return (
    <Dialog
      open={props.apiKey !== undefined}
      onClose={close}
      title={t("captureKey.title", props.apiKey?.name ?? "")}
      description={t("captureKey.hint")}
    >
      <Show when={props.apiKey} keyed>
        {(key) => (
          <form
            onSubmit={(event) => {
              event.preventDefault()
              void submit(key)
            }}
          >
            <DialogBody>
              <p class="notice tone-hand px-3 py-2 text-[0.8125rem]">{t("captureKey.warning")}</p>
              <Field label={t("captureKey.length")}>
                {(control) => (
                  <select
                    {...control()}
                    class="input"
                    onChange={(event) => setMinutes(Number(event.currentTarget.value))}
                  >
                    <For each={lengths}>
                      {(length) => (
                        <option value={length} selected={minutes() === length}>
                          {length < 60
                            ? t("captureKey.minutes", format.number(length))
                            : t("captureKey.hours", Math.round(length / 60))}
                        </option>
                      )}
                    </For>
                  </select>
                )}
              </Field>
              <ProblemNotice problem={mutation.error()} />
            </DialogBody>
            <SubmitActions
              onCancel={close}
              busy={mutation.busy()}
              submit={t("captureKey.submit")}
              submitting={t("captureKey.submitting")}
            />
          </form>
        )}
      </Show>
    </Dialog>
  )
}
