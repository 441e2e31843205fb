import { For, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { ChoiceChips } from "../../components/choice-chips.tsx"
import { Combobox } from "../../components/combobox.tsx"
import { Field } from "../../components/field.tsx"
import { createNumberWords, NumberField } from "../../components/number-field.tsx"
import { Switch } from "../../components/switch.tsx"
import type { Suggestion } from "../../components/suggestions.ts"
import { dialectNames } from "../keys/first-request.ts"
import type { Talk } from "./create-talk.ts"
import { bounds, exampleTools, type NumberName } from "./settings.ts"
import type { Effort, PlaygroundDialect } from "./talk.ts"
import { useWords } from "./words.ts"

interface SettingsCardProps {
  talk: Talk
  models: readonly Suggestion[]
  nodes: readonly { readonly id: string; readonly name: string }[]
}

const dialects: readonly PlaygroundDialect[] = ["chat", "responses", "messages", "gemini"]

/** What the next request is made with; nothing here touches what was said. */
export function SettingsCard(props: SettingsCardProps) {
  const t = useWords()
  const settings = () => props.talk.settings
  const efforts = (): readonly (readonly [Effort | "", string])[] => [
    ["", t("playground.effortDefault")],
    ["low", t("playground.effortLow")],
    ["medium", t("playground.effortMedium")],
    ["high", t("playground.effortHigh")],
  ]
  return (
    <section class="card flex flex-col gap-4 p-4.5" aria-label={t("playground.settings")}>
      <ChoiceChips
        label={t("playground.dialect")}
        choices={dialects.map((value) => ({ value, label: dialectNames[value] }))}
        chosen={settings().dialect}
        onChoose={(dialect) => props.talk.change({ dialect })}
      />
      <Field
        label={t("playground.model")}
        error={props.talk.problems().model === undefined ? undefined : t("playground.modelMissing")}
      >
        {(control) => (
          <Combobox
            {...control()}
            value={settings().model}
            suggestions={props.models}
            placeholder="gemini-3-flash"
            onInput={(model) => props.talk.change({ model })}
          />
        )}
      </Field>
      <Field label={t("playground.system")} optional>
        {(control) => (
          <textarea
            {...control()}
            class="input"
            rows={3}
            value={settings().system}
            onInput={(event) => props.talk.change({ system: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t("playground.effort")}>
        {(control) => (
          <select
            {...control()}
            class="input"
            onChange={(event) => props.talk.change({ effort: event.currentTarget.value as Effort | "" })} // of its own options
          >
            <For each={efforts()}>
              {([value, label]) => (
                <option value={value} selected={settings().effort === value}>
                  {label}
                </option>
              )}
            </For>
          </select>
        )}
      </Field>
      <Switch
        checked={settings().stream}
        label={t("playground.stream")}
        onChange={(stream) => props.talk.change({ stream })}
      />
      <MoreSettings talk={props.talk} />
      <Show when={props.nodes.length > 1}>
        <Field label={t("playground.node")}>
          {(control) => (
            <select
              {...control()}
              class="input"
              onChange={(event) => props.talk.change({ nodeId: event.currentTarget.value })}
            >
              <option value="">{t("playground.nodeAny")}</option>
              <For each={props.nodes}>
                {({ id, name }) => (
                  <option value={id} selected={settings().nodeId === id}>
                    {name}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </Show>
    </section>
  )
}

function MoreSettings(props: { talk: Talk }) {
  const t = useWords()
  const says = createNumberWords()
  const numberField = (name: NumberName) => {
    const problem = () => props.talk.problems()[name]
    return (
      <NumberField
        label={t(`playground.${name}`)}
        placeholder={t("playground.byModel")}
        bounds={bounds[name]}
        value={props.talk.settings[name]}
        error={((found) => (found === undefined ? undefined : says(found, bounds[name])))(problem())}
        onInput={(value) => props.talk.change({ [name]: value })}
      />
    )
  }
  const isWrong = () => Object.keys(props.talk.problems()).some((name) => name !== "model")
  return (
    <details class="rounded-medium ring-1 ring-line" open={isWrong() || props.talk.settings.tools !== ""}>
      <summary class="cursor-pointer px-3 py-2.5 text-[0.8125rem] font-medium">{t("playground.more")}</summary>
      <div class="flex flex-col gap-4 border-t border-line px-3 py-4">
        <div class="grid grid-cols-2 gap-3">
          {numberField("temperature")}
          {numberField("topP")}
        </div>
        {numberField("maxTokens")}
        <Field
          label={t("playground.tools")}
          hint={t("playground.toolsHint")}
          error={props.talk.problems().tools === undefined ? undefined : t("playground.toolsMalformed")}
        >
          {(control) => (
            <textarea
              {...control()}
              class="input font-mono text-xs"
              rows={8}
              spellcheck={false}
              value={props.talk.settings.tools}
              onInput={(event) => props.talk.change({ tools: event.currentTarget.value })}
            />
          )}
        </Field>
        <Show when={props.talk.settings.tools.trim() === ""}>
          <Button class="self-start" onClick={() => props.talk.change({ tools: exampleTools })}>
            {t("playground.toolsExample")}
          </Button>
        </Show>
      </div>
    </details>
  )
}
