/** What the numbers and texts that cross the link may be, wherever they stand: in snapshots, other frames and reports. */
import type { NumberRule, TextRule } from "./shape.ts"

export const COUNT: NumberRule = { min: 0, max: Number.MAX_SAFE_INTEGER }
/** In milliseconds; also a time since the epoch. */
export const DURATION_MS: NumberRule = { ...COUNT, isFraction: true }
/** A time since the epoch that a `Date` holds. */
export const TIME_MS: NumberRule = { ...DURATION_MS, max: 8_640_000_000_000_000 }
export const SLOTS: NumberRule = { min: 0, max: 1_000_000 }
export const ID: TextRule = { min: 1, max: 200 }
export const NAME: TextRule = { max: 1_000 }
