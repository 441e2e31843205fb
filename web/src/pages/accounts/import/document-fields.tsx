import FileText from "lucide-solid/icons/file-text"
import { Show } from "solid-js"
import { Button } from "../../../components/button.tsx"
import { Field } from "../../../components/field.tsx"
import { FileDrop } from "../../../components/file-drop.tsx"
import type { Errors } from "../../../graphql/create-mutation.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useWords } from "./words.ts"

export interface ImportDocument {
  /** From files, which are not shown: they may be long, and hold secrets. */
  readonly file: { readonly names: readonly string[]; readonly text: string } | undefined
  readonly pasted: string
  readonly passphrase: string
  readonly replaceCredentials: boolean
}

export const emptyDocument: ImportDocument = { file: undefined, pasted: "", passphrase: "", replaceCredentials: false }

export const textOf = ({ file, pasted }: ImportDocument): string => file?.text ?? pasted

// What the control plane takes at most, in characters; no text has more of them than bytes.
const maxBytes = 4_000_000

/** Our own sealed export: what is sealed stands after a few short fields. */
const isSealed = (text: string): boolean => /"format"\s*:\s*"lagrange-accounts"[^]{0,300}"sealed"\s*:/.test(text)

interface DocumentFieldsProps {
  given: ImportDocument
  onChange: (part: Partial<ImportDocument>) => void
  errors: Errors
}

/** A document of accounts: from files or pasted, with what opens it. */
export function DocumentFields(props: DocumentFieldsProps) {
  const t = useWords()
  const format = createFormat()
  const asksForPassphrase = () =>
    isSealed(textOf(props.given)) || props.given.passphrase !== "" || props.errors["passphrase"] !== undefined
  const fileWords = ([first = "", ...more]: readonly string[]) =>
    more.length === 0 ? first : t("importAccounts.moreFiles", first, more.length)
  return (
    <>
      <p class="text-soft">{t("importAccounts.intro")}</p>
      <Show
        when={props.given.file}
        fallback={
          <>
            <FileDrop
              label={t("importAccounts.drop")}
              hint={t("importAccounts.dropHint")}
              maxBytes={maxBytes}
              onText={(text, names) => props.onChange({ file: { names, text } })}
            />
            <Field label={t("importAccounts.paste")} error={props.errors["document"]}>
              {(control) => (
                <textarea
                  {...control()}
                  class="input font-mono text-[0.8125rem]"
                  rows={5}
                  spellcheck={false}
                  autocapitalize="off"
                  autocomplete="off"
                  placeholder={t("importAccounts.pastePlaceholder")}
                  value={props.given.pasted}
                  onInput={(event) => props.onChange({ pasted: event.currentTarget.value })}
                />
              )}
            </Field>
          </>
        }
      >
        {(file) => (
          <div class="flex flex-col gap-1.5">
            <div class="flex items-center gap-3 rounded-medium px-3.5 py-2.5 ring-1 ring-line">
              <FileText class="size-5 flex-none text-faint" aria-hidden="true" />
              <span class="min-w-0 flex-1 wrap-anywhere">
                {t("importAccounts.files", fileWords(file().names), format.bytes(new Blob([file().text]).size))}
              </span>
              <Button look="plain" onClick={() => props.onChange({ file: undefined, passphrase: "" })}>
                {t("importAccounts.takeOut")}
              </Button>
            </div>
            <Show when={props.errors["document"]}>
              {(error) => (
                <p role="alert" class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
                  {error()}
                </p>
              )}
            </Show>
          </div>
        )}
      </Show>
      <Show when={asksForPassphrase()}>
        <Field
          label={t("importAccounts.passphrase")}
          hint={t("importAccounts.passphraseHint")}
          error={props.errors["passphrase"]}
        >
          {(control) => (
            <input
              {...control()}
              type="password"
              class="input"
              autocomplete="off"
              value={props.given.passphrase}
              onInput={(event) => props.onChange({ passphrase: event.currentTarget.value })}
            />
          )}
        </Field>
      </Show>
      <label class="flex items-start gap-2.5">
        <input
          type="checkbox"
          class="checkbox mt-0.5"
          checked={props.given.replaceCredentials}
          onChange={(event) => props.onChange({ replaceCredentials: event.currentTarget.checked })}
        />
        <span class="text-[0.8125rem]">
          {t("importAccounts.replace")}
          <span class="block text-xs text-faint">{t("importAccounts.replaceHint")}</span>
        </span>
      </label>
    </>
  )
}
