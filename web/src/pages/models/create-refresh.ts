import { onCleanup, onMount } from "solid-js"

// What others change, and which accounts serve, is seen soon; nobody looks at a page that is not shown.
const everyMs = 20_000

/** Reads again while the page is looked at, and when one comes back to it. */
export function createRefresh(again: () => void): void {
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
