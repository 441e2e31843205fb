/** What the numbers and texts of a snapshot may be, wherever they stand in it. */
import type { NumberRule, TextRule } from "./shape.ts"

export const COUNT: NumberRule = { min: 0, max: Number.MAX_SAFE_INTEGER }
export const SLOTS: NumberRule = { min: 0, max: 1_000_000 }
export const ID: TextRule = { min: 1, max: 200 }
export const NAME: TextRule = { max: 1_000 }
