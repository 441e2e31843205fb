import { Show } from "solid-js"
import { updateApiKeyDocument } from "#generated/web/graphql.ts"
import { Dialog } from "../../components/dialog.tsx"
import { sentenceOf } from "../../graphql/failure.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { ApiKey } from "./create-keys.ts"
import { draftOf } from "./key-draft.ts"
import { KeyForm } from "./key-form.tsx"

interface EditKeyDialogProps {
  apiKey: ApiKey | undefined
  onClose: () => void
  onChanged: (key: ApiKey) => void
}

/** Changes what a key is called and what it may do; in force when the dialog closes. */
export function EditKeyDialog(props: EditKeyDialogProps) {
  const { t } = useI18n()
  const { client } = usePanel()
  const format = createFormat()
  const expires = ({ expiresAt }: ApiKey) =>
    expiresAt === null ? undefined : t("editKey.expiryKept", format.exact(expiresAt))
  return (
    <Dialog
      open={props.apiKey !== undefined}
      onClose={() => props.onClose()}
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
            onClose={() => props.onClose()}
            onSubmit={async (input) => {
              const result = await client.mutation(updateApiKeyDocument, { id: key.id, input }).toPromise()
              const outcome = result.data?.updateApiKey
              if (outcome?.__typename !== "UpdateApiKeySuccess")
                return outcome ?? sentenceOf(result.error, t("error.unreachable"))
              props.onChanged(outcome.apiKey)
              props.onClose()
              return undefined
            }}
          />
        )}
      </Show>
    </Dialog>
  )
}
