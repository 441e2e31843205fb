import { createSignal, For, type JSX } from "solid-js"
import { Combobox } from "../../components/combobox.tsx"
import { Field } from "../../components/field.tsx"
import type { Suggestion } from "../../components/suggestions.ts"
import { Switch } from "../../components/switch.tsx"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { nameIn, names } from "../../i18n/names.ts"
import { dialectLabels, dialects } from "../../lib/dialects.ts"
import type { Choices } from "./create-choices.ts"
import { type FilterName, type FilterValues, isSpan, slownesses } from "./request-filter.ts"
import { useWords } from "./words.ts"

interface MoreFiltersProps {
  values: FilterValues
  choices: Choices
  onChange: (changed: Partial<Record<FilterName, string | undefined>>) => void
}

/** Everything else that requests can be narrowed by. */
export default function MoreFilters(props: MoreFiltersProps) {
  const t = useWords()
  const { language } = useI18n()
  const format = createFormat()
  const named = (kind: "failureClass" | "errorCode"): readonly Suggestion[] =>
    Object.keys(names[kind]).map((value) => ({ value, label: nameIn(language(), kind, value), hint: value }))
  const flag = (name: "retried" | "captured") => (
    <Switch
      checked={props.values[name] === "yes"}
      label={t(`filter.${name}`)}
      onChange={(wanted) => props.onChange({ [name]: wanted ? "yes" : undefined })}
    />
  )
  return (
    <div class="grid gap-x-5 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
      <Choice {...props} name="model" suggestions={props.choices.model()} isFree />
      <Choice {...props} name="account" suggestions={props.choices.account()} onType={props.choices.searchAccounts} />
      <Choice {...props} name="key" suggestions={props.choices.key()} />
      <Choice {...props} name="node" suggestions={props.choices.node()} />
      <Choice {...props} name="class" suggestions={named("failureClass")} />
      <Choice {...props} name="error" suggestions={named("errorCode")} />
      <Select {...props} name="dialect">
        <For each={dialects}>
          {(dialect) => (
            <option value={dialect} selected={props.values.dialect === dialect}>
              {dialectLabels[dialect]}
            </option>
          )}
        </For>
      </Select>
      <Select {...props} name="slower">
        <For each={slownesses}>
          {(ms) => (
            <option value={ms} selected={props.values.slower === String(ms)}>
              {format.duration(ms)}
            </option>
          )}
        </For>
      </Select>
      <Moment {...props} name="since" />
      <Moment {...props} name="until" />
      <div class="flex flex-col justify-center gap-3 sm:col-span-2">
        {flag("retried")}
        {flag("captured")}
      </div>
    </div>
  )
}

interface ChoiceProps extends MoreFiltersProps {
  name: FilterName
  suggestions: readonly Suggestion[]
  /** Any text is taken, not only what is suggested. */
  isFree?: boolean
  onType?: (text: string) => void
}

/** One of many, found by its name. */
function Choice(props: ChoiceProps) {
  const t = useWords()
  const labelOf = (value: string | undefined) =>
    props.suggestions.find((one) => one.value === value)?.label ?? value ?? ""
  const [typed, setTyped] = createSignal<string>()
  const settle = () => {
    const text = typed()
    if (text === undefined) return
    setTyped(undefined)
    const chosen = props.suggestions.find((one) => (one.label ?? one.value) === text)
    if (text === "") props.onChange({ [props.name]: undefined })
    else if (chosen !== undefined) props.onChange({ [props.name]: chosen.value })
    else if (props.isFree === true) props.onChange({ [props.name]: text })
  }
  return (
    <Field label={t(`filter.name.${props.name}`)}>
      {(control) => (
        <Combobox
          {...control()}
          value={typed() ?? labelOf(props.values[props.name])}
          suggestions={props.suggestions}
          placeholder={t("filter.any")}
          onInput={(text) => {
            setTyped(text)
            props.onType?.(text)
          }}
          onChoose={({ value }) => {
            setTyped(undefined)
            props.onChange({ [props.name]: value })
          }}
          onEnter={settle}
          onLeave={settle}
        />
      )}
    </Field>
  )
}

function Select(props: MoreFiltersProps & { name: FilterName; children: JSX.Element }) {
  const t = useWords()
  return (
    <Field label={t(`filter.name.${props.name}`)}>
      {(control) => (
        <select
          {...control()}
          class="input"
          onChange={(event) => props.onChange({ [props.name]: event.currentTarget.value || undefined })}
        >
          <option value="" selected={props.values[props.name] === undefined}>
            {t("filter.any")}
          </option>
          {props.children}
        </select>
      )}
    </Field>
  )
}

/** A moment in the reader's time zone. */
function Moment(props: MoreFiltersProps & { name: "since" | "until" }) {
  const t = useWords()
  const local = () => {
    const text = props.values[props.name]
    const ms = text === undefined || isSpan(text) ? Number.NaN : Date.parse(text)
    if (Number.isNaN(ms)) return ""
    return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  }
  const set = (text: string) => {
    const ms = Date.parse(text)
    props.onChange({ [props.name]: Number.isNaN(ms) ? undefined : new Date(ms).toISOString() })
  }
  return (
    <Field label={t(`filter.name.${props.name}`)}>
      {(control) => (
        <input
          {...control()}
          type="datetime-local"
          class="input"
          value={local()}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}
