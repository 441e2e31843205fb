/**
 * Reads an OpenAI chat stream as it arrives and compares each byte of its text with what the spec says. It throws at the first
 * difference: a wrong byte makes every figure of a run worthless.
 */
import { StringDecoder } from "node:string_decoder"
import { type AnswerSpec, answerChunks, answerUsage, encodeSpec } from "./answer.ts"

/** An answer that is not the one the spec asks for. Its message names the request and the place of the first difference. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer"
}

/** The fields of a chunk that are looked at; all of them may be missing in a wrong one. */
interface ChatChunk {
  readonly error?: unknown
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null }
    readonly finish_reason?: string | null
  }[]
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null
}

export class AnswerChecker {
  /** How many chunks of the answer have arrived whole. */
  chunks = 0
  private readonly spec: AnswerSpec
  private readonly expected: string
  private readonly boundaries: readonly number[]
  private readonly decoder = new StringDecoder("utf8")
  private rest = ""
  private offset = 0
  private isFinished = false
  private isDone = false

  constructor(spec: AnswerSpec) {
    this.spec = spec
    const texts = answerChunks(spec)
    this.expected = texts.join("")
    let end = 0
    this.boundaries = texts.map((text) => (end += text.length))
  }

  push(bytes: Buffer): void {
    this.rest += this.decoder.write(bytes)
    let start = 0
    for (;;) {
      const end = this.rest.indexOf("\n\n", start)
      if (end < 0) break
      this.event(this.rest.slice(start, end))
      start = end + 2
    }
    if (start > 0) this.rest = this.rest.slice(start)
  }

  /** The connection's end. Throws when the answer is not whole. */
  end(): void {
    if (this.rest !== "" || this.decoder.end() !== "") this.fail(`half an event at the end: ${this.rest.slice(0, 200)}`)
    if (this.offset < this.expected.length) {
      this.fail(`a short answer: ${this.offset} of ${this.expected.length} characters`)
    }
    if (!this.isFinished) this.fail("no finish_reason")
    if (!this.isDone) this.fail("no [DONE]")
  }

  private event(event: string): void {
    if (event.startsWith(":")) return
    if (!event.startsWith("data: ")) this.fail(`not an event of this wire: ${event.slice(0, 200)}`)
    if (this.isDone) this.fail(`an event after [DONE]: ${event.slice(0, 200)}`)
    const data = event.slice(6)
    if (data === "[DONE]") {
      this.isDone = true
      return
    }
    const chunk = JSON.parse(data) as ChatChunk // each field is looked at below
    if (chunk.error !== undefined) this.fail(`an error event: ${data.slice(0, 500)}`)
    const choice = chunk.choices?.[0]
    if (typeof choice?.delta?.content === "string") this.text(choice.delta.content)
    if (typeof choice?.finish_reason === "string") this.finish(choice.finish_reason)
    if (chunk.usage) this.usage(chunk.usage)
  }

  private text(text: string): void {
    if (text === "") return
    if (this.isFinished) this.fail("text after finish_reason")
    if (!this.expected.startsWith(text, this.offset)) this.fail(this.difference(text))
    this.offset += text.length
    while (this.chunks < this.boundaries.length && (this.boundaries[this.chunks] ?? 0) <= this.offset) this.chunks += 1
  }

  private difference(text: string): string {
    let at = 0
    while (at < text.length && text[at] === this.expected[this.offset + at]) at += 1
    const place = this.offset + at
    const wanted = JSON.stringify(this.expected.slice(place, place + 20))
    return `a wrong byte at character ${place}: ${JSON.stringify(text.slice(at, at + 20))} instead of ${wanted}`
  }

  private finish(reason: string): void {
    if (reason !== "stop") this.fail(`finish_reason ${reason}`)
    if (this.isFinished) this.fail("two finish reasons")
    if (this.offset < this.expected.length) this.fail("finish_reason before the whole text")
    this.isFinished = true
  }

  private usage(usage: NonNullable<ChatChunk["usage"]>): void {
    if (!this.isFinished) return
    const { promptTokens, completionTokens } = answerUsage(this.spec)
    if (usage.prompt_tokens !== promptTokens || usage.completion_tokens !== completionTokens) {
      this.fail(`usage ${JSON.stringify(usage)} instead of ${promptTokens} and ${completionTokens}`)
    }
  }

  private fail(what: string): never {
    throw new WrongAnswer(`${what} (${encodeSpec(this.spec)})`)
  }
}
