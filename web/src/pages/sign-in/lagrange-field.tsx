import { For } from "solid-js"

// Where `assets/field.mjs` found them, in the drawing's coordinates.
const bodies = { sun: [466, 500], planet: [751, 500] } as const
const points = [
  ["L1", 663, 500],
  ["L2", 862, 500],
  ["L3", 200, 500],
  ["L4", 609, 253],
  ["L5", 609, 747],
] as const

/** The equipotential lines of two bodies and the five points at rest between them; an ornament, so it has no name. */
export function LagrangeField(props: { class?: string }) {
  return (
    <div class={props.class} aria-hidden="true">
      <div class="relative aspect-square">
        <div class="field-lines absolute inset-0 text-ink opacity-[0.13]" />
        <svg viewBox="0 0 1000 1000" class="absolute inset-0">
          <circle cx={bodies.sun[0]} cy={bodies.sun[1]} r="15" fill="var(--sun)" />
          <circle cx={bodies.planet[0]} cy={bodies.planet[1]} r="7" fill="var(--ink)" />
          <For each={points}>
            {([name, x, y]) => (
              <>
                <circle cx={x} cy={y} r="9" fill="var(--point)" opacity="0.16" />
                <circle cx={x} cy={y} r="3.6" fill="var(--point)" />
                <text x={x + 14} y={y + 4} font-size="12" font-weight="550" fill="var(--ink-faint)">
                  {name}
                </text>
              </>
            )}
          </For>
        </svg>
      </div>
    </div>
  )
}
