import { For } from "solid-js"

interface ChoiceChipsProps<Value extends string> {
  /** What is chosen, for those who do not see it. */
  label: string
  choices: readonly { readonly value: Value; readonly label: string }[]
  chosen: Value | undefined
  onChoose: (value: Value) => void
}

/** One of a few, all of them seen. */
export function ChoiceChips<Value extends string>(props: ChoiceChipsProps<Value>) {
  return (
    <div class="flex flex-wrap gap-1" role="group" aria-label={props.label}>
      <For each={props.choices}>
        {({ value, label }) => (
          <button
            type="button"
            class="chip"
            aria-pressed={props.chosen === value}
            onClick={() => props.onChoose(value)}
          >
            {label}
          </button>
        )}
      </For>
    </div>
  )
}
