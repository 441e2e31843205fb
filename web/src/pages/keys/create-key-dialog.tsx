import { createSignal, Show } from "solid-js"
import { createApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog } from "../../components/dialog.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import type { ApiKey } from "./create-keys.ts"
import { emptyDraft } from "./key-draft.ts"
import { keyFields, KeyForm } from "./key-form.tsx"
import { NewKey } from "./new-key.tsx"
import { useWords } from "./words.ts"

interface CreateKeyDialogProps {
  open: boolean
  gatewayUrl: string
  onClose: () => void
  onCreated: (key: ApiKey) => void
}

/** Asks for a name and what limits there are to be, makes the key, and shows its secret this once, as long as the dialog is open. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const t = useWords()
  const mutation = createMutation(createApiKeyDocument, keyFields)
  const [made, setMade] = createSignal<{ readonly apiKey: ApiKey; readonly secret: string }>()
  const close = () => {
    setMade(undefined)
    mutation.setErrors({})
    props.onClose()
  }
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title={made() === undefined ? t("createKey.title") : t("createKey.createdTitle")}
      description={made() === undefined ? t("keys.summary") : t("createKey.once")}
      holds={made() !== undefined}
      wide
    >
      <Show
        when={made()}
        fallback={
          <KeyForm
            draft={emptyDraft}
            unfolded={false}
            submit={t("createKey.submit")}
            submitting={t("createKey.submitting")}
            onClose={close}
            busy={mutation.busy()}
            errors={mutation.errors()}
            onErrors={mutation.setErrors}
            onSubmit={async (input) => {
              const done = await mutation.run({ input })
              if (done === undefined) return
              setMade(done)
              props.onCreated(done.apiKey)
            }}
          />
        }
      >
        {(key) => <NewKey apiKey={key().apiKey} secret={key().secret} gatewayUrl={props.gatewayUrl} onDone={close} />}
      </Show>
    </Dialog>
  )
}
