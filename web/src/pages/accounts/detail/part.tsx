import { createUniqueId, type JSX, type ParentProps } from "solid-js"

/** A part of the page: its name, what one can do with it, and a card. */
export function Part(props: ParentProps<{ title: string; action?: JSX.Element }>) {
  const id = createUniqueId()
  return (
    <section class="flex min-w-0 flex-col gap-3" aria-labelledby={id}>
      <div class="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 id={id} class="text-[0.9375rem] font-semibold">
          {props.title}
        </h2>
        {props.action}
      </div>
      {/* Clipped, not hidden: what sticks to the window's foot in it still does. */}
      <div class="card overflow-clip">{props.children}</div>
    </section>
  )
}
