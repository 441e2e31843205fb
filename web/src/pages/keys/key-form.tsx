import { createSignal } from "solid-js"
import { createStore } from "solid-js/store"
import { DialogBody } from "../../components/dialog.tsx"
import { failureSentence, fieldOf, type Failure } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { countFields, type KeyDraft, readDraft } from "./key-draft.ts"
import { type KeyErrors, KeyFields } from "./key-fields.tsx"
import { showFirstWrong } from "../../components/show-first-wrong.ts"
import { SubmitActions } from "../../components/submit-actions.tsx"

type KeyInput = Extract<ReturnType<typeof readDraft>, { type: "input" }>["input"]

interface KeyFormProps {
  draft: KeyDraft
  unfolded: boolean
  expires?: string | undefined
  submit: string
  submitting: string
  /** Undefined: it is done. A text is a sentence about nothing in particular. */
  onSubmit: (input: KeyInput) => Promise<Failure | string | undefined>
  onClose: () => void
}

const withPlace: readonly string[] = [
  "name",
  "expiresAt",
  "models",
  "dialects",
  "addresses",
  "tags",
  "note",
  ...countFields,
]

/** The fields of a key with their errors, the same for one that is made and one that is changed. */
export function KeyForm(props: KeyFormProps) {
  const { t, server } = useI18n()
  // The form begins with what the key is, and is a person's own from then on.
  // eslint-disable-next-line solid/reactivity
  const [draft, setDraft] = createStore<KeyDraft>({ ...props.draft })
  const [errors, setErrors] = createSignal<KeyErrors>({})
  const [busy, setBusy] = createSignal(false)
  let form: HTMLFormElement | undefined
  showFirstWrong(() => form, errors)

  const submit = async () => {
    if (busy()) return
    const read = readDraft(draft, Date.now())
    if (read.type === "wrong") {
      const sentences = read.fields.map((field) => [
        field,
        field === "name" ? t("createKey.nameMissing") : t("keyLimits.notANumber"),
      ])
      setErrors(Object.fromEntries(sentences))
      return
    }
    setErrors({})
    setBusy(true)
    const failure = await props.onSubmit(read.input)
    setBusy(false)
    if (typeof failure === "string") setErrors({ form: failure })
    else if (failure !== undefined) {
      const field = fieldOf(failure) ?? "form"
      setErrors({ [withPlace.includes(field) ? field : "form"]: failureSentence(failure, server) })
    }
  }

  return (
    <form
      ref={(element) => (form = element)}
      class="flex min-h-0 flex-col"
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <DialogBody>
        <KeyFields
          draft={draft}
          errors={errors()}
          onChange={setDraft}
          unfolded={props.unfolded}
          expires={props.expires}
        />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={busy()}
        submit={props.submit}
        submitting={props.submitting}
      />
    </form>
  )
}
