/** Reads what the simulator recorded. */
import type { Simulator } from "#simulator/simulator.ts"

/** Generation requests only, oldest first. */
export function generationsSeen(simulator: Simulator) {
  return simulator
    .seen()
    .filter((seen) => /:(streamGenerateContent|generateContent)$/.test(seen.path.split("?")[0] ?? ""))
}

/** The usage the simulator charged for its newest generation. */
export function lastUsage(simulator: Simulator) {
  const usage = generationsSeen(simulator).at(-1)?.outcome?.usage
  if (!usage) throw new Error("the newest generation has no usage")
  return usage as { promptTokenCount: number; candidatesTokenCount: number; totalTokenCount: number } // what usageMetadata() makes
}

/** An answer is under way that ends by itself: one that hangs does not. */
export function isAnswering(simulator: Simulator): boolean {
  const hangs = (faults: readonly string[] = []): boolean => faults.some((kind) => kind.startsWith("hang-"))
  return simulator.seen().some(({ duration, outcome }) => duration === undefined && !hangs(outcome?.faults))
}
