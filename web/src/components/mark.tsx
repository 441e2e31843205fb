/** Lagrange's mark: a sun, a planet on its orbit, and the two points that lead and trail it (L4 and L5). */
export function Mark(props: { class?: string; busy?: boolean }) {
  return (
    <svg viewBox="0 0 32 32" class={props.class} fill="none" aria-hidden="true">
      <circle cx="16" cy="16" r="12" stroke="var(--line-strong)" stroke-width="1.5" />
      <circle cx="16" cy="16" r="4.75" fill="var(--sun)" />
      <g classList={{ orbiting: props.busy === true }}>
        <circle cx="28" cy="16" r="2.75" fill="var(--ink)" />
        <circle cx="22" cy="5.6" r="2" fill="var(--point)" />
        <circle cx="22" cy="26.4" r="2" fill="var(--point)" />
      </g>
    </svg>
  )
}
