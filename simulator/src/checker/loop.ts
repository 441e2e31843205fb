/** The current tool loop: what stands after the last user turn that says something itself. */
import type { Turn } from "../request.ts"

/** A turn with its place in `contents`. */
export interface PlacedTurn extends Turn {
  readonly index: number
}

/** The model turns of the current loop, in order. */
export function currentLoop(turns: readonly Turn[]): PlacedTurn[] {
  const prompt = turns.findLastIndex(
    ({ role, parts }) => role === "user" && parts.length > 0 && parts.every(({ response }) => !response),
  )
  return turns.flatMap((turn, index) => (turn.role === "model" && index > prompt ? [{ ...turn, index }] : []))
}

/** Whether thinking is on for the request. */
export function thinks(thinking: { readonly budget: number | undefined } | undefined): boolean {
  return thinking?.budget !== undefined && thinking.budget !== 0
}
