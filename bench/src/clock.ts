/** Milliseconds on the machine's monotonic clock: the same clock in every process of one machine, so that times can be subtracted across them. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
