/** What is left of a quota as a bar, with a marker for the part that is left alone, which is moved by pointer and by keys. */
import { Show } from "solid-js"
import { Meter } from "./meter.tsx"

interface QuotaBarProps {
  /** From 0 to 1; undefined: nobody knows. */
  value: number | undefined
  label: string
  /** The value as it is read. */
  text: string
  /** So much is left alone, from 0 to less than 1. */
  floor: number
  /** Absent: the marker is only shown. */
  marker?: FloorMarkerProps
}

export interface FloorMarkerProps {
  label: string
  /** A floor as it is read. */
  textOf: (floor: number) => string
  /** Only one of several bars with the same floor is met by the Tab key. */
  isMet: boolean
  /** It is being moved; undefined: it is put back to where it was. */
  onMove: (floor: number | undefined) => void
  onKeep: (floor: number) => void
}

/** A window that is left alone as a whole would serve nothing. */
const most = 0.99
const round = (value: number) => Math.round(Math.max(0, Math.min(most, value)) * 100) / 100

const steps: Readonly<Record<string, (floor: number) => number>> = {
  ArrowRight: (floor) => floor + 0.01,
  ArrowUp: (floor) => floor + 0.01,
  ArrowLeft: (floor) => floor - 0.01,
  ArrowDown: (floor) => floor - 0.01,
  PageUp: (floor) => floor + 0.1,
  PageDown: (floor) => floor - 0.1,
  Home: () => 0,
  End: () => most,
}

export function QuotaBar(props: QuotaBarProps) {
  return (
    <div class="quota-bar" data-floor={props.floor > 0 ? "" : undefined}>
      {/* What is not known is no empty bar. */}
      <Show when={props.value !== undefined} fallback={<div class="quota-bar-unknown" />}>
        <Meter value={props.value ?? 0} label={props.label} text={props.text} thin />
      </Show>
      <div class="quota-bar-floor" style={{ width: `${props.floor * 100}%` }} />
      <Show when={props.marker}>{(marker) => <FloorMarker {...marker()} floor={props.floor} />}</Show>
    </div>
  )
}

/**
 * A drag is kept when it ends, what was done by keys with Enter or when the focus leaves. Escape puts back what was there when the
 * marker was taken up, also when the change was kept meanwhile.
 */
function FloorMarker(props: FloorMarkerProps & { floor: number }) {
  /** What Escape puts back, and what is kept just now; undefined: nobody has taken it up. */
  let before: number | undefined
  let kept: number | undefined
  let [isMoved, isDragged] = [false, false]
  const takeUp = () => {
    before ??= props.floor
    kept ??= props.floor
  }
  const leaveOff = () => {
    before = undefined
    kept = undefined
  }
  const move = (floor: number) => {
    takeUp()
    isMoved = true
    props.onMove(round(floor))
  }
  const keep = () => {
    isDragged = false
    if (!isMoved) return
    isMoved = false
    if (props.floor === kept) return props.onMove(undefined)
    kept = props.floor
    props.onKeep(props.floor)
  }
  const putBack = () => {
    if (before === undefined) return
    ;[isMoved, isDragged] = [false, false]
    if (kept === before) return props.onMove(undefined)
    kept = before
    props.onKeep(before)
  }
  const press = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (event.key === "Escape" && before !== undefined) putBack()
    else if (event.key === "Enter") keep()
    else if (step !== undefined && !event.altKey && !event.ctrlKey && !event.metaKey) move(step(props.floor))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (!isDragged) return
    const track = event.currentTarget.parentElement?.getBoundingClientRect()
    if (track !== undefined && track.width > 0) move((event.clientX - track.left) / track.width)
  }
  return (
    <div
      role="slider"
      class="quota-bar-marker"
      tabIndex={props.isMet ? 0 : -1}
      aria-label={props.label}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={props.floor}
      aria-valuetext={props.textOf(props.floor)}
      title={`${props.label}: ${props.textOf(props.floor)}`}
      style={{ left: `${props.floor * 100}%` }}
      onFocus={takeUp}
      onFocusOut={() => {
        keep()
        leaveOff()
      }}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.button !== 0) return
        leaveOff()
        takeUp()
        isDragged = true
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={drag}
      onPointerUp={keep}
      onPointerCancel={putBack}
      onClick={(event) => event.stopPropagation()}
    />
  )
}
