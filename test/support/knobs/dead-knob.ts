/**
 * Before a file's tests in the project `knobs`: the knob that DEAD_KNOB names does nothing any more, as if the code that reads it had
 * been forgotten. `npm run test:knobs` asks of its proof that it fails then. Nothing of this is in what ships.
 */
import { afterEach, beforeEach } from "vitest"

export interface DeadKnob {
  readonly kind: "input" | "variable" | "option"
  readonly name: string
  /** Which constant stands where there has to be something; 0 or 1. */
  readonly way: number
  /** What a file sets up before its tests is left alone: it is dead only while one runs. */
  readonly isAliveBetween: boolean
}

const told = process.env["DEAD_KNOB"]
if (told !== undefined) {
  const knob = JSON.parse(told) as DeadKnob // scripts/knobs.mjs writes it
  let isDead = !knob.isAliveBetween
  if (knob.isAliveBetween) {
    beforeEach(() => void (isDead = true))
    afterEach(() => void (isDead = false))
  }
  const kill = {
    input: async () => (await import("./dead-input.ts")).killInput,
    variable: async () => (await import("./dead-variable.ts")).killVariable,
    option: async () => (await import("./dead-option.ts")).killOption,
  }[knob.kind]
  const killKnob = await kill()
  killKnob(knob, () => isDead)
}
