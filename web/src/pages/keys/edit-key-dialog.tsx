import { Show } from "solid-js"
import { updateApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog } from "../../components/dialog.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat } from "../../i18n/i18n.tsx"
import type { ApiKey } from "./create-keys.ts"
import { draftOf } from "./key-draft.ts"
import { keyFields, KeyForm } from "./key-form.tsx"
import { useWords } from "./words.ts"

interface EditKeyDialogProps {
  apiKey: ApiKey | undefined
  onClose: () => void
  onChanged: (key: ApiKey) => void
}

/** Changes what a key is called and what it may do; in force when the dialog closes. */
export function EditKeyDialog(props: EditKeyDialogProps) {
  const t = useWords()
  const mutation = createMutation(updateApiKeyDocument, keyFields)
  const format = createFormat()
  const close = () => {
    mutation.setErrors({})
    props.onClose()
  }
  const expires = ({ expiresAt }: ApiKey) =>
    expiresAt === null ? undefined : t("editKey.expiryKept", format.exact(expiresAt))
  return (
    <Dialog
      open={props.apiKey !== undefined}
      onClose={close}
      title={t("editKey.title", props.apiKey?.name ?? "")}
      description={t("editKey.hint")}
      wide
    >
      <Show when={props.apiKey} keyed>
        {(key) => (
          <KeyForm
            draft={draftOf(key)}
            unfolded
            expires={expires(key)}
            submit={t("editKey.submit")}
            submitting={t("editKey.submitting")}
            onClose={close}
            busy={mutation.busy()}
            errors={mutation.errors()}
            onErrors={mutation.setErrors}
            onSubmit={async (input) => {
              const done = await mutation.run({ id: key.id, input })
              if (done === undefined) return
              props.onChanged(done.apiKey)
              props.onClose()
            }}
          />
        )}
      </Show>
    </Dialog>
  )
}
