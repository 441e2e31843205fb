interface SwitchProps {
  checked: boolean
  label: string
  /** The label is for those who do not see the switch; what it is about stands beside it. */
  isLabelHidden?: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void
}

/** Something that is on or off, at once. */
export function Switch(props: SwitchProps) {
  return (
    <label class="inline-flex items-center gap-2.5">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.checked}
        disabled={props.disabled === true}
        onChange={(event) => {
          const wanted = event.currentTarget.checked
          // It shows what is so, not what was wished: who holds the state says it.
          event.currentTarget.checked = props.checked
          props.onChange(wanted)
        }}
      />
      <span classList={{ "sr-only": props.isLabelHidden === true }}>{props.label}</span>
    </label>
  )
}
