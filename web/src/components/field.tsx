import { createUniqueId, type JSX, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

/** What a control inside a field must carry, so that its label, hint and error belong to it. */
export interface FieldControl {
  id: string
  "aria-describedby": string | undefined
  "aria-invalid": "true" | undefined
}

interface FieldProps {
  label: string
  hint?: string
  error?: string | undefined
  optional?: boolean
  children: (control: () => FieldControl) => JSX.Element
}

/** A labelled control with its hint and its error. */
export function Field(props: FieldProps) {
  const { t } = useI18n()
  const id = createUniqueId()
  const described = () =>
    [props.error !== undefined && `${id}-error`, props.hint !== undefined && `${id}-hint`].filter(Boolean).join(" ")
  const control = (): FieldControl => ({
    id,
    "aria-describedby": described() || undefined,
    "aria-invalid": props.error === undefined ? undefined : "true",
  })
  return (
    <div class="flex flex-col gap-1.5">
      <div class="flex items-baseline justify-between gap-3">
        <label for={id} class="text-[0.8125rem] font-medium">
          {props.label}
        </label>
        <Show when={props.optional}>
          <span class="text-xs text-faint">{t("action.optional")}</span>
        </Show>
      </div>
      {props.children(control)}
      <Show when={props.error}>
        {(error) => (
          <p id={`${id}-error`} role="alert" class="tone-bad text-[0.8125rem] text-tone wrap-anywhere">
            {error()}
          </p>
        )}
      </Show>
      <Show when={props.hint}>
        {(hint) => (
          <p id={`${id}-hint`} class="text-xs text-faint">
            {hint()}
          </p>
        )}
      </Show>
    </div>
  )
}
