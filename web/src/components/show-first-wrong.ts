import { type Accessor, createEffect, on } from "solid-js"

/**
 * When a form tells what is wrong, brings the first of it into view: forms scroll and fold, and who pressed the button must not look
 * at a place where nothing happened. `form` is read when there is something to show.
 */
export function showFirstWrong(form: () => HTMLElement | undefined, errors: Accessor<unknown>): void {
  createEffect(on(errors, () => show(form()), { defer: true }))
}

function show(form: HTMLElement | undefined): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]')
  const alerts = [...(form?.querySelectorAll('[role="alert"]') ?? [])]
  const folded = wrong?.closest("details")
  if (folded) folded.open = true
  wrong?.focus()
  const follows = (alert: Element): boolean =>
    wrong !== null &&
    wrong !== undefined &&
    (wrong.compareDocumentPosition(alert) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  const sentence = alerts.find(follows) ?? alerts.at(-1)
  sentence?.scrollIntoView({ block: "nearest" })
}
