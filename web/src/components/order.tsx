/** A list that a person puts in order: by dragging a handle, by the arrow keys on it, or by the buttons beside it. */
import ArrowDown from "lucide-solid/icons/arrow-down"
import ArrowUp from "lucide-solid/icons/arrow-up"
import GripVertical from "lucide-solid/icons/grip-vertical"
import { type Accessor, createSignal, onCleanup } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

interface OrderOptions {
  count: Accessor<number>
  nameOf: (index: number) => string
  onMove: (from: number, to: number) => void
}

export interface Order {
  count: Accessor<number>
  nameOf: (index: number) => string
  /** The element whose children are the entries, in order. */
  setList: (element: HTMLElement) => void
  /** The entry that is being dragged. */
  dragged: Accessor<number | undefined>
  /** What was moved last, for those who do not see it. */
  told: Accessor<string>
  /** Moves it there, and gives the focus back to the control that asked for it. */
  move: (from: number, to: number, control: Control) => void
  drag: (index: number, event: PointerEvent) => void
}

type Control = "handle" | "up" | "down"

/** The list without the entry and with it again where it belongs. */
export function moved<Entry>(list: readonly Entry[], from: number, to: number): Entry[] {
  const rest = list.filter((_, index) => index !== from)
  return [...rest.slice(0, to), ...list.slice(from, from + 1), ...rest.slice(to)]
}

export function createOrder({ count, nameOf, onMove }: OrderOptions): Order {
  const { t } = useI18n()
  let list: HTMLElement | undefined
  const [dragged, setDragged] = createSignal<number>()
  const [told, setTold] = createSignal("")
  let stop: (() => void) | undefined
  onCleanup(() => stop?.())

  const put = (from: number, to: number): boolean => {
    if (to < 0 || to >= count() || to === from) return false
    const name = nameOf(from)
    onMove(from, to)
    setTold(t("order.moved", name, to + 1, count()))
    return true
  }
  const move = (from: number, to: number, control: Control) => {
    if (!put(from, to)) return
    // An element that changes its place in the document loses the focus; at the end of the list a button is of no use.
    queueMicrotask(() => {
      const entry = list?.children[to]
      const wanted = entry?.querySelector<HTMLButtonElement>(`[data-order="${control}"]:not(:disabled)`)
      const focused = wanted ?? entry?.querySelector<HTMLButtonElement>("[data-order]:not(:disabled)")
      focused?.focus()
    })
  }
  /** Before whose middle the pointer is; the entries have their own heights. */
  const placeAt = (y: number, from: number): number => {
    const others = [...(list?.children ?? [])].filter((_, index) => index !== from)
    return others.filter((entry) => {
      const { top, height } = entry.getBoundingClientRect()
      return top + height / 2 < y
    }).length
  }
  const drag = (index: number, event: PointerEvent) => {
    if (event.button !== 0) return
    event.preventDefault()
    stop?.()
    setDragged(index)
    const follow = (next: PointerEvent) => {
      const from = dragged()
      if (from === undefined) return
      const to = placeAt(next.clientY, from)
      if (put(from, to)) setDragged(to)
    }
    // On the window: an element that changes its place in the document hears no more of the pointer that it took.
    stop = () => {
      setDragged(undefined)
      window.removeEventListener("pointermove", follow)
      window.removeEventListener("pointerup", end)
      window.removeEventListener("pointercancel", end)
      stop = undefined
    }
    const end = () => stop?.()
    window.addEventListener("pointermove", follow)
    window.addEventListener("pointerup", end)
    window.addEventListener("pointercancel", end)
  }
  const setList = (element: HTMLElement) => (list = element)
  return { count, nameOf, setList, dragged, told, move, drag }
}

interface OrderPartProps {
  order: Order
  index: number
}

export function OrderHandle(props: OrderPartProps) {
  const { t } = useI18n()
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0
    if (step === 0) return
    event.preventDefault()
    props.order.move(props.index, props.index + step, "handle")
  }
  return (
    <button
      type="button"
      data-order="handle"
      class="order-handle"
      aria-label={t("order.handle", props.order.nameOf(props.index))}
      onKeyDown={press}
      onPointerDown={(event) => props.order.drag(props.index, event)}
    >
      <GripVertical class="size-4" aria-hidden="true" />
    </button>
  )
}

export function OrderButtons(props: OrderPartProps) {
  const { t } = useI18n()
  const name = () => props.order.nameOf(props.index)
  return (
    <>
      <button
        type="button"
        data-order="up"
        class="button button-plain button-icon"
        disabled={props.index === 0}
        aria-label={t("order.up", name())}
        title={t("order.up", name())}
        onClick={() => props.order.move(props.index, props.index - 1, "up")}
      >
        <ArrowUp />
      </button>
      <button
        type="button"
        data-order="down"
        class="button button-plain button-icon"
        disabled={props.index === props.order.count() - 1}
        aria-label={t("order.down", name())}
        title={t("order.down", name())}
        onClick={() => props.order.move(props.index, props.index + 1, "down")}
      >
        <ArrowDown />
      </button>
    </>
  )
}

/** Says aloud what was moved where. */
export function OrderTold(props: { order: Order }) {
  return (
    <p class="sr-only" role="status">
      {props.order.told()}
    </p>
  )
}
