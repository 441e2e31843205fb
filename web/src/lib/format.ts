/**
 * Numbers, sizes and times as people read them, in the panel's language. Pure: the clock and the language are passed
 * in. What is not known is shown as an en dash, never as nought.
 */

export const unknown = "–"

/** A count that the server may send as a number or, where it may be large, as text. */
export type Count = number | string | null | undefined

const numberFormats = new Map<string, Intl.NumberFormat>()
function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  const known = numberFormats.get(key) ?? new Intl.NumberFormat(locale, options)
  numberFormats.set(key, known)
  return known
}

/** `1234567` → `1,234,567`. */
export function formatNumber(count: Count, locale: string): string {
  if (count === null || count === undefined) return unknown
  return numberFormat(locale, { maximumFractionDigits: 1 }).format(Number(count))
}

/** `1234567` → `1.2M`; below ten thousand every digit is shown. */
export function formatCompact(count: Count, locale: string): string {
  if (count === null || count === undefined) return unknown
  const value = Number(count)
  if (Math.abs(value) < 10_000) return formatNumber(value, locale)
  return numberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value)
}

const timeUnits = { en: ["h", "m", "s"], zh: ["时", "分", "秒"] } as const

/** Milliseconds: `840 ms`, `1.24 s`, `12.4 s`, `2 m 05 s`, `3 h 07 m`; the last two are `2 分 05 秒` and `3 时 07 分` in Chinese. */
export function formatDuration(ms: number | null | undefined, locale: string): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return unknown
  if (ms < 1_000) return `${numberFormat(locale, { maximumFractionDigits: ms < 10 ? 1 : 0 }).format(ms)} ms`
  const seconds = ms / 1_000
  if (seconds < 60) return `${numberFormat(locale, { maximumFractionDigits: seconds < 10 ? 2 : 1 }).format(seconds)} s`
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, "0")
  const [hour, minute, second] = timeUnits[locale.startsWith("zh") ? "zh" : "en"]
  if (whole < 3_600) return `${Math.floor(whole / 60)} ${minute} ${two(whole % 60)} ${second}`
  return `${formatNumber(Math.floor(whole / 3_600), locale)} ${hour} ${two(Math.floor((whole % 3_600) / 60))} ${minute}`
}

const countdownSteps = [
  { size: 86_400, en: "d", zh: "天" },
  { size: 3_600, en: "h", zh: "时" },
  { size: 60, en: "m", zh: "分" },
  { size: 1, en: "s", zh: "秒" },
] as const

/** How long until something, in its largest unit, never longer than it is: `4 d`, `2 h`, `38 m`, `50 s`; `4 天` in Chinese. */
export function formatCountdown(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const step = countdownSteps.find(({ size }) => seconds >= size) ?? countdownSteps[3]
  return `${Math.floor(seconds / step.size)} ${locale.startsWith("zh") ? step.zh : step.en}`
}

/** Microseconds: `412 µs`, then as milliseconds. */
export function formatMicroseconds(us: number | null | undefined, locale: string): string {
  if (us === null || us === undefined || us >= 1_000) return formatDuration(us && us / 1_000, locale)
  return `${formatNumber(us, locale)} µs`
}

/** A share of the whole, from 0 to 1: `92.5%`. */
export function formatShare(share: number | null | undefined, locale: string): string {
  if (share === null || share === undefined) return unknown
  return numberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(share)
}

const byteUnits = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const

/** Bytes in the decimal units that operating systems show: `183 MB`. */
export function formatBytes(bytes: Count, locale: string): string {
  if (bytes === null || bytes === undefined) return unknown
  let value = Number(bytes)
  let unit = 0
  while (Math.abs(value) >= 1_000 && unit < byteUnits.length - 1) {
    value /= 1_000
    unit++
  }
  const style = { style: "unit", unit: byteUnits[unit], maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 } as const
  return numberFormat(locale, style).format(value)
}

const relativeSteps: readonly [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
]

/** A moment seen from `nowMs`: `now`, `12 seconds ago`, `in 3 days`. Within five seconds everything is `now`. */
export function formatRelative(at: string | null | undefined, nowMs: number, locale: string): string {
  if (at === null || at === undefined) return unknown
  const seconds = (Date.parse(at) - nowMs) / 1_000
  if (Number.isNaN(seconds)) return unknown
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" })
  if (Math.abs(seconds) < 5) return format.format(0, "second")
  const [unit, size] = relativeSteps.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1]
  return format.format(Math.trunc(seconds / size), unit)
}

/** A moment in full, in the reader's time zone. */
export function formatExact(at: string | null | undefined, locale: string): string {
  if (at === null || at === undefined || Number.isNaN(Date.parse(at))) return unknown
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(at))
}

/** The time of day with seconds, for rows that came today. */
export function formatClock(at: string, locale: string): string {
  if (Number.isNaN(Date.parse(at))) return unknown
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium", hourCycle: "h23" }).format(new Date(at))
}
