import { createMemo } from "solid-js"

interface SparklineProps {
  /** The newest last; fewer than `length` are drawn at the right edge. */
  values: readonly number[]
  length: number
  /** What the line shows, for those who do not see it. */
  label: string
  /** Half as high: one of many in a list. */
  short?: boolean
}

const width = 240
const height = 48
const margin = 2

/** A line over time that always begins at nought, so that a small ripple never looks like a flood. */
export function Sparkline(props: SparklineProps) {
  const points = createMemo(() => {
    const peak = Math.max(1, ...props.values)
    const first = props.length - props.values.length
    const step = width / Math.max(1, props.length - 1)
    return props.values.map((value, index) => ({
      x: (first + index) * step,
      y: height - margin - (value / peak) * (height - 2 * margin),
    }))
  })
  const line = () =>
    points()
      .map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`)
      .join("")
  const area = () => {
    const [first] = points()
    return first === undefined ? "" : `${line()}L${width} ${height}L${first.x.toFixed(1)} ${height}Z`
  }
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      class={`${props.short === true ? "h-6" : "h-12"} w-full overflow-visible text-tone-dot`}
      role="img"
      aria-label={props.label}
    >
      <path d={`M0 ${height - 0.5}H${width}`} stroke="currentColor" opacity="0.25" vector-effect="non-scaling-stroke" />
      <path d={area()} fill="currentColor" opacity="0.13" />
      <path
        d={line()}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        vector-effect="non-scaling-stroke"
      />
    </svg>
  )
}
