import { For, Match, Switch as Choose } from "solid-js"
import type { FieldControl } from "../../components/field.tsx"
import { NumberInput } from "../../components/number-field.tsx"
import { Switch } from "../../components/switch.tsx"
import { boundsOf, type Setting, unitOf } from "./drafts.ts"
import { MapField } from "./map-field.tsx"
import { readMap } from "./map-text.ts"
import { isOn, useWord } from "./use-word.ts"
import { useWords } from "./words.ts"

interface SettingFieldProps {
  setting: Setting
  /** What would be in force. */
  text: string
  control: FieldControl
  label: string
  onInput: (text: string) => void
}

/** The field that a setting's form asks for. */
export function SettingField(props: SettingFieldProps) {
  const t = useWords()
  const word = useWord()
  const form = () => props.setting.form
  const unit = () => {
    const name = unitOf(props.setting.name)
    return name === undefined ? undefined : t(`settings.${name}`)
  }
  const map = () => (form().kind === "MAP" ? readMap(props.text, form().keys) : undefined)
  return (
    <Choose
      fallback={
        <input
          {...props.control}
          class="input font-mono text-[0.8125rem]"
          autocomplete="off"
          spellcheck={false}
          placeholder={t("settings.none")}
          value={props.text}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
      }
    >
      <Match when={form().kind === "INTEGER"}>
        <div class="max-w-56">
          <NumberInput
            control={props.control}
            value={props.text}
            unit={unit()}
            bounds={boundsOf(form())}
            onInput={(text) => props.onInput(text)}
          />
        </div>
      </Match>
      <Match when={form().kind === "SWITCH"}>
        <div class="flex min-h-9 items-center gap-2.5">
          <Switch
            checked={isOn(props.text)}
            label={props.label}
            isLabelHidden
            onChange={(checked) => props.onInput(checked ? "on" : "off")}
          />
          <span aria-hidden="true">{t(isOn(props.text) ? "settings.on" : "settings.off")}</span>
        </div>
      </Match>
      <Match when={form().kind === "CHOICE"}>
        <select
          {...props.control}
          class="input max-w-56"
          onChange={(event) => props.onInput(event.currentTarget.value)}
        >
          <For each={form().choices}>
            {(choice) => (
              <option value={choice} selected={choice === props.text}>
                {word(choice)}
              </option>
            )}
          </For>
        </select>
      </Match>
      <Match when={form().kind === "LIST"}>
        <textarea
          {...props.control}
          class="input font-mono text-[0.8125rem]"
          rows={Math.max(2, linesOf(props.text).split("\n").length)}
          spellcheck={false}
          placeholder={t("settings.perLine")}
          value={linesOf(props.text)}
          onInput={(event) => props.onInput(listOf(event.currentTarget.value))}
        />
      </Match>
      <Match when={map()}>
        {(value) => (
          <MapField
            form={form()}
            value={value()}
            defaults={readMap(props.setting.defaultValue ?? "", form().keys)?.named ?? {}}
            label={props.label}
            control={props.control}
            onInput={(text) => props.onInput(text)}
          />
        )}
      </Match>
    </Choose>
  )
}

const linesOf = (text: string) =>
  text
    .split(",")
    .map((entry) => entry.replace(/^ +/, ""))
    .join("\n")

const listOf = (lines: string) => lines.split("\n").join(",")
