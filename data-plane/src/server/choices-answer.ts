/**
 * Several answers to one request on their way to one client. Each is an answer of its own to the attempt that fills it; what they
 * become leaves by the one stream, or in one body when all are there.
 */
import type { Usage } from "#shared/usage.ts"
import type { GatewayError } from "../canonical/error.ts"
import { createFold, type Fold } from "../canonical/fold.ts"
import type { ChatResponse } from "../canonical/response.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { ChoicesEncoder, ChoicesSide, RelayedEvent, StreamEncoder } from "../dialects/dialect.ts"
import { createAnswer, HeldAnswer, type Answer, type AnswerOptions } from "./answer.ts"

export interface ChoicesAnswer extends Pick<
  Answer,
  "usage" | "guessedUsage" | "finishReason" | "complete" | "fail" | "close"
> {
  /** One for each answer. */
  readonly choices: readonly Answer[]
}

export interface ChoicesOptions extends Omit<AnswerOptions, "onFirstContent"> {
  readonly side: ChoicesSide
  readonly count: number
  /** `choice` puts its first content before the client. */
  readonly onContent: (choice: number) => void
}

export function createChoicesAnswer(options: ChoicesOptions): ChoicesAnswer {
  return options.context.request.stream ? new StreamedChoices(options) : new WholeChoices(options)
}

abstract class Choices<One extends HeldAnswer> {
  abstract readonly choices: readonly One[]

  /** Of all of them: each was a call of its own, with the whole prompt. */
  get usage(): Usage {
    return this.choices.map(({ usage }) => usage).reduce(sumUsage)
  }

  get guessedUsage(): Usage {
    return this.choices.map(({ guessedUsage }) => guessedUsage).reduce(sumUsage)
  }

  /** The different ones. */
  get finishReason(): string | undefined {
    const reasons = new Set(this.choices.flatMap(({ finishReason }) => finishReason ?? []))
    return reasons.size === 0 ? undefined : [...reasons].join(",")
  }
}

class StreamedChoices extends Choices<StreamedChoice> implements ChoicesAnswer {
  readonly choices: readonly StreamedChoice[]
  readonly #stream: Answer
  readonly #waiting = new Set<() => void>()

  constructor(options: ChoicesOptions) {
    super()
    const { dialect, side, count } = options
    let encoder: ChoicesEncoder | undefined
    this.#stream = createAnswer({
      ...options,
      onFirstContent: () => undefined,
      dialect: {
        ...dialect,
        encodeStream: (write, context) => (encoder = side.encodeStream(write, context, count)).whole,
      },
    })
    const flush = (): boolean => this.#stream.flush()
    const onDrain = (run: () => void): void => this.#onDrain(run)
    this.choices = (encoder?.choices ?? []).map((one, choice) => {
      const own = { ...options, onFirstContent: () => options.onContent(choice) }
      return new StreamedChoice(own, { encoder: one, flush, onDrain })
    })
  }

  complete(): void {
    this.#stream.complete()
  }

  fail(error: GatewayError): boolean {
    return this.#stream.fail(error)
  }

  close(): void {
    this.#waiting.clear()
    this.#stream.close()
  }

  /** A full socket stops all of them; all go on when it has drained. */
  #onDrain(run: () => void): void {
    this.#waiting.add(run)
    this.#stream.onDrain(() => {
      const waiting = [...this.#waiting]
      this.#waiting.clear()
      for (const resume of waiting) resume()
    })
  }
}

interface SharedStream extends Pick<Answer, "flush" | "onDrain"> {
  readonly encoder: StreamEncoder
}

class StreamedChoice extends HeldAnswer implements Answer {
  readonly #stream: SharedStream

  constructor(options: AnswerOptions, stream: SharedStream) {
    super(options)
    this.#stream = stream
  }

  flush(): boolean {
    return this.#stream.flush()
  }

  onDrain(run: () => void): void {
    this.#stream.onDrain(run)
  }

  /** The stream is completed as a whole. */
  complete(): void {}

  fail(): boolean {
    return false
  }

  close(): void {}

  protected override beginWriting(): void {}

  protected override take(item: StreamPart | RelayedEvent): void {
    if (item.type !== "relayed-event") this.#stream.encoder.part(item)
  }
}

class WholeChoices extends Choices<WholeChoice> implements ChoicesAnswer {
  readonly choices: readonly WholeChoice[]
  readonly #options: ChoicesOptions

  constructor(options: ChoicesOptions) {
    super()
    this.#options = options
    this.choices = Array.from({ length: options.count }, (_, choice) => {
      return new WholeChoice({ ...options, onFirstContent: () => options.onContent(choice) })
    })
  }

  complete(): void {
    const { side, context, responder, headHeaders } = this.#options
    const responses = this.choices.flatMap((choice) => choice.response() ?? [])
    const body = JSON.stringify(side.encodeResponse(responses, context))
    responder.answer(200, { "content-type": "application/json", ...headHeaders() }, body)
  }

  fail(): boolean {
    return false
  }

  close(): void {}
}

class WholeChoice extends HeldAnswer implements Answer {
  #fold: Fold = createFold()
  #isWhole = false

  /** Undefined: it failed. */
  response(): ChatResponse | undefined {
    return this.#isWhole ? this.#fold.response() : undefined
  }

  flush(): boolean {
    return true
  }

  onDrain(): void {}

  /** The answers are given together. */
  complete(): void {}

  fail(): boolean {
    return false
  }

  close(): void {}

  protected override beginWriting(): void {
    this.#fold = createFold()
    this.#isWhole = false
  }

  protected override take(item: StreamPart | RelayedEvent): void {
    if (item.type === "relayed-event") return
    if (item.type === "response-end") this.#isWhole = true
    this.#fold.part(item)
  }
}

function sumUsage(one: Usage, other: Usage): Usage {
  const sum: Record<string, number> = {}
  for (const usage of [one, other]) {
    for (const [name, count] of Object.entries(usage)) if (count !== undefined) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}
