/** The seven tones that a state can have; their colours are in `tokens.css`. */
export type Tone = "good" | "cool" | "begin" | "hand" | "bad" | "held" | "quiet"

/** A state in one or two words, with a dot in its colour. */
export function Badge(props: { tone: Tone; label: string; busy?: boolean; title?: string }) {
  return (
    <span class={`badge tone-${props.tone}`} title={props.title}>
      <span class="badge-dot" classList={{ "dot-busy": props.busy === true }} />
      {props.label}
    </span>
  )
}
