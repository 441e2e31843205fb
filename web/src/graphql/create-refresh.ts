import { onCleanup, onMount } from "solid-js"

/** Reads again every so often while the page is looked at, and when one comes back to it; nobody looks at a page that is not shown. */
export function createRefresh(again: () => void, everyMs: number): void {
  const look = () => document.visibilityState === "visible" && again()
  onMount(() => {
    const timer = setInterval(look, everyMs)
    document.addEventListener("visibilitychange", look)
    onCleanup(() => {
      clearInterval(timer)
      document.removeEventListener("visibilitychange", look)
    })
  })
}
