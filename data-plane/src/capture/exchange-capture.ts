/**
 * What is captured of one exchange while it runs. It listens: nothing waits for it, and where there is no room it takes less. Sources
 * are the client's body, each call to an upstream (`transport`) and what goes to the client (`hear`).
 */
import {
  MAX_CAPTURE_BYTES,
  MAX_CAPTURED_ATTEMPTS,
  type CapturedExchange,
  type CapturedReplay,
  type TranslationNote,
} from "#shared/capture.ts"
import type { CapturedBytes } from "#shared/capture-wire.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import { accountId, type AccountId, type ApiKeyId, type ExchangeId } from "#shared/ids.ts"
import type { Incoming } from "../server/incoming.ts"
import type { AnswerListener, OutgoingCall, Sending } from "../transport/sending.ts"
import type { Transport } from "../transport/send.ts"
import type { CaptureBudget } from "./budget.ts"
import { CapturedBuffer } from "./captured-buffer.ts"
import { capturedHead } from "./captured-request.ts"

export interface CaptureStart {
  readonly exchangeId: ExchangeId
  readonly apiKeyId: ApiKeyId
  readonly startedAt: number
  readonly capturesErasedAt?: number
  readonly dialect: ClientDialectName
  readonly incoming: Pick<Incoming, "segments" | "query" | "headers">
}

/** What a capture holds beside its texts and its client's head, attempts included. */
const BESIDE_BYTES = 4_096

interface Attempt {
  readonly accountId: AccountId
  readonly origin: string
  readonly path: string
  readonly body: CapturedBuffer
  readonly answer: CapturedBuffer
  status: number
  failure?: string
}

export class ExchangeCapture {
  readonly #start: Omit<CaptureStart, "incoming">
  readonly #head: ReturnType<typeof capturedHead>
  readonly #budget: CaptureBudget
  /** Of texts. */
  #held = 0
  /** Of all else, which is small and never left out. */
  readonly #beside: number
  #ofNotes = 0
  readonly #take = (bytes: number): number => {
    const given = this.#budget.take(Math.min(bytes, MAX_CAPTURE_BYTES - this.#held))
    this.#held += given
    return given
  }
  readonly #request = new CapturedBuffer(this.#take)
  readonly #answer = new CapturedBuffer(this.#take)
  readonly #attempts: Attempt[] = []
  #attemptsLeftOut = 0
  #status = 0
  #next: AccountId = accountId("unknown")

  constructor({ incoming, ...start }: CaptureStart, budget: CaptureBudget) {
    this.#start = start
    this.#head = capturedHead(incoming)
    this.#budget = budget
    this.#beside = budget.take(BESIDE_BYTES + 2 * JSON.stringify(this.#head).length)
  }

  /** The client's body, unpacked. */
  request(body: Buffer): void {
    this.#request.whole(body)
  }

  /** Whose the next call is. */
  attempt(account: AccountId): void {
    this.#next = account
  }

  /** Sends as the one that is given, and listens. */
  transport(inner: Transport): Transport {
    return { ...inner, send: (call, listener) => this.#send(inner, call, listener) }
  }

  /** What goes to the client: its head, then its texts. */
  head(status: number): void {
    this.#status = status
  }

  text(text: string): void {
    this.#answer.text(text)
  }

  /** What was captured until now. */
  captured(notes: readonly TranslationNote[], replay?: CapturedReplay): CapturedExchange<CapturedBytes> {
    return {
      ...this.#start,
      request: { ...this.#head, body: this.#request.captured },
      attempts: this.#attempts.map(({ status, body, answer, ...attempt }) => ({
        ...attempt,
        body: body.captured,
        answer: { status, body: answer.captured },
      })),
      attemptsLeftOut: this.#attemptsLeftOut,
      answer: { status: this.#status, body: this.#answer.captured },
      notes,
      ...(replay === undefined ? {} : { replay }),
    }
  }

  /** False: there is no room for them. */
  holdNotes(notes: readonly TranslationNote[]): boolean {
    const wanted = 2 * notes.reduce((sum, note) => sum + lengthOf(note), 0)
    const given = this.#budget.take(wanted)
    if (given < wanted) this.#budget.give(given)
    else this.#ofNotes = given
    return given === wanted
  }

  /** What it held may be held by another. Once. */
  letGo(): void {
    this.#budget.give(this.#held + this.#beside + this.#ofNotes)
  }

  #send(inner: Transport, call: OutgoingCall, listener: AnswerListener): Sending {
    if (this.#attempts.length >= MAX_CAPTURED_ATTEMPTS) {
      this.#attemptsLeftOut++
      return inner.send(call, listener)
    }
    const attempt: Attempt = {
      accountId: this.#next,
      origin: call.origin,
      path: call.path,
      body: new CapturedBuffer(this.#take),
      answer: new CapturedBuffer(this.#take),
      status: 0,
    }
    this.#attempts.push(attempt)
    attempt.body.whole(call.body)
    return inner.send(call, {
      onConnected: () => listener.onConnected?.(),
      onHead: (status, headers) => {
        attempt.status = status
        listener.onHead(status, headers)
      },
      onData: (chunk) => {
        attempt.answer.copy(chunk)
        listener.onData(chunk)
      },
      onEnd: () => listener.onEnd(),
      onFailure: (error) => {
        attempt.failure = error.code
        listener.onFailure(error)
      },
    })
  }
}

const BESIDE_NOTE = 100

function lengthOf({ code, reason, client = "", upstream = "", rule = "" }: TranslationNote): number {
  return BESIDE_NOTE + code.length + reason.length + client.length + upstream.length + rule.length
}
