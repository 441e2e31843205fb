import { createUniqueId, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import type { NumberBounds, NumberProblem } from "../lib/read-number.ts"
import { Field } from "./field.tsx"

interface NumberFieldProps {
  label: string
  /** As it is typed. */
  value: string
  onInput: (value: string) => void
  /** Stands behind the number, such as `ms`. */
  unit?: string | undefined
  bounds?: NumberBounds | undefined
  hint?: string
  error?: string | undefined
  optional?: boolean
  placeholder?: string
  disabled?: boolean
}

/** A labelled field for a number, with its unit. What is typed is read with `readNumber`, and told with `createNumberWords`. */
export function NumberField(props: NumberFieldProps) {
  const id = createUniqueId()
  return (
    <Field
      label={props.label}
      error={props.error}
      optional={props.optional === true}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
    >
      {(control) => (
        <NumberInput
          {...props}
          control={{
            ...control(),
            "aria-describedby":
              [control()["aria-describedby"], props.unit !== undefined && id].filter(Boolean).join(" ") || undefined,
          }}
          unitId={id}
        />
      )}
    </Field>
  )
}

interface NumberInputProps extends Pick<NumberFieldProps, "value" | "onInput" | "unit" | "bounds" | "placeholder"> {
  control: object
  unitId?: string
  disabled?: boolean
}

/** The field alone, where its label stands elsewhere. */
export function NumberInput(props: NumberInputProps) {
  return (
    <span class="relative block">
      <input
        {...props.control}
        type="text"
        class="input tabular-nums"
        classList={{ "pr-14": props.unit !== undefined }}
        inputMode={props.bounds?.isWhole === false ? "decimal" : "numeric"}
        autocomplete="off"
        disabled={props.disabled === true}
        placeholder={props.placeholder ?? ""}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <Show when={props.unit}>
        {(unit) => (
          <span
            id={props.unitId}
            class="pointer-events-none absolute inset-y-0 right-3 flex items-center text-[0.8125rem] text-faint"
          >
            {unit()}
          </span>
        )}
      </Show>
    </span>
  )
}

/** What is wrong with a typed number, and what is allowed, in words. */
export function createNumberWords() {
  const { t, locale } = useI18n()
  return (problem: NumberProblem, { low, high }: NumberBounds): string => {
    if (problem === "empty") return t("number.empty")
    if (problem === "not-whole") return t("number.notWhole")
    if (problem === "no-number") return t("number.noNumber")
    return t("number.outOfRange", low.toLocaleString(locale()), high.toLocaleString(locale()))
  }
}
