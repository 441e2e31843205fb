/** One clock for all relative times of the page: it ticks while somebody reads it. */
import { createRoot, createSignal, onCleanup } from "solid-js"

const tickMs = 5_000

const [now, setNow] = createRoot(() => createSignal(Date.now()))
let readers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** The moment now in milliseconds, good to five seconds, for the life of the calling component. */
export function createNow() {
  if (readers++ === 0) {
    setNow(Date.now())
    timer = setInterval(() => setNow(Date.now()), tickMs)
  }
  onCleanup(() => {
    if (--readers === 0) clearInterval(timer)
  })
  return now
}
