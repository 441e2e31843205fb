const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const

/** A length of time that somebody chose, in the largest unit that divides it: `90 sec`, `5 min`, `2 hr`; in Chinese `5分钟`. */
export function formatLength(seconds: number, locale: string): string {
  const [unit, size] = UNITS.find(([, step]) => seconds >= step && seconds % step === 0) ?? (["second", 1] as const)
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 3 }).format(seconds / size)
}
