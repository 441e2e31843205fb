/**
 * When the time of a cool-down is over its scope is half open: one request goes first, and all follow when it is served. Where nobody has
 * come for so long, all may come.
 */
export const HALF_OPEN_MS = 3_600_000
