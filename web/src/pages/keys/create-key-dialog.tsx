import { createSignal, Show } from "solid-js"
import { createApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog } from "../../components/dialog.tsx"
import { sentenceOf } from "../../graphql/failure.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { ApiKey } from "./create-keys.ts"
import { emptyDraft } from "./key-draft.ts"
import { KeyForm } from "./key-form.tsx"
import { NewKey } from "./new-key.tsx"

interface CreateKeyDialogProps {
  open: boolean
  gatewayUrl: string
  onClose: () => void
  onCreated: (key: ApiKey) => void
}

/** Asks for a name and what limits there are to be, makes the key, and shows its secret this once, as long as the dialog is open. */
export function CreateKeyDialog(props: CreateKeyDialogProps) {
  const { t } = useI18n()
  const { client } = usePanel()
  const [made, setMade] = createSignal<{ readonly apiKey: ApiKey; readonly secret: string }>()
  const close = () => {
    setMade(undefined)
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
            onSubmit={async (input) => {
              const result = await client.mutation(createApiKeyDocument, { input }).toPromise()
              const outcome = result.data?.createApiKey
              if (outcome?.__typename !== "CreateApiKeySuccess")
                return outcome ?? sentenceOf(result.error, t("error.unreachable"))
              setMade(outcome)
              props.onCreated(outcome.apiKey)
              return undefined
            }}
          />
        }
      >
        {(key) => <NewKey apiKey={key().apiKey} secret={key().secret} gatewayUrl={props.gatewayUrl} onDone={close} />}
      </Show>
    </Dialog>
  )
}
