/** Dragging a row of a table to another place, by its handle: where it would be dropped is marked, Escape gives it up. */
import { onCleanup } from "solid-js"

export interface Drop {
  readonly key: string
  /** The rows between which it was dropped; undefined: the list ends there. */
  readonly above: string | undefined
  readonly below: string | undefined
}

/** Near the window's edge the page scrolls. */
const edgePx = 72
const scrollPx = 14

const rowsOf = (body: Element) => [...body.querySelectorAll<HTMLElement>("tr[data-key]")]

/** Returns what begins a drag when the pointer goes down on a handle inside a row. */
export function createRowDrag(onDrop: (drop: Drop) => void): (event: PointerEvent) => void {
  let stop: (() => void) | undefined
  onCleanup(() => stop?.())

  return (event) => {
    const handle = event.currentTarget
    const own = handle instanceof Element ? handle.closest<HTMLElement>("tr[data-key]") : null
    const body = own?.parentElement
    if (event.button !== 0 || own === null || body === null || body === undefined) return
    event.preventDefault()
    stop?.()
    const key = own.dataset["key"] ?? ""
    let y = event.clientY
    let frame = 0
    own.dataset["dragged"] = ""

    const unmark = () => {
      for (const row of body.querySelectorAll<HTMLElement>("[data-drop]")) delete row.dataset["drop"]
    }
    /** The rows on either side of the pointer. */
    const place = () => {
      const rows = rowsOf(body).filter((row) => row.dataset["key"] !== key)
      const next = rows.findIndex((row) => {
        const { top, height } = row.getBoundingClientRect()
        return top + height / 2 > y
      })
      const index = next === -1 ? rows.length : next
      return { above: rows[index - 1], below: rows[index] }
    }
    const mark = () => {
      unmark()
      const { above, below } = place()
      if (below !== undefined) below.dataset["drop"] = "before"
      else if (above !== undefined) above.dataset["drop"] = "after"
    }
    const scroll = () => {
      const by = y < edgePx ? -scrollPx : y > window.innerHeight - edgePx ? scrollPx : 0
      if (by !== 0) window.scrollBy(0, by)
      mark()
      frame = requestAnimationFrame(scroll)
    }
    const follow = (next: PointerEvent) => (y = next.clientY)
    const drop = () => {
      const { above, below } = place()
      stop?.()
      onDrop({ key, above: above?.dataset["key"], below: below?.dataset["key"] })
    }
    const giveUp = (press: KeyboardEvent) => {
      if (press.key !== "Escape") return
      press.preventDefault()
      stop?.()
    }
    const end = () => stop?.()
    stop = () => {
      cancelAnimationFrame(frame)
      unmark()
      delete own.dataset["dragged"]
      window.removeEventListener("pointermove", follow)
      window.removeEventListener("pointerup", drop)
      window.removeEventListener("pointercancel", end)
      window.removeEventListener("keydown", giveUp, true)
      stop = undefined
    }
    // On the window: the row may leave the page while the list scrolls.
    window.addEventListener("pointermove", follow)
    window.addEventListener("pointerup", drop)
    window.addEventListener("pointercancel", end)
    window.addEventListener("keydown", giveUp, true)
    scroll()
  }
}
