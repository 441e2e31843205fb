/** Which lines of two texts are the same. Pure. */

export interface DiffLine {
  readonly kind: "same" | "before" | "after"
  readonly text: string
}

/** Beyond this many pairs the middle is told as a whole: what was, and then what is. */
const mostPairs = 4_000_000

/** The lines of both, in order; what is the same stands once. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, next] = [before.split("\n"), after.split("\n")]
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start++
  let end = 0
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end++
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ kind: "same", text }))
  return [
    ...same(old.slice(0, start)),
    ...middle(old.slice(start, old.length - end), next.slice(start, next.length - end)),
    ...same(end === 0 ? [] : old.slice(-end)),
  ]
}

function middle(old: readonly string[], next: readonly string[]): DiffLine[] {
  const before = (text: string): DiffLine => ({ kind: "before", text })
  const after = (text: string): DiffLine => ({ kind: "after", text })
  if (old.length * next.length > mostPairs) return [...old.map(before), ...next.map(after)]
  // How long the longest common run of lines is from each pair on.
  const width = next.length + 1
  const longest = new Uint32Array((old.length + 1) * width)
  const at = (row: number, column: number) => longest[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = next.length - 1; column >= 0; column--)
      longest[row * width + column] =
        old[row] === next[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
  const lines: DiffLine[] = []
  let [row, column] = [0, 0]
  while (row < old.length || column < next.length) {
    const [was, is] = [old[row], next[column]]
    if (was !== undefined && was === is) {
      lines.push({ kind: "same", text: was })
      row++
      column++
    } else if (was !== undefined && (is === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(before(was))
      row++
    } else if (is !== undefined) {
      lines.push(after(is))
      column++
    }
  }
  return lines
}
