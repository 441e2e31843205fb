import { waitFor } from "./wait-for.ts"

const DAY_MS = 86_400_000
/** Longer than what a test does in one day. */
const NEEDED_MS = 120_000

/** Waits for the next day where little is left of this one: what is counted by days must not begin anew in the middle of a test. */
export async function untilDayIsLong(): Promise<void> {
  await waitFor(() => DAY_MS - (Date.now() % DAY_MS) > NEEDED_MS, NEEDED_MS + 10_000, 500)
}
