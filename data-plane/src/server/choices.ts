/**
 * Several answers to one request: one attempt loop each, all at once, under the exchange's one signal. Where the dialect wants all or
 * none, the first failure calls the others off.
 */
import { abortReason } from "../clock.ts"
import type { LoopEnd } from "../pool/attempt-loop.ts"

export interface ChoicesRun {
  /** The exchange's. */
  readonly signal: AbortSignal
  /** What came is given when at least one came. */
  readonly mayBeFewer: boolean
}

/** One end for all of them, when each is over. Rejects with the signal's reason. */
export async function runChoices(
  generate: readonly ((signal: AbortSignal) => Promise<LoopEnd>)[],
  { signal, mayBeFewer }: ChoicesRun,
): Promise<LoopEnd> {
  const group = new AbortController()
  const onAbort = (): void => group.abort(abortReason(signal))
  signal.addEventListener("abort", onAbort, { once: true })
  if (signal.aborted) onAbort()
  let failure: LoopEnd | undefined
  const one = async (run: (signal: AbortSignal) => Promise<LoopEnd>): Promise<LoopEnd> => {
    try {
      const end = await run(group.signal)
      if (end.error !== undefined && !mayBeFewer) {
        failure ??= end
        group.abort(end.error)
      }
      return end
    } catch (error) {
      group.abort(error)
      throw error
    }
  }
  const ends = await Promise.allSettled(generate.map(one))
  signal.removeEventListener("abort", onAbort)
  if (signal.aborted) throw abortReason(signal)
  return failure ?? joined(ends)
}

function joined(ends: readonly PromiseSettledResult<LoopEnd>[]): LoopEnd {
  const over = ends.map((end) => {
    if (end.status === "rejected") throw end.reason
    return end.value
  })
  const [first] = over
  if (first === undefined) throw new Error("no answer was asked for")
  return over.find(({ error }) => error === undefined) ?? first
}
