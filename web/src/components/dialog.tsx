import { Dialog as Kobalte } from "@kobalte/core/dialog"
import X from "lucide-solid/icons/x"
import { type ParentProps, Show } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"

export interface DialogProps {
  open: boolean
  onClose: () => void
  title: string
  /** One sentence under the title, read out with it. */
  description?: string
  /** When true neither Escape nor a click outside closes it: what it shows would be lost. */
  holds?: boolean
  wide?: boolean
}

/** A modal dialog: focus goes in and comes back, the rest of the page is out of reach; a sheet from below on phones. */
export function Dialog(props: ParentProps<DialogProps>) {
  const { t } = useI18n()
  let before: Element | null = null
  const enter = (event: Event) => {
    before = document.activeElement
    const fields = "input:not([type=checkbox]), select, textarea, [role=textbox]"
    const first = event.target instanceof Element ? event.target.querySelector<HTMLElement>(fields) : null
    if (first === null) return
    event.preventDefault()
    first.focus()
  }
  // Back to where it was opened, or to the page when that is gone (a row that was removed).
  const leave = (event: Event) => {
    event.preventDefault()
    const origin = before?.isConnected === true ? before : document.querySelector("#content")
    if (origin instanceof HTMLElement) origin.focus()
  }
  const guard = (event: Event) => props.holds === true && event.preventDefault()
  return (
    <Kobalte open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="overlay" />
        <div class="fixed inset-0 z-50 flex items-end justify-center sm:items-center sm:p-6">
          <Kobalte.Content
            class="dialog relative flex max-h-[92dvh] w-full flex-col overflow-hidden rounded-t-large bg-raised shadow-float sm:rounded-large"
            classList={{ "sm:max-w-[36rem]": props.wide === true, "sm:max-w-[29rem]": props.wide !== true }}
            onOpenAutoFocus={enter}
            onCloseAutoFocus={leave}
            onEscapeKeyDown={guard}
            onPointerDownOutside={guard}
          >
            <header class="flex items-start gap-3 px-5 pt-5 sm:px-6 sm:pt-6">
              <div class="min-w-0 flex-1">
                <Kobalte.Title class="text-[1.0625rem] font-semibold wrap-anywhere">{props.title}</Kobalte.Title>
                <Show when={props.description}>
                  {(description) => <Kobalte.Description class="mt-1 text-soft">{description()}</Kobalte.Description>}
                </Show>
              </div>
              <Show when={props.holds !== true}>
                <Kobalte.CloseButton class="button button-plain button-icon -mt-1 -mr-2" aria-label={t("action.close")}>
                  <X />
                </Kobalte.CloseButton>
              </Show>
            </header>
            {props.children}
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  )
}

/** The scrolling middle of a dialog. */
export function DialogBody(props: ParentProps) {
  return <div class="flex flex-col gap-4 overflow-y-auto px-5 py-5 sm:px-6">{props.children}</div>
}

/** The row of buttons that ends a dialog, the chosen one last. */
export function DialogActions(props: ParentProps) {
  return (
    <footer class="flex justify-end gap-2 border-t border-line bg-sunken/60 px-5 py-3.5 pb-[max(0.875rem,env(safe-area-inset-bottom))] sm:px-6">
      {props.children}
    </footer>
  )
}
