/**
 * All attempts of an exchange: for each answer that is wanted, and for one model after the other where nobody can serve the one before.
 */
import type { GatewayError } from "../canonical/error.ts"
import type { ExchangeCapture } from "../capture/exchange-capture.ts"
import { clientDialects } from "../dialects/index.ts"
import { OwnTime } from "../own-time.ts"
import type { LoopEnd } from "../pool/attempt-loop.ts"
import { attemptBudget, costsCredit } from "../pool/next-step.ts"
import { runChoices } from "./choices.ts"
import type { ExchangeFacts } from "./exchange-facts.ts"
import { detourOf } from "./fallback.ts"
import { generate, type GenerateOptions, type Generation } from "./generate.ts"

export interface GenerateAllOptions extends Pick<GenerateOptions, "services" | "dialect" | "signal"> {
  readonly facts: ExchangeFacts
  readonly capture: Pick<ExchangeCapture, "attempt"> | undefined
}

/** Nearly always one answer is wanted. The plans of `generations` are those of the model that answers in the end. */
export function generateAll(generations: readonly Generation[], options: GenerateAllOptions): Promise<LoopEnd> {
  return new GenerationRun(generations, options).run()
}

class GenerationRun {
  readonly #generations: readonly Generation[]
  readonly #options: GenerateAllOptions

  constructor(generations: readonly Generation[], options: GenerateAllOptions) {
    this.#generations = generations
    this.#options = options
  }

  async run(): Promise<LoopEnd> {
    const { services, dialect, signal, facts } = this.#options
    const { own } = facts
    const [first, ...others] = this.#generations
    if (first === undefined) throw new Error("an attempt before its plan")
    this.#makeDetour()
    if (others.length === 0) return this.#generateWithDetours(first)
    // All run at once, and each waits by itself: what counts as ours is the first one's part, and what follows when all are over.
    const runs = this.#generations.map((one) => async (ofAll: AbortSignal) => {
      if (one !== first) return this.#generate(one, ofAll, new OwnTime(services.clock))
      return this.#generate(one, ofAll, own).finally(() => own.pause())
    })
    const run = runChoices(runs, { signal, mayBeFewer: clientDialects[dialect].choices?.mayBeFewer === true })
    return run.finally(() => own.resume())
  }

  /** Until content has come, the next model is asked where no account is left for the one before, within the same budget. */
  async #generateWithDetours(one: Generation): Promise<LoopEnd> {
    const { services, signal, facts } = this.#options
    const { own, attempts } = facts
    let before: GatewayError | undefined
    for (;;) {
      const end = await this.#generate(one, signal, own, before)
      if (end.error === undefined || end.hasContent) return end
      const budget = attemptBudget(one.plan.compiled.snapshot.settings)
      const { since = Infinity } = facts.spent ?? {}
      const isSpent = attempts.length >= budget.attempts || services.clock.monotonic() - since > budget.ms
      if ((attempts.length > 0 && isSpent) || !this.#makeDetour(end)) return end
      before = end.error
    }
  }

  /** Goes on with another model where nobody can serve the one before, which ended so. False: somebody can, no other follows, or it cannot be paid. */
  #makeDetour(before?: LoopEnd): boolean {
    const { services, facts } = this.#options
    const { key, attempts, plan } = facts
    if (plan === undefined || key === undefined) return false
    const { pool, credit } = services.ports
    const detour = detourOf(plan, { pool, key, attempts: attempts.length })
    if (detour === undefined) return false
    const { model } = detour.plan
    const plans = this.#generations.map((one, index) => (index === 0 ? detour.plan : one.plan.forModel(model)))
    if (plans.includes(undefined)) return false
    // To the upstream it is one more attempt, whichever model it is for.
    if (costsCredit(before?.failureClass) && !credit.spend()) return false
    facts.onDetour(detour)
    for (const [index, one] of this.#generations.entries()) {
      one.plan.letGo()
      one.plan = plans[index] ?? detour.plan
    }
    return true
  }

  #generate(one: Generation, signal: AbortSignal, own: OwnTime, before?: GatewayError): Promise<LoopEnd> {
    const { services, dialect, facts, capture } = this.#options
    const { key, attempts, begunAt, isStream, spent } = facts
    return generate(one, {
      services,
      dialect,
      signal,
      key,
      records: attempts,
      begunAt,
      own,
      isStream,
      ...(spent === undefined ? {} : { spent: { ...spent, ...(before === undefined ? {} : { error: before }) } }),
      onAttempt: (target) => {
        capture?.attempt(target.account.id)
        facts.onAttempt(target)
      },
      onRefusal: (refusal) => (facts.refusal ??= refusal),
    })
  }
}
