/** What Gemini's own SDKs do with an answer, as plainly as can be. */
import { fetchAnswer, type Answer, type Call } from "./client.ts"
import { MODEL } from "./snapshots.ts"

export interface GeminiEvent {
  readonly candidates?: readonly {
    readonly content?: { readonly role?: string; readonly parts?: readonly GeminiPart[] }
    readonly finishReason?: string
    readonly groundingMetadata?: object
  }[]
  readonly usageMetadata?: Readonly<Record<string, number>>
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly status: string
    readonly details?: unknown[]
  }
}

export interface GeminiPart {
  readonly text?: string
  readonly thought?: boolean
  readonly thoughtSignature?: string
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args?: object }
  readonly inlineData?: { readonly mimeType: string; readonly data: string }
}

export function geminiBody(text: string, more: object = {}): object {
  return { contents: [{ role: "user", parts: [{ text }] }], ...more }
}

/** `method` with its query, as `streamGenerateContent?alt=sse`. */
export function askGemini(
  url: string,
  method: string,
  body: object,
  more: Call & { model?: string } = {},
): Promise<Answer> {
  const { model = MODEL, ...call } = more
  return fetchAnswer(`${url}/v1beta/models/${model}:${method}`, { body, ...call })
}

export function partsOf(event: GeminiEvent | undefined): readonly GeminiPart[] {
  return event?.candidates?.[0]?.content?.parts ?? []
}

export function textOf(events: readonly GeminiEvent[]): string {
  return events
    .flatMap(partsOf)
    .map((part) => (part.thought === true ? "" : (part.text ?? "")))
    .join("")
}

/** Events of a stream with `alt=sse`. Throws on anything that is no data frame, and on what is left at the end. */
export function eventsOf(text: string): GeminiEvent[] {
  let rest = text
  const events: GeminiEvent[] = []
  for (;;) {
    const frame = /^data: (.*)\n\n/.exec(rest)
    if (frame === null) break
    events.push(JSON.parse(frame[1] ?? "") as GeminiEvent) // the wire's own shape
    rest = rest.slice(frame[0].length)
  }
  if (rest !== "") throw new Error(`left over: ${rest}`)
  return events
}

/** How `@google/genai` 1.x reads a stream, read by read: anchored at the buffer's begin, errors only as a read that is all JSON. */
export function parseAsFirstMajor(reads: readonly string[]): GeminiEvent[] {
  const line = /^\s*data: (.*)(?:\n\n|\r\r|\r\n\r\n)/
  const events: GeminiEvent[] = []
  let buffer = ""
  for (const read of reads) {
    const whole = parsed(read)
    if (whole?.error !== undefined) throw new ApiError(whole.error.code)
    buffer += read
    for (let match = line.exec(buffer); match !== null; match = line.exec(buffer)) {
      events.push(JSON.parse(match[1] ?? "") as GeminiEvent) // the wire's own shape
      buffer = buffer.slice(match[0].length)
    }
  }
  if (buffer.trim() !== "") throw new Error("Incomplete JSON segment at the end")
  return events
}

export class ApiError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`got status ${status}`)
    this.status = status
  }
}

function parsed(text: string): GeminiEvent | undefined {
  try {
    return JSON.parse(text) as GeminiEvent // only asked for an error
  } catch {
    return undefined
  }
}
