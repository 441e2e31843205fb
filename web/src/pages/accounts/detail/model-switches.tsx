import { createMemo, For, Show } from "solid-js"
import { useWords } from "./words.ts"

interface ModelSwitchesProps {
  offered: readonly string[]
  disabled: readonly string[]
  onChange: (disabled: readonly string[]) => void
  error: string | undefined
}

/** Each model that the account offers, or is kept from, with whether it may serve it. */
export function ModelSwitches(props: ModelSwitchesProps) {
  const t = useWords()
  const models = createMemo(() => [...new Set([...props.offered, ...props.disabled])].toSorted())
  const flip = (model: string, serves: boolean) => {
    const others = props.disabled.filter((one) => one !== model)
    props.onChange(serves ? others : [...others, model])
  }
  return (
    <fieldset class="flex flex-col gap-2">
      <legend class="mb-0.5 text-[0.8125rem] font-medium">{t("accountSettings.models")}</legend>
      <p class="text-xs text-faint">{t("accountSettings.modelsHint")}</p>
      <Show when={models().length > 0} fallback={<p class="text-soft">{t("accountSettings.modelsNone")}</p>}>
        <div class="mt-1 grid gap-x-5 gap-y-2 sm:grid-cols-2 xl:grid-cols-3">
          <For each={models()}>
            {(model) => (
              <label class="flex min-w-0 items-start gap-2.5 text-[0.8125rem]">
                <input
                  type="checkbox"
                  class="checkbox mt-0.5"
                  checked={!props.disabled.includes(model)}
                  onChange={(event) => flip(model, event.currentTarget.checked)}
                />
                <span class="min-w-0 font-mono text-xs leading-5 wrap-anywhere">
                  {model}
                  <Show when={!props.offered.includes(model)}>
                    <span class="ml-1.5 font-sans text-faint">{t("accountSettings.notOffered")}</span>
                  </Show>
                </span>
              </label>
            )}
          </For>
        </div>
      </Show>
      <Show when={props.error}>
        {(error) => (
          <p role="alert" class="tone-bad text-[0.8125rem] text-tone">
            {error()}
          </p>
        )}
      </Show>
    </fieldset>
  )
}
