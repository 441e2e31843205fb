import type { JSX } from "solid-js"

/** One figure with its name, in a list of them (`dl`). */
export function Fact(props: { name: JSX.Element; hint?: string; children: JSX.Element }) {
  return (
    <div class="min-w-0" title={props.hint}>
      <dt class="text-xs text-faint">{props.name}</dt>
      <dd class="wrap-anywhere">{props.children}</dd>
    </div>
  )
}
