import Download from "lucide-solid/icons/download"
import { createMemo, createSignal, For, onCleanup, Show } from "solid-js"
import { type AccountFilter, exportAccountsDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { Dialog, DialogActions, DialogBody } from "../../../components/dialog.tsx"
import { DialogForm } from "../../../components/dialog-form.tsx"
import { Field } from "../../../components/field.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { SubmitActions } from "../../../components/submit-actions.tsx"
import { createMutation, type Errors } from "../../../graphql/create-mutation.ts"
import { createFormat, useI18n } from "../../../i18n/i18n.tsx"
import { useWords } from "./words.ts"

interface ExportDialogProps {
  open: boolean
  onClose: () => void
  /** Which accounts; left out: every one. */
  filter?: AccountFilter | undefined
  /** How many that are. */
  count: number
}

/** Gives accounts out as a file, sealed under a passphrase or in the clear; the control plane asks for the password again. */
export function ExportDialog(props: ExportDialogProps) {
  const t = useWords()
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={t("exportAccounts.title", props.count)}
      description={t("exportAccounts.intro")}
    >
      <ExportForm {...props} />
    </Dialog>
  )
}

const forms = ["sealed", "plain"] as const
type Form = (typeof forms)[number]

/** What was typed and what was given live only while the dialog is open. */
function ExportForm(props: ExportDialogProps) {
  const t = useWords()
  const { t: common } = useI18n()
  const format = createFormat()
  const [written, setWritten] = createSignal<Form>("sealed")
  const [passphrase, setPassphrase] = createSignal("")
  const [repeated, setRepeated] = createSignal("")
  const [wrong, setWrong] = createSignal<Errors>({})
  const [done, setDone] = createSignal<{ url: string; name: string; count: number; leftOut: readonly string[] }>()
  const mutation = createMutation(exportAccountsDocument, ["passphrase"])
  const errors = createMemo((): Errors => ({ ...mutation.errors(), ...wrong() }))
  onCleanup(() => {
    const file = done()
    if (file !== undefined) URL.revokeObjectURL(file.url)
  })

  const check = (): Errors => {
    if (written() === "plain") return {}
    if (passphrase() === "") return { passphrase: t("exportAccounts.missing") }
    return passphrase() === repeated() ? {} : { repeated: t("exportAccounts.different") }
  }
  const submit = async () => {
    const found = check()
    setWrong(found)
    if (Object.keys(found).length > 0) return
    const how = written() === "plain" ? { plain: true } : { passphrase: passphrase() }
    const given = await mutation.run({
      input: { ...how, ...(props.filter === undefined ? {} : { filter: props.filter }) },
    })
    if (given === undefined) return
    const url = URL.createObjectURL(new Blob([given.document], { type: "application/json" }))
    const name = `lagrange-accounts-${new Date().toISOString().slice(0, 10)}${written() === "plain" ? "" : ".sealed"}.json`
    setDone({ url, name, count: given.count, leftOut: given.leftOut })
  }
  const field = (
    label: string,
    value: () => string,
    set: (text: string) => void,
    error: string | undefined,
    hint?: string,
  ) => (
    <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <input
          {...control()}
          type="password"
          class="input"
          autocomplete="new-password"
          value={value()}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  )

  return (
    <Show
      when={done()}
      fallback={
        <DialogForm errors={errors()} onSubmit={() => void submit()}>
          <DialogBody>
            <fieldset class="flex flex-col gap-3">
              <legend class="mb-2 text-[0.8125rem] font-medium">{t("exportAccounts.form")}</legend>
              <For each={forms}>
                {(one) => (
                  <label class="flex items-start gap-2.5">
                    <input
                      type="radio"
                      class="radio mt-0.5"
                      name="export-form"
                      checked={written() === one}
                      onChange={() => setWritten(one)}
                    />
                    <span>
                      <span class="font-medium">{t(`exportAccounts.${one}`)}</span>
                      <span class="block text-xs text-faint">{t(`exportAccounts.${one}Hint`)}</span>
                    </span>
                  </label>
                )}
              </For>
            </fieldset>
            <Show when={written() === "sealed"}>
              {field(
                t("exportAccounts.passphrase"),
                passphrase,
                setPassphrase,
                errors()["passphrase"],
                t("exportAccounts.passphraseHint"),
              )}
              {field(t("exportAccounts.repeat"), repeated, setRepeated, errors()["repeated"])}
            </Show>
            <ProblemNotice problem={errors()["form"]} />
          </DialogBody>
          <SubmitActions
            onCancel={() => props.onClose()}
            busy={mutation.busy()}
            submit={t("exportAccounts.submit")}
            submitting={t("exportAccounts.submitting")}
          />
        </DialogForm>
      }
    >
      {(file) => (
        <>
          <DialogBody>
            <div role="status" class="notice tone-good flex flex-col gap-1 px-3.5 py-2.5">
              <p class="font-medium">{t("exportAccounts.done", format.number(file().count))}</p>
              <Show when={file().leftOut.length > 0}>
                <p class="text-[0.8125rem] wrap-anywhere">{t("exportAccounts.leftOut", file().leftOut.join(", "))}</p>
              </Show>
            </div>
            <a href={file().url} download={file().name} class="button button-primary self-start">
              <Download aria-hidden="true" />
              {t("exportAccounts.download", file().name)}
            </a>
          </DialogBody>
          <DialogActions>
            <Button onClick={() => props.onClose()}>{common("action.done")}</Button>
          </DialogActions>
        </>
      )}
    </Show>
  )
}
