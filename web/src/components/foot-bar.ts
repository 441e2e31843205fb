/** The bar that stands at the window's foot, or where the page ends before: what is told beside the page keeps clear of it. */
import { createRoot, createSignal, onCleanup } from "solid-js"

const [footBar, setFootBar] = createRoot(() => createSignal<HTMLElement>())

export { footBar }

/** The `ref` of a bar: it is for pressing as long as it is there, and nothing lies over it. */
export function standAtFoot(element: HTMLElement): void {
  setFootBar(element)
  onCleanup(() => setFootBar((now) => (now === element ? undefined : now)))
}

/** How far up something has to go that would lie over a bar; it ends at `bottom` and is `height` tall, with a gap between them. */
export function liftOver(
  bar: { readonly top: number; readonly bottom: number },
  { bottom, height }: { readonly bottom: number; readonly height: number },
  gap: number,
): number {
  const isClear = bar.bottom + gap <= bottom - height || bar.top - gap >= bottom
  return isClear ? 0 : bottom - bar.top + gap
}
