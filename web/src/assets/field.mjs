/**
 * Draws `field.svg`: lines of equal effective potential in the rotating frame of two bodies (the restricted three-body
 * problem, mass ratio 0.12), the field whose five resting points are the Lagrange points. Run it with plain node after
 * a change: `node web/src/assets/field.mjs`. It prints the five points in the drawing's own coordinates.
 */
import { writeFileSync } from "node:fs"

const mass = 0.12
const size = 1000
const reach = 1.75 // half of the drawn width, in distances between the bodies
const steps = 420

const potential = (x, y) => {
  const near = Math.hypot(x - (1 - mass), y)
  const far = Math.hypot(x + mass, y)
  return (1 - mass) / far + mass / near + (x * x + y * y) / 2
}

const short = (value) => String(Number(value.toFixed(1)))
const toPage = (value) => ((value + reach) / (2 * reach)) * size

/** The segments of one level by marching squares, as pairs of points. */
function segmentsAt(level) {
  const cell = (2 * reach) / steps
  const segments = []
  for (let row = 0; row < steps; row++) {
    for (let column = 0; column < steps; column++) {
      const x = -reach + column * cell
      const y = -reach + row * cell
      const corners = [
        [x, y],
        [x + cell, y],
        [x + cell, y + cell],
        [x, y + cell],
      ]
      const crossings = []
      for (let side = 0; side < 4; side++) {
        const [ax, ay] = corners[side]
        const [bx, by] = corners[(side + 1) % 4]
        const a = potential(ax, ay) - level
        const b = potential(bx, by) - level
        if (a < 0 === b < 0) continue
        const share = a / (a - b)
        crossings.push([ax + (bx - ax) * share, ay + (by - ay) * share])
      }
      if (crossings.length === 2) segments.push(crossings)
    }
  }
  return segments
}

/** Joins segments end to end into polylines. */
function join(segments) {
  const key = ([x, y]) => `${x.toFixed(6)},${y.toFixed(6)}`
  const ends = new Map()
  for (const segment of segments) {
    for (const end of segment) ends.set(key(end), [...(ends.get(key(end)) ?? []), segment])
  }
  const used = new Set()
  const lines = []
  for (const first of segments) {
    if (used.has(first)) continue
    used.add(first)
    const line = [...first]
    for (const forward of [true, false]) {
      for (;;) {
        const tip = forward ? line.at(-1) : line[0]
        const next = ends.get(key(tip))?.find((segment) => !used.has(segment))
        if (next === undefined) break
        used.add(next)
        const point = key(next[0]) === key(tip) ? next[1] : next[0]
        if (forward) line.push(point)
        else line.unshift(point)
      }
    }
    lines.push(line)
  }
  return lines
}

/** Drops the points that lie nearer than `slack` (in the drawing's units) to the line between those kept. */
function thin(line, slack = 0.22) {
  const [first, last] = [line[0], line.at(-1)]
  const [dx, dy] = [last[0] - first[0], last[1] - first[1]]
  const length = Math.hypot(dx, dy)
  let [farthest, distance] = [0, 0]
  for (const [index, [x, y]] of line.entries()) {
    const [ox, oy] = [x - first[0], y - first[1]]
    const off = length < 1e-6 ? Math.hypot(ox, oy) : Math.abs(ox * dy - oy * dx) / length
    if (off > distance) [farthest, distance] = [index, off]
  }
  if (distance <= slack || line.length < 3) return [first, last]
  return [...thin(line.slice(0, farthest + 1), slack).slice(0, -1), ...thin(line.slice(farthest), slack)]
}

/** Where the slope of the potential along the axis of the bodies is nought, between two bounds. */
function restOnAxis(low, high) {
  const slope = (x) => potential(x + 1e-6, 0) - potential(x - 1e-6, 0)
  let [a, b] = [low, high]
  for (let step = 0; step < 60; step++) {
    const middle = (a + b) / 2
    if (slope(a) < 0 === slope(middle) < 0) a = middle
    else b = middle
  }
  return (a + b) / 2
}

const points = {
  L1: [restOnAxis(0, 1 - mass - 0.05), 0],
  L2: [restOnAxis(1 - mass + 0.05, 1.6), 0],
  L3: [restOnAxis(-1.6, -mass - 0.3), 0],
  L4: [0.5 - mass, -Math.sqrt(3) / 2],
  L5: [0.5 - mass, Math.sqrt(3) / 2],
}
const levels = [
  1.452,
  1.47,
  1.5,
  1.54,
  1.59,
  1.65,
  1.72,
  potential(...points.L2),
  1.86,
  potential(...points.L1),
  2.1,
  2.4,
  2.9,
  3.8,
  5.4,
]
const paths = levels.flatMap((level) =>
  join(segmentsAt(level)).map((line) => {
    const text = thin(line.map(([x, y]) => [toPage(x), toPage(y)])).map(([x, y]) => `${short(x)} ${short(y)}`)
    return `<path d="M${text.join("L")}"/>`
  }),
)
writeFileSync(
  new URL("field.svg", import.meta.url),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" fill="none" stroke="#000" stroke-width="1.3">${paths.join("")}</svg>\n`,
)
const page = ([x, y]) => [toPage(x), toPage(y)].map(Math.round)
const found = { ...points, sun: [-mass, 0], planet: [1 - mass, 0] }
const lines = Object.entries(found).map(([name, point]) => `${name} ${page(point).join(" ")}`)
process.stdout.write(`${lines.join("\n")}\n`)
