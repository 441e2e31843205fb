import { createEffect, createMemo, createSignal, createUniqueId, For, on, onCleanup, Show, splitProps } from "solid-js"
import type { FieldControl } from "./field.tsx"
import { fitting, labelOf, type Suggestion } from "./suggestions.ts"

export interface ComboboxProps extends Partial<FieldControl> {
  /** What is typed; any text may be, whoever reads it says what it takes. */
  value: string
  suggestions: readonly Suggestion[]
  onInput: (text: string) => void
  /** A suggestion was chosen; absent: its value becomes the text. */
  onChoose?: (suggestion: Suggestion) => void
  /** Enter, where no suggestion is marked; absent: the form that it stands in hears of it. */
  onEnter?: () => void
  /** Backspace where nothing is left to take away. */
  onBackspace?: () => void
  onLeave?: () => void
  /** Names it where no `Field` does. */
  label?: string
  placeholder?: string
  class?: string
}

// Without layers there is no layout either, and nothing that would cut the list off.
const hasLayers = "showPopover" in HTMLElement.prototype

const gap = 4
const mostHeight = 288

/**
 * A field that takes any text and suggests some: typed letters narrow the list, the arrow keys mark, Enter takes, Escape closes the list
 * alone. The list lies over everything, dialogs too, and is never cut off.
 */
export function Combobox(props: ComboboxProps) {
  const [field] = splitProps(props, ["id", "aria-describedby", "aria-invalid"])
  const listId = createUniqueId()
  const [isOpen, setOpen] = createSignal(false)
  const [active, setActive] = createSignal(-1)
  const [place, setPlace] = createSignal<Record<string, string>>({})
  let input: HTMLInputElement | undefined

  const found = createMemo(() => (isOpen() ? fitting(props.suggestions, props.value) : []))
  /** One suggestion that is there already is none. */
  const isShown = () => found().length > 0 && !(found().length === 1 && labelOf(found()[0]!) === props.value) // it has one
  createEffect(on(found, () => setActive(-1)))

  const put = () => {
    if (input === undefined) return
    // Of several values the whole field, which looks like one.
    const { left, width, top, bottom } = (input.closest(".input") ?? input).getBoundingClientRect()
    const [above, below] = [top - 2 * gap, window.innerHeight - bottom - 2 * gap]
    const isAbove = below < 160 && above > below
    setPlace({
      left: `${left}px`,
      width: `${width}px`,
      "max-height": `${Math.min(mostHeight, isAbove ? above : below)}px`,
      ...(isAbove ? { bottom: `${window.innerHeight - top + gap}px` } : { top: `${bottom + gap}px` }),
    })
  }
  const raise = (list: HTMLElement) => {
    put()
    if (hasLayers) queueMicrotask(() => list.isConnected && list.showPopover())
    window.addEventListener("scroll", put, { capture: true, passive: true })
    window.addEventListener("resize", put, { passive: true })
    onCleanup(() => {
      window.removeEventListener("scroll", put, { capture: true })
      window.removeEventListener("resize", put)
    })
  }

  const choose = (suggestion: Suggestion) => {
    setOpen(false)
    if (props.onChoose === undefined) props.onInput(suggestion.value)
    else props.onChoose(suggestion)
  }
  const walk = (step: 1 | -1) => {
    if (!isOpen()) return setOpen(true)
    const count = found().length
    if (count === 0) return undefined
    // One place is the field itself: none is marked there.
    setActive(((active() + 1 + step + count + 1) % (count + 1)) - 1)
    document.querySelector(`#${listId}-${active()}`)?.scrollIntoView({ block: "nearest" })
    return undefined
  }
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const marked = isShown() ? found()[active()] : undefined
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      walk(event.key === "ArrowDown" ? 1 : -1)
    } else if (event.key === "Enter" && marked !== undefined) {
      event.preventDefault()
      choose(marked)
    } else if (event.key === "Enter" && props.onEnter !== undefined) {
      event.preventDefault()
      setOpen(false)
      props.onEnter()
    } else if (event.key === "Escape" && isShown()) {
      event.preventDefault()
      // The dialog that it stands in listens to the document.
      event.stopPropagation()
      setOpen(false)
    } else if (event.key === "Backspace" && props.value === "") props.onBackspace?.()
  }

  return (
    <>
      <input
        {...field}
        ref={(element) => (input = element)}
        type="text"
        role="combobox"
        class={props.class ?? "input font-mono text-[0.8125rem]"}
        aria-label={props.label}
        aria-autocomplete="list"
        aria-expanded={isShown()}
        aria-controls={isShown() ? listId : undefined}
        aria-activedescendant={isShown() && active() >= 0 ? `${listId}-${active()}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={props.placeholder}
        value={props.value}
        onInput={(event) => {
          props.onInput(event.currentTarget.value)
          setOpen(true)
        }}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          props.onLeave?.()
        }}
        // On the element itself, before the document hears of it.
        on:keydown={press}
      />
      <Show when={isShown()}>
        <ul
          id={listId}
          role="listbox"
          aria-label={props.label ?? props.placeholder ?? ""}
          popover={hasLayers ? "manual" : undefined}
          class="suggestions"
          style={place()}
          ref={raise}
        >
          <For each={found()}>
            {(suggestion, index) => (
              <li
                id={`${listId}-${index()}`}
                role="option"
                aria-selected={active() === index()}
                class="flex cursor-pointer items-baseline justify-between gap-3 rounded-small px-2 py-1.5 aria-selected:bg-hover"
                onPointerMove={() => setActive(index())}
                // The field keeps the focus.
                onPointerDown={(event) => event.preventDefault()}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => choose(suggestion)}
              >
                <span class="min-w-0 wrap-anywhere">{labelOf(suggestion)}</span>
                <Show when={suggestion.hint}>
                  {(hint) => <span class="flex-none font-sans text-xs text-faint">{hint()}</span>}
                </Show>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  )
}
