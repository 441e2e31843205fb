import { Show } from "solid-js"
import { CopyButton } from "./copy-button.tsx"

interface CodeBlockProps {
  text: string
  /** What it is, for those who do not see it. */
  label: string
  /** What its button copies. Absent: there is no button. */
  copyLabel?: string
  /** Where it belongs, such as the name of a file; shown above it. */
  title?: string
  /** Lines keep their length and are scrolled to; they are broken otherwise. */
  keepsLines?: boolean
}

/** A text for machines, to be read and copied. It can be scrolled to from the keyboard. */
export function CodeBlock(props: CodeBlockProps) {
  return (
    <div class="min-w-0 overflow-hidden rounded-medium bg-sunken ring-1 ring-line">
      <Show when={props.title !== undefined || props.copyLabel !== undefined}>
        <div class="flex min-h-10 flex-wrap items-center justify-end gap-x-3 gap-y-1 border-b border-line py-1 pr-1 pl-3.5">
          <span class="min-w-0 flex-1 basis-24 font-mono text-xs text-soft wrap-anywhere">{props.title}</span>
          <Show when={props.copyLabel}>{(label) => <CopyButton text={props.text} label={label()} />}</Show>
        </div>
      </Show>
      <pre
        class="max-h-80 overflow-auto p-3.5 font-mono text-xs leading-relaxed"
        classList={{ "whitespace-pre-wrap wrap-anywhere": props.keepsLines !== true }}
        tabIndex={0}
        role="group"
        aria-label={props.label}
      >
        {props.text}
      </pre>
    </div>
  )
}
