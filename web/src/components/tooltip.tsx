import { Tooltip as Kobalte } from "@kobalte/core/tooltip"
import type { JSX, ParentProps } from "solid-js"

interface TooltipProps {
  /** What is said of the words it stands at. */
  text: JSX.Element
  /** For a trigger that is no text, such as an icon: what it is called. */
  label?: string
  class?: string
}

/**
 * Words with more about them, shown on hover and on focus, put away with Escape. Only what helps: nobody must need it, as a
 * finger has no hover. For one exact value of a time or a number the `title` does.
 */
export function Tooltip(props: ParentProps<TooltipProps>) {
  return (
    <Kobalte openDelay={250} closeDelay={80} gutter={6} overflowPadding={12}>
      <Kobalte.Trigger as="span" tabIndex={0} class={`tooltip-trigger ${props.class ?? ""}`} aria-label={props.label}>
        {props.children}
      </Kobalte.Trigger>
      <Kobalte.Portal>
        <Kobalte.Content class="tooltip">{props.text}</Kobalte.Content>
      </Kobalte.Portal>
    </Kobalte>
  )
}
