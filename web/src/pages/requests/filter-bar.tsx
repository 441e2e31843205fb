import Search from "lucide-solid/icons/search"
import SlidersHorizontal from "lucide-solid/icons/sliders-horizontal"
import X from "lucide-solid/icons/x"
import { createSignal, createUniqueId, For, lazy, onCleanup, Show, Suspense } from "solid-js"
import { Button } from "../../components/button.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { useNames } from "../../i18n/names.ts"
import { dialectLabels } from "../../lib/dialects.ts"
import { createChoices } from "./create-choices.ts"
import {
  activeNames,
  type FilterName,
  type FilterValues,
  isSpan,
  outcomes,
  outcomesOf,
  spans,
} from "./request-filter.ts"
import { useWords } from "./words.ts"

const MoreFilters = lazy(() => import("./more-filters.tsx"))

interface FilterBarProps {
  values: FilterValues
  onChange: (changed: Partial<Record<FilterName, string | undefined>>) => void
}

/** A pause in typing after which it is looked for. */
const typedMs = 350

/** What the list is narrowed to: the usual at hand, the rest behind a button, and each thing as a chip that takes it away. */
export function FilterBar(props: FilterBarProps) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const [isOpen, setOpen] = createSignal(false)
  const choices = createChoices()
  const id = createUniqueId()
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const look = (text: string) => {
    clearTimeout(timer)
    timer = setTimeout(() => props.onChange({ text: text.trim() === "" ? undefined : text }), typedMs)
  }
  const chosen = () => outcomesOf(props.values.outcome)
  const toggle = (outcome: (typeof outcomes)[number]) => {
    const next = outcomes.filter((one) => chosen().includes(one) !== (one === outcome))
    props.onChange({ outcome: next.length === 0 ? undefined : next.join(",") })
  }
  // On a phone all but the search is behind one button, which counts what narrows the list.
  const [isUnfolded, setUnfolded] = createSignal(false)
  const folded = () => ({ "max-sm:hidden": !isUnfolded() })
  const count = () => activeNames(props.values).filter((name) => name !== "text").length
  return (
    <div class="flex flex-col gap-2.5">
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2.5">
        <label class="relative min-w-0 flex-1 sm:max-w-80 sm:basis-56">
          <span class="sr-only">{t("filter.text")}</span>
          <Search class="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
          <input
            type="search"
            class="input min-h-8 py-1 pl-8"
            placeholder={t("filter.text")}
            value={props.values.text ?? ""}
            onInput={(event) => look(event.currentTarget.value)}
          />
        </label>
        <Button class="sm:hidden" aria-expanded={isUnfolded()} onClick={() => setUnfolded(!isUnfolded())}>
          <SlidersHorizontal />
          {count() === 0 ? t("filter.all") : t("filter.allChosen", format.number(count()))}
        </Button>
        <div
          class="-mx-1 flex flex-wrap gap-1 px-1"
          classList={folded()}
          role="group"
          aria-label={t("requests.outcome")}
        >
          <For each={outcomes}>
            {(outcome) => (
              <button
                type="button"
                class="chip"
                aria-pressed={chosen().includes(outcome)}
                onClick={() => toggle(outcome)}
              >
                {names("outcome", outcome)}
              </button>
            )}
          </For>
        </div>
        <label class="w-auto" classList={folded()}>
          <span class="sr-only">{t("filter.time")}</span>
          <select
            class="input min-h-8 w-auto py-1"
            onChange={(event) => props.onChange({ since: event.currentTarget.value || undefined, until: undefined })}
          >
            <option value="" selected={props.values.since === undefined && props.values.until === undefined}>
              {t("filter.anyTime")}
            </option>
            <For each={Object.keys(spans)}>
              {(span) => (
                <option value={span} selected={props.values.since === span}>
                  {isSpan(span) ? t(`span.${span}`) : ""}
                </option>
              )}
            </For>
            <Show when={props.values.until !== undefined || (props.values.since ?? "").length > 3}>
              <option value={props.values.since ?? ""} selected>
                {t("filter.ownTime")}
              </option>
            </Show>
          </select>
        </label>
        <Button
          class={isUnfolded() ? "" : "max-sm:hidden"}
          aria-expanded={isOpen()}
          aria-controls={id}
          onClick={() => {
            choices.want()
            setOpen(!isOpen())
          }}
        >
          <SlidersHorizontal />
          {t("filter.more")}
        </Button>
      </div>
      <Show when={isOpen()}>
        <div id={id} class="card p-4.5" classList={folded()}>
          <Suspense>
            <MoreFilters values={props.values} choices={choices} onChange={props.onChange} />
          </Suspense>
        </div>
      </Show>
      <div class="empty:hidden" classList={folded()}>
        <Chips {...props} nameOf={choices.nameOf} />
      </div>
    </div>
  )
}

function Chips(props: FilterBarProps & { nameOf: (name: FilterName, id: string) => string }) {
  const t = useWords()
  const names = useNames()
  const format = createFormat()
  const words: Readonly<Record<FilterName, (text: string) => string>> = {
    text: (text) => `“${text}”`,
    outcome: (text) =>
      outcomesOf(text)
        .map((outcome) => names("outcome", outcome))
        .join(", "),
    class: (text) => names("failureClass", text),
    error: (text) => names("errorCode", text),
    model: (text) => text,
    key: (text) => props.nameOf("key", text),
    account: (text) => props.nameOf("account", text),
    dialect: (text) => dialectLabels[text as keyof typeof dialectLabels] ?? text, // an active one is one of them
    node: (text) => props.nameOf("node", text),
    slower: (text) => format.duration(Number(text)),
    retried: () => t("filter.yes"),
    captured: () => t("filter.yes"),
    conversation: (text) => text,
    since: (text) => (isSpan(text) ? t(`span.${text}`) : format.exact(text)),
    until: (text) => format.exact(text),
  }
  const active = () => activeNames(props.values)
  const clear = () => props.onChange(Object.fromEntries(active().map((name) => [name, undefined])))
  return (
    <Show when={active().length > 0}>
      <ul class="flex flex-wrap items-center gap-1.5" aria-label={t("filter.chosen")}>
        <For each={active()}>
          {(name) => (
            <li>
              <button
                type="button"
                class="filter-chip"
                aria-label={t("filter.remove", `${t(`filter.name.${name}`)}: ${words[name](props.values[name] ?? "")}`)}
                onClick={() => props.onChange({ [name]: undefined })}
              >
                <span class="text-faint">{t(`filter.name.${name}`)}</span>
                <span class="max-w-56 truncate font-medium">{words[name](props.values[name] ?? "")}</span>
                <X class="size-3.5 flex-none" aria-hidden="true" />
              </button>
            </li>
          )}
        </For>
        <Show when={active().length > 1}>
          <li>
            <Button look="plain" onClick={clear}>
              {t("filter.clear")}
            </Button>
          </li>
        </Show>
      </ul>
    </Show>
  )
}
