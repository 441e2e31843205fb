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
