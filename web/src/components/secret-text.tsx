import { CopyButton } from "./copy-button.tsx"

interface SecretTextProps {
  text: string
  label: string
  copyLabel: string
}

/** A secret that is shown this once: selected by one click, copied by a button. */
export function SecretText(props: SecretTextProps) {
  return (
    <div class="flex items-center gap-2 rounded-medium bg-sunken p-1.5 pl-3.5 ring-1 ring-line-strong">
      <code
        role="textbox"
        aria-readonly="true"
        aria-label={props.label}
        tabIndex={0}
        class="min-w-0 flex-1 font-mono text-[0.8125rem] select-all wrap-anywhere"
      >
        {props.text}
      </code>
      <CopyButton text={props.text} label={props.copyLabel} />
    </div>
  )
}
