import { createUniqueId, For, type JSX, Show } from "solid-js"
import type { FieldControl } from "../../components/field.tsx"
import type { Setting } from "./drafts.ts"
import { type MapText, writeMap } from "./map-text.ts"
import { useWord } from "./use-word.ts"
import { useWords } from "./words.ts"

interface MapFieldProps {
  form: Setting["form"]
  value: MapText
  /** What counts for a key that is not named, where the default says so. */
  defaults: Readonly<Record<string, string>>
  label: string
  control: FieldControl
  onInput: (text: string) => void
}

/** One row a key. Where one value may stand for all others, that comes first. */
export function MapField(props: MapFieldProps) {
  const t = useWords()
  const word = useWord()
  const takesNumbers = () => props.form.maximum !== null
  const write = (value: MapText) => props.onInput(writeMap(value, props.form.keys))
  const name = (key: string, value: string) => write({ ...props.value, named: { ...props.value.named, [key]: value } })
  return (
    <div
      role="group"
      aria-label={props.label}
      aria-describedby={props.control["aria-describedby"]}
      class="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] items-center gap-x-3 gap-y-2"
    >
      <Show when={!takesNumbers()}>
        <Row label={t("settings.allOthers")}>
          {(id) => (
            <Choices
              id={id}
              choices={props.form.choices}
              value={props.value.alone}
              onChange={(alone) => write({ ...props.value, alone })}
            />
          )}
        </Row>
      </Show>
      <For each={props.form.keys}>
        {(key) => (
          <Row label={word(key)}>
            {(id) => (
              <Show
                when={takesNumbers()}
                fallback={
                  <Choices
                    id={id}
                    choices={props.form.choices}
                    value={props.value.named[key] ?? ""}
                    otherwise={t("settings.asOthers")}
                    onChange={(value) => name(key, value)}
                  />
                }
              >
                <input
                  id={id}
                  aria-invalid={props.control["aria-invalid"]}
                  class="input min-h-8 max-w-44 py-1 tabular-nums"
                  autocomplete="off"
                  spellcheck={false}
                  placeholder={props.defaults[key] ?? ""}
                  value={props.value.named[key] ?? ""}
                  onInput={(event) => name(key, event.currentTarget.value)}
                />
              </Show>
            )}
          </Row>
        )}
      </For>
    </div>
  )
}

function Row(props: { label: string; children: (id: string) => JSX.Element }) {
  const id = createUniqueId()
  return (
    <>
      <label for={id} class="text-[0.8125rem] text-soft">
        {props.label}
      </label>
      {props.children(id)}
    </>
  )
}

interface ChoicesProps {
  id: string
  choices: readonly string[]
  value: string
  /** What it is where nothing is chosen. */
  otherwise?: string
  onChange: (value: string) => void
}

function Choices(props: ChoicesProps) {
  const word = useWord()
  return (
    <select
      id={props.id}
      class="input min-h-8 max-w-56 py-1"
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      <Show when={props.otherwise}>
        {(otherwise) => (
          <option value="" selected={props.value === ""}>
            {otherwise()}
          </option>
        )}
      </Show>
      <For each={props.choices}>
        {(choice) => (
          <option value={choice} selected={choice === props.value}>
            {word(choice)}
          </option>
        )}
      </For>
    </select>
  )
}
