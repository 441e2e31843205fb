import { createEffect, on, onCleanup, onMount } from "solid-js"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import { theme } from "../lib/theme.ts"
import type { ChartProps } from "./chart.tsx"

interface CanvasProps extends ChartProps {
  /** A moment on the axis. */
  tick: (ms: number) => string
  chosen: number | undefined
  onChoose: (index: number | undefined) => void
}

const lightDark = window.matchMedia("(prefers-color-scheme: dark)")

/** The lines themselves. Colours are those of the tokens at the moment of drawing, so a change of theme draws anew. */
export default function ChartCanvas(props: CanvasProps) {
  const mount = (box: HTMLElement) =>
    onMount(() => {
      const plot = createPlot(props, box)
      onCleanup(() => plot.destroy())
    })
  return <div ref={mount} class="size-full" aria-hidden="true" />
}

function createPlot(props: CanvasProps, box: HTMLElement): uPlot {
  const colours = createColours(box)
  const data = (): uPlot.AlignedData => [
    props.times.map((time) => time / 1_000),
    ...props.lines.map((line) => [...line.values]),
  ]
  const scale = letterScale()
  const axis: uPlot.Axis = {
    stroke: () => colours.of("var(--ink-faint)"),
    grid: { stroke: () => colours.of("var(--line)"), width: 1 },
    ticks: { show: false },
    font: `${11 * scale}px ${getComputedStyle(box).fontFamily}`,
  }
  const toneOf = (index: number) => `tone-${props.lines[index]?.tone ?? "quiet"}`
  const newest = () => (props.times.at(-1) ?? 0) / 1_000
  const options: uPlot.Options = {
    ...sizeOf(box),
    legend: { show: false },
    // Half of the last moment's words stand beyond it.
    padding: [8, 22 * scale, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: {
        range: (_plot, from, to) => {
          if (props.spanMs !== undefined) return [newest() - props.spanMs / 1_000, newest()]
          return from === to ? [from - 1, to + 1] : [from, to]
        },
      },
      // From nought always, so that a small ripple never looks like a flood.
      y: { range: (_plot, _from, to) => [0, to > 0 ? to * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 26 * scale,
        space: 72 * scale,
        values: (_plot, splits) => splits.map((split) => props.tick(split * 1_000)),
      },
      {
        ...axis,
        size: 52 * scale,
        space: 34 * scale,
        values: (_plot, splits) => splits.map((split) => props.format(split)),
      },
    ],
    series: [
      {},
      ...props.lines.map((_line, index): uPlot.Series => ({
        stroke: () => colours.of("var(--tone-dot)", toneOf(index)),
        fill: () => colours.of("color-mix(in oklab, var(--tone-dot) 12%, transparent)", toneOf(index)),
        width: 1.5,
        points: { show: true, size: 4, fill: () => colours.of("var(--tone-dot)", toneOf(index)), filter: alone },
        spanGaps: false,
      })),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          if (plot.over.matches(":hover")) props.onChoose(plot.cursor.idx ?? undefined)
        },
      ],
    },
  }
  const plot = new uPlot(options, data(), box)

  createEffect(
    on(
      () => [props.times, props.lines],
      () => plot.setData(data()),
      { defer: true },
    ),
  )
  createEffect(
    on(
      () => props.chosen,
      (index) => {
        if (plot.over.matches(":hover")) return
        const time = index === undefined ? undefined : props.times[index]
        plot.setCursor({ left: time === undefined ? -10 : plot.valToPos(time / 1_000, "x"), top: 0 }, false)
      },
      { defer: true },
    ),
  )
  plot.over.addEventListener("pointerleave", () => props.onChoose(undefined))
  const draw = () => plot.redraw(false)
  createEffect(on(theme, draw, { defer: true }))
  lightDark.addEventListener("change", draw)
  const observer = new ResizeObserver(() => plot.setSize(sizeOf(box)))
  observer.observe(box)
  onCleanup(() => {
    lightDark.removeEventListener("change", draw)
    observer.disconnect()
  })
  return plot
}

/** Letters grow with the window; what is drawn in pixels beside them has to as well. */
const letterScale = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16

const sizeOf = (box: HTMLElement) => ({ width: Math.max(1, box.clientWidth), height: Math.max(1, box.clientHeight) })

/** The values that have no line to a neighbour: a point each. */
const alone: uPlot.Series.Points.Filter = (plot, index) => {
  const values = plot.data[index] ?? []
  const isThere = (place: number) => typeof values[place] === "number"
  return [...values.keys()].filter((place) => isThere(place) && !isThere(place - 1) && !isThere(place + 1))
}

/** Colours as the canvas takes them: what an expression over tokens comes to at this moment. */
function createColours(box: HTMLElement) {
  const probe = document.createElement("span")
  probe.hidden = true
  box.append(probe)
  return {
    of(expression: string, tone = ""): string {
      probe.className = tone
      probe.style.color = expression
      return getComputedStyle(probe).color
    },
  }
}
