/** What the open page lets one do from the command palette. */
import { type Accessor, onCleanup } from "solid-js"

export interface PageAction {
  label: string
  run: () => void
}

// No signal: the palette looks when it opens, and a page changes this while the router swaps pages.
const lists = new Set<Accessor<readonly PageAction[]>>()

/** The actions of the page that is open. */
export const pageActions = (): readonly PageAction[] => [...lists].flatMap((list) => list())

/** Offers actions in the palette for as long as the calling component is there. */
export function offerActions(actions: Accessor<readonly PageAction[]>): void {
  lists.add(actions)
  onCleanup(() => lists.delete(actions))
}
