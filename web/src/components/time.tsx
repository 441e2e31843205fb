import { Show } from "solid-js"
import { createFormat } from "../i18n/i18n.tsx"

/** A moment as people say it, with the exact one on hover. `otherwise` is shown when there is none. */
export function Time(props: { at: string | null; otherwise: string }) {
  const format = createFormat()
  return (
    <Show when={props.at} fallback={<span class="whitespace-nowrap text-faint">{props.otherwise}</span>}>
      {(at) => (
        <time dateTime={at()} title={format.exact(at())} class="whitespace-nowrap">
          {format.relative(at())}
        </time>
      )}
    </Show>
  )
}
