import { createSignal, For, Show } from "solid-js"
import { createApiKeyDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { Field } from "../../components/field.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { usePanel } from "../../panel.tsx"
import { useWords } from "./words.ts"

export interface ChosenKey {
  readonly id: string
  readonly name: string
  /** Only of one that was made here just now. */
  readonly secret?: string
  /** What it may be used for; null: all. */
  readonly models: readonly string[] | null
}

interface KeyCardProps {
  keys: readonly ChosenKey[]
  chosen: ChosenKey | undefined
  onChoose: (key: ChosenKey | undefined) => void
}

/** Which key the client is to have: one that is there, or one that is made here and filled in. */
export function KeyCard(props: KeyCardProps) {
  const t = useWords()
  const { may } = usePanel()
  const mutation = createMutation(createApiKeyDocument, ["name"])
  const [name, setName] = createSignal("")
  const create = async () => {
    if (name().trim() === "") return mutation.setErrors({ name: t("connect.nameMissing") })
    const made = await mutation.run({ input: { name: name().trim() } })
    if (made === undefined) return undefined
    const { id, models } = made.apiKey
    setName("")
    return props.onChoose({ id, models, name: made.apiKey.name, secret: made.secret })
  }
  return (
    <section class="card flex flex-col gap-4 p-4.5" aria-label={t("connect.keyTitle")}>
      <div class="grid items-start gap-4 sm:grid-cols-2">
        <Field label={t("connect.key")}>
          {(control) => (
            <select
              {...control()}
              class="input"
              onChange={(event) => props.onChoose(props.keys.find(({ id }) => id === event.currentTarget.value))}
            >
              <option value="" selected={props.chosen === undefined}>
                {t("connect.keyChoose")}
              </option>
              <For each={props.keys}>
                {(key) => (
                  <option value={key.id} selected={key.id === props.chosen?.id}>
                    {key.name}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
        <Show when={may("OPERATE")} fallback={<p class="text-[0.8125rem] text-faint">{t("connect.viewer")}</p>}>
          <form
            class="flex items-end gap-2"
            noValidate
            autocomplete="off"
            onSubmit={(event) => {
              event.preventDefault()
              void create()
            }}
          >
            <div class="min-w-0 flex-1">
              <Field label={t("connect.newName")} error={mutation.errors()["name"]}>
                {(control) => (
                  <input
                    {...control()}
                    class="input"
                    maxLength={100}
                    placeholder={t("connect.newNamePlaceholder")}
                    value={name()}
                    onInput={(event) => setName(event.currentTarget.value)}
                  />
                )}
              </Field>
            </div>
            <Button type="submit" class="!min-h-9" disabled={mutation.busy()}>
              {mutation.busy() ? t("connect.creating") : t("connect.create")}
            </Button>
          </form>
        </Show>
      </div>
      <ProblemNotice problem={mutation.error()} />
      <Show when={props.chosen}>
        {(key) => (
          <p class="text-[0.8125rem] text-soft">
            {key().secret === undefined ? t("connect.keyHint") : t("connect.keyMade", key().name)}
          </p>
        )}
      </Show>
    </section>
  )
}
