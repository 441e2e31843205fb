/** The upstream's ways of writing time: Go durations, `RetryInfo` seconds and RFC 3339 without a fraction. */

/** A Go duration such as `25h20m26.179s`, `479.417ms` or `0s`, from milliseconds. */
export function goDuration(milliseconds: number): string {
  const whole = Math.max(0, milliseconds)
  if (whole === 0) return "0s"
  if (whole < 1000) return `${trim(whole)}ms`
  const hours = Math.floor(whole / 3_600_000)
  const minutes = Math.floor((whole % 3_600_000) / 60_000)
  const seconds = `${trim((whole % 60_000) / 1000)}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}

/** The duration as the upstream puts it into a sentence: whole seconds, rounded down, so that 479 ms reads `0s`. */
export function spokenDuration(milliseconds: number): string {
  return goDuration(Math.floor(Math.max(0, milliseconds) / 1000) * 1000)
}

/** A protobuf duration such as `91226.179s`. */
export function retryDelay(milliseconds: number): string {
  return `${trim(Math.max(0, milliseconds) / 1000)}s`
}

/** RFC 3339 in whole seconds, from epoch milliseconds. */
export function timestamp(epochMilliseconds: number): string {
  return `${new Date(epochMilliseconds).toISOString().slice(0, 19)}Z`
}

function trim(value: number): string {
  return String(Number(value.toFixed(9)))
}
