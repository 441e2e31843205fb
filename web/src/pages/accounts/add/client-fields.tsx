import { Field } from "../../../components/field.tsx"
import type { Errors } from "../../../graphql/create-mutation.ts"
import { useWords } from "../words.ts"

interface ClientFieldsProps {
  clientId: string
  clientSecret: string
  onClientId: (text: string) => void
  onClientSecret: (text: string) => void
  errors: Errors
}

/** Id and secret of an OAuth client: typed, sent, and never shown again. */
export function ClientFields(props: ClientFieldsProps) {
  const t = useWords()
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <Field label={t("oauthClient.id")} error={props.errors["clientId"]}>
        {(control) => (
          <input
            {...control()}
            class="input font-mono text-[0.8125rem]"
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            value={props.clientId}
            onInput={(event) => props.onClientId(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t("oauthClient.secret")} error={props.errors["clientSecret"]}>
        {(control) => (
          <input
            {...control()}
            type="password"
            class="input font-mono text-[0.8125rem]"
            autocomplete="off"
            value={props.clientSecret}
            onInput={(event) => props.onClientSecret(event.currentTarget.value)}
          />
        )}
      </Field>
    </div>
  )
}
