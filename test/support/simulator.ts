/**
 * The simulator for every test that is not about itself. After each test nothing may have been refused by one of its rules but
 * what the test asked for with `expectRefusals`: a request that only a retry saved is a defect of the gateway, and must not stay
 * hidden.
 */
import { afterEach, expect } from "vitest"
import { startSimulator as start, type Simulator, type SimulatorOptions } from "#simulator/simulator.ts"

export type { Simulator, SimulatorOptions } from "#simulator/simulator.ts"

const running = new Set<Simulator>()

/** As the simulator's own; `close` also fails when something was refused after the last test. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await start(options)
  running.add(simulator)
  return {
    ...simulator,
    close: async () => {
      running.delete(simulator)
      await simulator.close()
      expect(told(simulator), "the simulator refused").toEqual([])
    },
  }
}

/** Exactly these rules have refused a request, in this order, since the test began or this was asked last. */
export function expectRefusals(simulator: Simulator, rules: readonly string[]): void {
  expect(simulator.takeRefused().map(({ rule }) => rule)).toEqual(rules)
}

afterEach(() => {
  // All are asked before one may throw: what one test caused must not fail the next.
  const refused = [...running].flatMap(told)
  expect(refused, "the simulator refused, and the test did not ask for it").toEqual([])
})

function told(simulator: Simulator): object[] {
  return simulator
    .takeRefused()
    .map(({ rule, answer, request: { path, model, body } }) => ({ rule, answer, path, model, body }))
}
