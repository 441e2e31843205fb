/** A day of UTC as `YYYY-MM-DD`: what daily budgets count by, the same on every machine. */
const DAY_MS = 86_400_000

export function utcDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10)
}

/** When the day is over, in milliseconds since the epoch. */
export function utcDayEnd(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`) + DAY_MS
}
