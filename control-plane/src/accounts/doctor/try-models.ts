/** Tries models with real requests of a few tokens, two at a time; what is not worth a request is passed over, with the reason. */
import { randomInt, randomUUID } from "node:crypto"
import type { Secret } from "#shared/secret.ts"
import type { ClassifiedFailure } from "#shared/upstream-failure.ts"
import type { Clock } from "../../clock.ts"
import { InvalidInputError } from "../../failure.ts"
import { forEachLimited } from "../../jobs/job.ts"
import type { AntigravityCalls } from "../antigravity/calls.ts"
import { failureInAnswer, isImageModel, modelRequest } from "./model-request.ts"
import { passed, skipped, stepOf, type TestStep, type Verdict } from "./test-step.ts"
import { verdictOfCall, verdictOfFailure } from "./verdict-of-failure.ts"

export interface ModelTrials {
  /** Those that the account offers. */
  readonly offered: readonly string[]
  /** Those to try, and no others; undefined: all that are worth it. */
  readonly asked: readonly string[] | undefined
  /** Switched off for the account. */
  readonly disabled: readonly string[]
  /** Retired ids, which requests do not reach, with what they reach instead. */
  readonly retired: Readonly<Record<string, string>>
  readonly token: Secret<string> | undefined
  readonly project: string | undefined
  /** When the test began. */
  readonly begunAt: number
  readonly onFailure: (failure: ClassifiedFailure) => void
  /** Hears of each as soon as it is done. */
  readonly onStep: (step: TestStep) => void
}

const AT_ONCE = 2
const TIMEOUT_MS = 20_000
/** No model is begun after this long. */
const WITHIN_MS = 60_000
const MAX_MODELS = 60
const MAX_MODEL_LENGTH = 200

/** Throws `InvalidInputError`. */
export function checkModels(models: readonly string[] | undefined): readonly string[] | undefined {
  if (models === undefined) return undefined
  if (models.length > MAX_MODELS || models.some((model) => model === "" || model.length > MAX_MODEL_LENGTH)) {
    throw new InvalidInputError("out_of_range", `At most ${MAX_MODELS} models can be named, by their ids.`, ["models"])
  }
  return [...new Set(models)]
}

/** The steps, in the order of the models. */
export async function tryModels(
  { calls, clock }: { readonly calls: Pick<AntigravityCalls, "generate">; readonly clock: Clock },
  trials: ModelTrials,
): Promise<TestStep[]> {
  const { offered, asked, token, project, begunAt, retired, onFailure, onStep } = trials
  const disabled = new Set(trials.disabled)

  function notWorth(model: string): string | undefined {
    if (clock.now() - begunAt > WITHIN_MS) return "The test took too long already; name the models to try."
    if (asked !== undefined) return undefined
    if (disabled.has(model)) return "It is switched off for this account."
    const successor = Object.hasOwn(retired, model) ? retired[model] : undefined
    if (successor !== undefined && offered.includes(successor)) {
      return `It is retired: requests that name it go to ${successor}.`
    }
    return isImageModel(model) ? "A picture costs more than a word: name the model to try it." : undefined
  }

  async function ask(model: string, accessToken: Secret<string>, projectId: string): Promise<Verdict> {
    const sessionId = String(-randomInt(1, 2 ** 47))
    const requestId = `agent/${clock.now()}/${randomUUID()}`
    const body = modelRequest({ model, projectId, requestId, sessionId })
    const answer = await calls.generate(body, accessToken, projectId, TIMEOUT_MS)
    if (answer.type === "unreachable") return verdictOfCall(answer)
    const failure = answer.type === "failure" ? answer.failure : failureInAnswer(answer.text, projectId, clock.now())
    if (failure === undefined) return passed("It answered.")
    onFailure(failure)
    return verdictOfFailure(failure)
  }

  async function step(model: string): Promise<TestStep> {
    if (token === undefined) return stepOf("MODEL", model, skipped("There is no access token."), null)
    if (project === undefined) return stepOf("MODEL", model, skipped("There is no project to name."), null)
    const reason = notWorth(model)
    if (reason !== undefined) return stepOf("MODEL", model, skipped(reason), null)
    const from = clock.now()
    return stepOf("MODEL", model, await ask(model, token, project), clock.now() - from)
  }

  const models = asked ?? offered
  const steps = new Map<string, TestStep>()
  await forEachLimited(models, AT_ONCE, async (model) => {
    const done = await step(model)
    steps.set(model, done)
    onStep(done)
  })
  return models.flatMap((model) => steps.get(model) ?? [])
}
