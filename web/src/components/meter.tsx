interface MeterProps {
  /** From 0 to 1. */
  value: number
  label: string
  /** The value as it is read. */
  text: string
  /** One of many in a list. */
  thin?: boolean
}

/** A share of a whole as a bar: red where little is left. */
export function Meter(props: MeterProps) {
  const tone = () => (props.value <= 0.1 ? "tone-bad" : props.value <= 0.3 ? "tone-hand" : "tone-good")
  return (
    <div
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={props.value}
      aria-valuetext={props.text}
      class={`${tone()} ${props.thin === true ? "h-1.5" : "h-2"} overflow-hidden rounded-full bg-sunken ring-1 ring-line`}
    >
      <div
        class="h-full rounded-full bg-tone-dot"
        style={{ width: `${Math.max(0, Math.min(1, props.value)) * 100}%` }}
      />
    </div>
  )
}
