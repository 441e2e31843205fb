import { createUniqueId, For } from "solid-js"

interface ChoicesProps<Value extends string> {
  label: string
  values: readonly Value[]
  value: Value
  name: (value: Value) => string
  hint: (value: Value) => string
  error?: string | undefined
  onChange: (value: Value) => void
}

/** One of a few, each with a sentence that says what it means. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const id = createUniqueId()
  return (
    <fieldset class="flex flex-col gap-1.5">
      <legend class="mb-1.5 text-[0.8125rem] font-medium">{props.label}</legend>
      <For each={props.values}>
        {(value) => (
          <label class="flex cursor-pointer items-start gap-2.5 rounded-medium px-3 py-2 ring-1 ring-line has-checked:bg-hover has-checked:ring-line-strong">
            <input
              type="radio"
              name={id}
              class="mt-0.5 size-4 flex-none accent-(--point)"
              value={value}
              checked={props.value === value}
              onChange={() => props.onChange(value)}
            />
            <span class="min-w-0">
              <span class="font-medium">{props.name(value)}</span>
              <span class="block text-xs text-soft">{props.hint(value)}</span>
            </span>
          </label>
        )}
      </For>
      {props.error === undefined ? undefined : (
        <p role="alert" class="tone-bad text-[0.8125rem] text-tone">
          {props.error}
        </p>
      )}
    </fieldset>
  )
}
