import { DropdownMenu } from "@kobalte/core/dropdown-menu"
import Check from "lucide-solid/icons/check"
import { type Component, createSignal, For, type JSX, Match, type ParentProps, Show, Switch } from "solid-js"
import { Dynamic } from "solid-js/web"

export interface MenuEntry {
  label: string
  run: () => void
  icon?: Component
  /** What stands at its end, such as a count. */
  detail?: string
  isDangerous?: boolean
  isDisabled?: boolean
  /** There: it is one to tick, and the menu stays open. */
  isChecked?: boolean
}

export interface MenuSection {
  title?: string
  entries: readonly MenuEntry[]
}

interface MenuProps {
  /** What the button is called where its children are an icon. */
  label?: string
  sections: readonly MenuSection[]
  look?: "primary" | "secondary" | "plain"
  icon?: boolean
  class?: string
  /** At which edge of the button it hangs. */
  at?: "start" | "end"
}

/**
 * A button with a menu: arrow keys, letters, Escape. The menu's machinery is made when it is opened first, because a long list has
 * one a row.
 */
export function Menu(props: ParentProps<MenuProps>) {
  const [isUsed, setUsed] = createSignal(false)
  const look = () => `button button-${props.look ?? "secondary"} ${props.class ?? ""}`
  return (
    <Show
      when={isUsed()}
      fallback={
        <button
          type="button"
          class={look()}
          classList={{ "button-icon": props.icon === true }}
          aria-label={props.label}
          title={props.label}
          aria-haspopup="menu"
          aria-expanded="false"
          onClick={() => setUsed(true)}
          onKeyDown={(event) => {
            if (event.key !== "ArrowDown") return
            event.preventDefault()
            setUsed(true)
          }}
        >
          {props.children}
        </button>
      }
    >
      <DropdownMenu
        defaultOpen
        modal={false}
        placement={props.at === "start" ? "bottom-start" : "bottom-end"}
        gutter={4}
        overflowPadding={8}
      >
        <DropdownMenu.Trigger
          class={look()}
          classList={{ "button-icon": props.icon === true }}
          aria-label={props.label}
          title={props.label}
        >
          {props.children}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu">
            <For each={props.sections}>{(section) => <Section section={section} />}</For>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
    </Show>
  )
}

function Section(props: { section: MenuSection }) {
  return (
    <DropdownMenu.Group class="menu-section">
      <Show when={props.section.title}>
        {(title) => <DropdownMenu.GroupLabel class="menu-title">{title()}</DropdownMenu.GroupLabel>}
      </Show>
      <For each={props.section.entries}>{(entry) => <Entry entry={entry} />}</For>
    </DropdownMenu.Group>
  )
}

function Entry(props: { entry: MenuEntry }) {
  const words = (): JSX.Element => (
    <>
      <span class="min-w-0 flex-1 wrap-anywhere">{props.entry.label}</span>
      <Show when={props.entry.detail}>
        {(detail) => <span class="text-xs text-faint tabular-nums">{detail()}</span>}
      </Show>
    </>
  )
  return (
    <Switch>
      <Match when={props.entry.isChecked !== undefined}>
        <DropdownMenu.CheckboxItem
          class="menu-entry"
          checked={props.entry.isChecked === true}
          disabled={props.entry.isDisabled === true}
          closeOnSelect={false}
          onChange={() => props.entry.run()}
        >
          <span class="menu-icon">
            <DropdownMenu.ItemIndicator>
              <Check />
            </DropdownMenu.ItemIndicator>
          </span>
          {words()}
        </DropdownMenu.CheckboxItem>
      </Match>
      <Match when={true}>
        <DropdownMenu.Item
          class="menu-entry"
          classList={{ "tone-bad text-tone": props.entry.isDangerous === true }}
          disabled={props.entry.isDisabled === true}
          onSelect={() => props.entry.run()}
        >
          <Show when={props.entry.icon}>
            {(icon) => (
              <span class="menu-icon">
                <Dynamic component={icon()} />
              </span>
            )}
          </Show>
          {words()}
        </DropdownMenu.Item>
      </Match>
    </Switch>
  )
}
