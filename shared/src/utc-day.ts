/** A day of UTC as `YYYY-MM-DD` and a month as `YYYY-MM`: what budgets count by, the same on every machine. */
const DAY_MS = 86_400_000

export function utcDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

/** When the day is over, in milliseconds since the epoch. */
export function utcDayEnd(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) + DAY_MS
}

export function utcMonth(now: number): string {
  return new Date(now).toISOString().slice(0, 7)
}

/** When the month is over, in milliseconds since the epoch. */
export function utcMonthEnd(month: string): number {
  const [year = 0, number = 0] = month.split("-").map(Number)
  // Months count from 0 there, so that this number is the next one; a thirteenth is January.
  return Date.UTC(year, number)
}
