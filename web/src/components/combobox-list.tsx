import X from "lucide-solid/icons/x"
import { createMemo, createSignal, For, Show, splitProps } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Combobox } from "./combobox.tsx"
import type { FieldControl } from "./field.tsx"
import { labelOf, type Suggestion } from "./suggestions.ts"

interface ComboboxListProps extends Partial<FieldControl> {
  values: readonly string[]
  suggestions: readonly Suggestion[]
  onChange: (values: readonly string[]) => void
  /** Only what is suggested may be taken. */
  closed?: boolean
  label?: string
  placeholder?: string
}

/** Several texts, each once: those that are taken stand before the field, which takes another with Enter, a comma, or when it is left. */
export function ComboboxList(props: ComboboxListProps) {
  const { t } = useI18n()
  const [field] = splitProps(props, ["id", "aria-describedby", "aria-invalid"])
  const [typed, setTyped] = createSignal("")
  const labels = createMemo(() => new Map(props.suggestions.map((one) => [one.value, labelOf(one)])))
  const left = createMemo(() => props.suggestions.filter(({ value }) => !props.values.includes(value)))

  const take = (texts: readonly string[]) => {
    const byLabel = (text: string) => props.suggestions.find((one) => labelOf(one) === text)?.value
    const values = texts.flatMap((text) => byLabel(text.trim()) ?? (props.closed === true ? [] : text.trim()))
    const more = values.filter((value) => value !== "" && !props.values.includes(value))
    if (more.length > 0) props.onChange([...new Set([...props.values, ...more])])
    if (values.length > 0) setTyped("")
  }
  const type = (text: string) => {
    const parts = text.split(/[,，\n]/)
    if (parts.length > 1) take(parts)
    else setTyped(text)
  }
  const removeAt = (index: number) => props.onChange(props.values.filter((_, other) => other !== index))

  return (
    <div class="input flex flex-wrap items-center gap-1.5 px-1.5 py-1 has-[input:focus-visible]:border-focus">
      <For each={props.values}>
        {(value, index) => (
          <span class="flex max-w-full items-center gap-0.5 rounded-small bg-hover py-0.5 pl-1.5 font-mono text-xs ring-1 ring-line">
            <span class="min-w-0 wrap-anywhere">{labels().get(value) ?? value}</span>
            <button
              type="button"
              class="rounded-small p-0.5 text-faint hover:text-ink"
              aria-label={t("action.takeOut", labels().get(value) ?? value)}
              onClick={() => removeAt(index())}
            >
              <X class="size-3" aria-hidden="true" />
            </button>
          </span>
        )}
      </For>
      <div class="min-w-32 flex-1">
        <Combobox
          {...field}
          class="w-full bg-transparent px-1 py-0.5 font-mono text-[0.8125rem] outline-none placeholder:text-faint"
          label={props.label ?? ""}
          placeholder={props.values.length === 0 ? (props.placeholder ?? "") : ""}
          value={typed()}
          suggestions={left()}
          onInput={type}
          onChoose={({ value }) => {
            take([labels().get(value) ?? value])
            setTyped("")
          }}
          onEnter={() => take([typed()])}
          onBackspace={() => props.values.length > 0 && removeAt(props.values.length - 1)}
          onLeave={() => take([typed()])}
        />
      </div>
      <Show when={props.closed === true && typed() !== "" && left().length === 0}>
        <span class="px-1 text-xs text-faint">{t("palette.nothing")}</span>
      </Show>
    </div>
  )
}
