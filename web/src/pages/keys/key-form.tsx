import { createStore } from "solid-js/store"
import { DialogBody } from "../../components/dialog.tsx"
import { DialogForm } from "../../components/dialog-form.tsx"
import type { Errors } from "../../graphql/create-mutation.ts"
import { countFields, type KeyDraft, readDraft } from "./key-draft.ts"
import { KeyFields } from "./key-fields.tsx"
import { SubmitActions } from "../../components/submit-actions.tsx"
import { useWords } from "./words.ts"

type KeyInput = Extract<ReturnType<typeof readDraft>, { type: "input" }>["input"]

interface KeyFormProps {
  draft: KeyDraft
  unfolded: boolean
  expires?: string | undefined
  submit: string
  submitting: string
  busy: boolean
  errors: Errors
  /** What the form itself finds wrong. */
  onErrors: (errors: Errors) => void
  onSubmit: (input: KeyInput) => Promise<void>
  onClose: () => void
}

/** The fields of an input that have a place in the form. */
export const keyFields: readonly string[] = [
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
  const t = useWords()
  // The form begins with what the key is, and is a person's own from then on.
  // eslint-disable-next-line solid/reactivity
  const [draft, setDraft] = createStore<KeyDraft>({ ...props.draft })

  const submit = async () => {
    const read = readDraft(draft, Date.now())
    if (read.type === "wrong") {
      const sentences = read.fields.map((field) => [
        field,
        field === "name" ? t("createKey.nameMissing") : t("keyLimits.notANumber"),
      ])
      props.onErrors(Object.fromEntries(sentences))
      return
    }
    await props.onSubmit(read.input)
  }

  return (
    <DialogForm errors={props.errors} onSubmit={() => void submit()}>
      <DialogBody>
        <KeyFields
          draft={draft}
          errors={props.errors}
          onChange={setDraft}
          unfolded={props.unfolded}
          expires={props.expires}
        />
      </DialogBody>
      <SubmitActions
        onCancel={() => props.onClose()}
        busy={props.busy}
        submit={props.submit}
        submitting={props.submitting}
      />
    </DialogForm>
  )
}
