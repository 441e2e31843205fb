import { Tabs as Kobalte } from "@kobalte/core/tabs"
import { createEffect, createMemo, For, type JSX, on, Show, untrack } from "solid-js"
import { createUrlState } from "../lib/create-url-state.ts"

export interface Tab {
  /** Stands in the address. */
  id: string
  label: string
  /** How many things are in it, as it is read. */
  count?: string | undefined
  /** Made when it is looked at, and taken away with the next one. */
  content: () => JSX.Element
}

interface TabsProps {
  /** What they are parts of, for those who do not see it. */
  label: string
  tabs: readonly Tab[]
}

/** Parts of a page of which one is seen; which one stands in the address as `tab`, but for the first. */
export function Tabs(props: TabsProps) {
  const chosen = createUrlState<"tab">()
  const open = () => (props.tabs.find(({ id }) => id === chosen.get("tab")) ?? props.tabs[0])?.id
  // By their ids: a count that changes must not make anew what somebody is typing in.
  const ids = createMemo(() => props.tabs.map(({ id }) => id))
  const tabOf = (id: string) => props.tabs.find((tab) => tab.id === id)
  const choose = (id: string) => chosen.set({ tab: id === props.tabs[0]?.id ? undefined : id })
  // Where there is no room for all of them, the open one is brought into view.
  let frame: HTMLElement | undefined
  const widths = () => [open(), ...props.tabs.map(({ label, count }) => `${label} ${count ?? ""}`)].join("\n")
  createEffect(
    on(widths, () =>
      queueMicrotask(() => {
        const [list, tab] = [frame?.firstElementChild, frame?.querySelector('[aria-selected="true"]')]
        if (!list || !tab) return
        const [whole, part] = [list.getBoundingClientRect(), tab.getBoundingClientRect()]
        list.scrollLeft += part.left + part.width / 2 - (whole.left + whole.width / 2)
      }),
    ),
  )
  return (
    <Kobalte value={open()} onChange={choose} class="flex min-w-0 flex-col gap-5">
      <div class="min-w-0" ref={(element) => (frame = element)}>
        <Kobalte.List class="tab-list" aria-label={props.label}>
          <For each={ids()}>
            {(id) => (
              <Kobalte.Trigger value={id} class="tab">
                {tabOf(id)?.label}
                <Show when={tabOf(id)?.count}>
                  {(count) => <span class="text-xs text-faint tabular-nums">{count()}</span>}
                </Show>
              </Kobalte.Trigger>
            )}
          </For>
        </Kobalte.List>
      </div>
      <For each={ids()}>
        {(id) => (
          <Kobalte.Content value={id} class="min-w-0 outline-offset-4">
            {untrack(() => tabOf(id)?.content())}
          </Kobalte.Content>
        )}
      </For>
    </Kobalte>
  )
}
