const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}
/** Milliseconds (with fractions) of a duration as Google writes it: `71h15m27.79s`, `479.4ms`; undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  return skeleton(text)
}

/** A duration for people: `3d 4h`, `71m 15s` …, two units at most. */
export function formatDuration(ms: number): string {
  return skeleton(ms)
}
