const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 0.001,
  µs: 0.001, // U+00B5, as Go prints it
  μs: 0.001, // U+03BC, the Greek letter
  ns: 0.000_001,
}
/** Longer units first: `ms` is not a minute. */
const TERM = /(\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})(ms|us|µs|μs|ns|h|m|s)/y
const MAX_LENGTH = 100

/**
 * Milliseconds (with fractions) of a duration as Google writes it: `71h15m27.79s`, `479.4ms`, `0`, `-1.5s`; undefined when
 * the text is none.
 */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH) return undefined
  if (trimmed === "0") return 0
  const isNegative = trimmed.startsWith("-")
  TERM.lastIndex = isNegative ? 1 : 0
  if (TERM.lastIndex === trimmed.length) return undefined
  let total = 0
  while (TERM.lastIndex < trimmed.length) {
    const term = TERM.exec(trimmed)
    if (term === null) return undefined
    total += Number(term[1]) * (UNIT_MS[term[2] ?? ""] ?? Number.NaN)
  }
  return isNegative ? -total : total
}

const SHOWN_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const

/** A duration for people: its two greatest units (`3d 4h`, `71m 15s`), or milliseconds below one second. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "unknown"
  if (ms < 0) return `-${formatDuration(-ms)}`
  if (Math.round(ms) < 1_000) return `${Math.round(ms)}ms`
  // Rounded to the second of the two units first, so that 59.6 s becomes 1m and never 60s.
  let rest = Math.round(ms / precision(ms)) * precision(ms)
  const parts: string[] = []
  for (const [unit, length] of SHOWN_UNITS) {
    const count = Math.floor(rest / length)
    if (parts.length === 0 && count === 0) continue
    if (count > 0) parts.push(`${count}${unit}`)
    rest -= count * length
    if (parts.length === 2 || rest === 0) break
  }
  return parts.join(" ")
}

function precision(ms: number): number {
  if (ms >= 86_400_000) return 3_600_000
  return ms >= 3_600_000 ? 60_000 : 1_000
}
