import { type Accessor, createMemo, createSignal, onCleanup, onMount } from "solid-js"

interface VirtualRowsOptions<Row> {
  rows: Accessor<readonly Row[]>
  keyOf: (row: Row) => string
  /** How high a row is as long as it was not seen, in pixels. */
  estimate: number
}

// What costs nothing to draw is drawn whole: find-in-page and printing then have all of it.
const fewRows = 60

// Above and below what is seen, so that a flick of the wheel meets rows.
const marginPx = 600

/**
 * Which rows of a long list have to be there: those that are seen while the page scrolls, by heights that are measured as rows
 * come. `before` and `after` are the room that the others take, in pixels.
 */
export function createVirtualRows<Row>({ rows, keyOf, estimate }: VirtualRowsOptions<Row>) {
  let body: HTMLElement | undefined
  const heights = new Map<string, number>()
  const [measured, setMeasured] = createSignal(0)
  const [top, setTop] = createSignal(0)
  const [viewport, setViewport] = createSignal(0)

  /** Where each row begins; one more for where the last one ends. */
  const offsets = createMemo(() => {
    measured()
    const all = new Float64Array(rows().length + 1)
    rows().forEach((row, index) => (all[index + 1] = (all[index] ?? 0) + (heights.get(keyOf(row)) ?? estimate)))
    return all
  })
  /** The row at a distance from the top of the list. */
  const indexAt = (distance: number): number => {
    let [low, high] = [0, Math.max(0, rows().length - 1)]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((offsets()[middle] ?? 0) <= distance) low = middle
      else high = middle - 1
    }
    return low
  }
  const range = createMemo(
    () => {
      const count = rows().length
      if (count <= fewRows) return { start: 0, end: count }
      return { start: indexAt(top() - marginPx), end: Math.min(count, indexAt(top() + viewport() + marginPx) + 1) }
    },
    undefined,
    { equals: (one, other) => one.start === other.start && one.end === other.end },
  )

  let frame = 0
  const look = () => {
    frame = 0
    setTop(-(body?.getBoundingClientRect().top ?? 0))
    setViewport(window.innerHeight)
  }
  const lookSoon = () => (frame ||= requestAnimationFrame(look))
  onMount(() => {
    look()
    window.addEventListener("scroll", lookSoon, { passive: true })
    window.addEventListener("resize", lookSoon, { passive: true })
    onCleanup(() => {
      window.removeEventListener("scroll", lookSoon)
      window.removeEventListener("resize", lookSoon)
      cancelAnimationFrame(frame)
    })
  })

  const keys = new WeakMap<Element, string>()
  const observer =
    typeof ResizeObserver === "undefined"
      ? undefined
      : new ResizeObserver((entries) => {
          let isOther = false
          for (const { target } of entries) {
            const [key, height] = [keys.get(target), target.getBoundingClientRect().height]
            if (key === undefined || height === 0 || heights.get(key) === height) continue
            heights.set(key, height)
            isOther = true
          }
          if (isOther) setMeasured((count) => count + 1)
          lookSoon()
        })
  onCleanup(() => observer?.disconnect())

  return {
    range,
    visible: createMemo(() => rows().slice(range().start, range().end)),
    before: () => offsets()[range().start] ?? 0,
    after: () => (offsets()[rows().length] ?? 0) - (offsets()[range().end] ?? 0),
    /** The element whose top is the list's. */
    setBody: (element: HTMLElement) => (body = element),
    /** Measures the element of a row for as long as it is there. */
    measure: (element: HTMLElement, row: Row) => {
      keys.set(element, keyOf(row))
      observer?.observe(element)
      onCleanup(() => observer?.unobserve(element))
    },
    /** Scrolls so far that a row is seen. */
    reveal: (index: number) => {
      if (body === undefined) return
      const from = body.getBoundingClientRect().top + window.scrollY
      const [start, end] = [from + (offsets()[index] ?? 0), from + (offsets()[index + 1] ?? 0)]
      if (start < window.scrollY + 80) window.scrollTo({ top: start - 80 })
      else if (end > window.scrollY + window.innerHeight - 80) window.scrollTo({ top: end - window.innerHeight + 80 })
      look()
    },
  }
}
