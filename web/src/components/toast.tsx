/** What was just done, told in a corner for a while, with the way back where there is one. What failed is told where it was asked for, not here. */
import X from "lucide-solid/icons/x"
import { createEffect, createRoot, createSignal, For, onCleanup, onMount, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { Button } from "./button.tsx"
import { footBar, liftOver } from "./foot-bar.ts"

export interface ToastOptions {
  /** One sentence: what was done. */
  text: string
  /** The way back, such as `{ label: "Undo", run }`. It is told longer then. */
  action?: { label: string; run: () => void }
}

interface Toast extends ToastOptions {
  id: number
}

const shownMs = 6_000
const shownWithActionMs = 12_000

/** Between a toast and a bar. */
const gapPx = 8

/** More at a time would hide the page. */
const most = 3

const [toasts, setToasts] = createRoot(() => createSignal<readonly Toast[]>([]))
let lastId = 0

const dismiss = (id: number) => setToasts((all) => all.filter((toast) => toast.id !== id))

/** Tells something that was done. */
export function showToast(options: ToastOptions): void {
  const toast = { ...options, id: ++lastId }
  setToasts((all) => [...all, toast].slice(-most))
}

/** Where toasts are shown; once, around every page. It is there before the first one, so that each is read out. */
export function Toasts() {
  const { t } = useI18n()
  // Whoever signs in next did none of it.
  onCleanup(() => setToasts([]))
  const { lift, setSection } = createLift()
  return (
    <section aria-label={t("app.done")} class="toasts" ref={setSection} style={{ "margin-bottom": `${lift()}px` }}>
      <ol aria-live="polite" aria-relevant="additions" class="flex w-full flex-col items-end gap-2">
        <For each={toasts()}>{(toast) => <ToastView toast={toast} />}</For>
      </ol>
    </section>
  )
}

/** How far up toasts go so that they lie over no bar at the foot, wherever it stands. */
function createLift() {
  const [lift, setLift] = createSignal(0)
  const [section, setSection] = createSignal<HTMLElement>()
  createEffect(() => {
    const [bar, own] = [footBar(), section()]
    if (bar === undefined || own === undefined || toasts().length === 0) return setLift(0)
    const place = () => {
      const { bottom, height } = own.getBoundingClientRect()
      setLift((now) => liftOver(bar.getBoundingClientRect(), { bottom: bottom + now, height }, gapPx))
    }
    place()
    // The bar moves with the page, and with what grows or goes above it.
    const observer = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(place)
    for (const element of [bar, own, document.body]) observer?.observe(element)
    window.addEventListener("scroll", place, { passive: true })
    window.addEventListener("resize", place)
    onCleanup(() => {
      observer?.disconnect()
      window.removeEventListener("scroll", place)
      window.removeEventListener("resize", place)
    })
    return undefined
  })
  return { lift, setSection }
}

function ToastView(props: { toast: Toast }) {
  const { t } = useI18n()
  // It does not go away under the hand or the focus of who reads it.
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = () => clearTimeout(timer)
  const leaveLater = () => {
    hold()
    const { id, action } = props.toast
    timer = setTimeout(() => dismiss(id), action === undefined ? shownMs : shownWithActionMs)
  }
  onMount(leaveLater)
  onCleanup(hold)
  return (
    <li class="toast" onPointerEnter={hold} onPointerLeave={leaveLater} onFocusIn={hold} onFocusOut={leaveLater}>
      <span class="min-w-0 flex-1 py-1 wrap-anywhere">{props.toast.text}</span>
      <Show when={props.toast.action}>
        {(action) => (
          <Button
            look="plain"
            class="text-point"
            onClick={() => {
              action().run()
              dismiss(props.toast.id)
            }}
          >
            {action().label}
          </Button>
        )}
      </Show>
      <Button look="plain" icon aria-label={t("action.close")} onClick={() => dismiss(props.toast.id)}>
        <X />
      </Button>
    </li>
  )
}
