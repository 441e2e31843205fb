/**
 * Plans an answer: which parts, signatures, finish reason and usage. Pure and deterministic; how the plan is cut into
 * events and bytes is decided elsewhere. Sources: upstream-protocol 5.3, 6.2, 7.1, 8.4, 10.
 */
import { defaultAnswer, defaultThought, instanceOf, resultAnswer, wordsFor } from "./answer-text.ts"
import type { CatalogueModel } from "./catalogue.ts"
import { isObject, member, parseJson, stringOf } from "./json.ts"
import type { JsonObject } from "./json.ts"
import { picture, pixelsOf } from "./picture.ts"
import { readDirectives } from "./prompt-language.ts"
import type { AskedCall, Directives, Step } from "./prompt-language.ts"
import { digest, lettersOf } from "./random.ts"
import type { FunctionResponse, GenerationRequest, Turn } from "./request.ts"
import type { Signatures } from "./signatures.ts"
import { promptTokens, tokens } from "./usage.ts"

/** A part of the answer as it goes on the wire. */
export type AnswerPart = JsonObject

/** A planned answer. */
export interface Answer {
  /** Undefined when thoughts are not shown. */
  readonly thought: string | undefined
  /** Claude: signature over the thought, sent as a final empty thought part. */
  readonly thoughtSignature: string | undefined
  readonly text: string
  /** Gemini 3 without calls: the trailing signature. */
  readonly textSignature: string | undefined
  /** Calls and inline data, each whole. */
  readonly parts: readonly AnswerPart[]
  readonly finishReason: string
  readonly grounding: object | undefined
  readonly counts: {
    readonly prompt: number
    readonly cached: number
    readonly candidates: number
    readonly thoughts: number
  }
  readonly responseId: string
  readonly modelVersion: string
}

/** What a plan needs to know. */
export interface AnswerContext {
  readonly request: GenerationRequest
  readonly model: CatalogueModel
  readonly seed: string
  readonly signatures: Signatures
  readonly cached: number
  /** Number of this generation, so that ids are unique. */
  readonly serial: number
}

/** The directives of the last user text: the last user turn that is not only tool results. */
export function directivesOf(request: GenerationRequest): Directives {
  const turn = request.turns[lastPrompt(request.turns)]
  return readDirectives((turn?.parts ?? []).flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n"))
}

/** Plans the answer. */
export function planAnswer(context: AnswerContext, directives: Directives): Answer {
  const { request, model, seed } = context
  const since = request.turns.slice(lastPrompt(request.turns) + 1)
  const rounds = since.filter(({ parts }) => parts.some(({ call }) => call)).length
  const step = directives.steps[rounds] ?? { calls: [] }
  const thinking = thinkingOf(context)
  const thought = thinking.on ? (step.think ?? defaultThought(directives.prompt)) : ""
  const kept = keep(thought, Math.min(thinking.limit, request.config.maxOutputTokens ?? model.maxOutputTokens))
  const calls = model.image ? [] : callsOf(context, directives, step)
  const drafts = picturesOf(context, directives, step.drafts ?? 0).map((part) => ({ thought: true, ...part }))
  const pictures = picturesOf(context, directives, step.images ?? (step.text === undefined ? 1 : 0))
  const unlimited = textOf(context, directives, step, calls.length + pictures.length > 0)
  const limited = limit(context, thinking.prefix(kept.text) + unlimited, kept.text.length, calls)
  const shown = thinking.on && thinking.shown
  const signed = signaturesOf(context, directives.padding, {
    text: kept.text,
    shown,
    on: thinking.on,
    calls: calls.length,
  })
  const parts = [
    ...calls.map((call, index) => (index === 0 && signed.call ? { ...call, thoughtSignature: signed.call } : call)),
    ...drafts,
    ...pictures,
  ]
  return {
    thought: shown ? kept.text : undefined,
    thoughtSignature: signed.thought,
    text: limited.text,
    textSignature: parts.length === 0 ? signed.text : undefined,
    parts: limited.cut || kept.cut ? [] : parts,
    finishReason: step.finish ?? (limited.cut || kept.cut ? "MAX_TOKENS" : "STOP"),
    grounding: groundingOf(request, directives, limited.text),
    counts: {
      prompt: promptTokens(request),
      cached: context.cached,
      candidates: tokens(limited.text.length + (limited.cut || kept.cut ? 0 : sizeOf(calls))) + pictures.length * 1290,
      thoughts: tokens(kept.text.length),
    },
    responseId: `${model.family === "claude" ? "msg_vrtx_" : ""}${lettersOf(24, seed, "response", context.serial)}`,
    modelVersion: model.id,
  }
}

/**
 * Index of the turn the answer is for; -1 when there is none: the last user turn without tool results, or with a directive
 * beside them (a client's new text may share a turn with the results before it).
 */
export function lastPrompt(turns: readonly Turn[]): number {
  return turns.findLastIndex(
    ({ role, parts }) =>
      role === "user" &&
      parts.length > 0 &&
      (parts.every(({ response }) => !response) || parts.some(({ text }) => text?.includes("[[sim:"))),
  )
}

interface Thinking {
  readonly on: boolean
  readonly shown: boolean
  /** Tokens the thought may take. */
  readonly limit: number
  readonly prefix: (thought: string) => string
}

function thinkingOf({ request, model }: AnswerContext): Thinking {
  const config = request.config.thinking
  const budget = config?.budget
  const none = (): string => ""
  if (!config || !model.thinking || budget === 0)
    return { on: false, shown: true, limit: model.maxOutputTokens, prefix: none }
  if (model.family === "claude" && budget === undefined) {
    // Without a budget Claude ignores the wish and writes its thought into the text (upstream-protocol 6.2).
    const imitation = config.include ? (): string => "<think>No budget was given.</think>" : none
    return { on: false, shown: false, limit: 0, prefix: imitation }
  }
  const limited = budget !== undefined && budget > 0 ? budget : model.thinking.maximum
  return { on: true, shown: config.include, limit: limited, prefix: none }
}

function keep(text: string, limitTokens: number): { text: string; cut: boolean } {
  if (text.length <= limitTokens * 4) return { text, cut: false }
  return { text: whole(text.slice(0, limitTokens * 4)), cut: true }
}

/** Drops half a surrogate pair at the end. */
function whole(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}

function textOf({ request, seed }: AnswerContext, directives: Directives, step: Step, others: boolean): string {
  if (step.text !== undefined) return step.text
  if (step.words !== undefined) return wordsFor(seed, directives.prompt, step.words)
  if (others) return ""
  if (request.config.responseMimeType === "application/json") {
    const schema = request.config.responseSchema
    return JSON.stringify(
      schema === undefined ? { answer: defaultAnswer(seed, directives.prompt) } : instanceOf(schema, seed),
    )
  }
  const told = toldSchema(request)
  // What models do that are only told so in words.
  if (told !== undefined) return `\`\`\`json\n${JSON.stringify(instanceOf(told, seed), undefined, 2)}\n\`\`\``
  const responses = lastResponses(request.turns)
  return responses.length > 0 ? resultAnswer(responses) : defaultAnswer(seed, directives.prompt)
}

/** A schema that the system text ends with, after the words `JSON Schema:`. */
function toldSchema({ system, turns }: GenerationRequest): unknown {
  if (lastResponses(turns).length > 0) return undefined
  for (const { text } of system ?? []) {
    const schema = parseJson(/JSON Schema:\s*(\{.*)$/s.exec(text ?? "")?.[1] ?? "")
    if (isObject(schema)) return schema
  }
  return undefined
}

function lastResponses(turns: readonly Turn[]): FunctionResponse[] {
  return (turns.at(-1)?.parts ?? []).flatMap(({ response }) => (response ? [response] : []))
}

function limit(
  { request, model }: AnswerContext,
  text: string,
  thoughtLength: number,
  calls: readonly AnswerPart[],
): { text: string; cut: boolean } {
  const stop = request.config.stopSequences
    .map((sequence) => text.indexOf(sequence))
    .filter((index) => index !== -1)
    .reduce((first, index) => Math.min(first, index), text.length)
  const stopped = text.slice(0, stop)
  const room = (request.config.maxOutputTokens ?? model.maxOutputTokens) - tokens(thoughtLength)
  if (tokens(stopped.length + sizeOf(calls)) <= room || model.image) return { text: stopped, cut: false }
  return { text: whole(stopped.slice(0, Math.max(0, room) * 4)), cut: true }
}

function sizeOf(calls: readonly AnswerPart[]): number {
  return calls.reduce((total, part) => {
    const call = isObject(part["functionCall"]) ? part["functionCall"] : {}
    return total + String(call["name"]).length + JSON.stringify(call["args"] ?? {}).length
  }, 0)
}

function callsOf(context: AnswerContext, directives: Directives, step: Step): AnswerPart[] {
  const { request, model, seed, serial } = context
  if (request.mode === "NONE") return []
  const asked: AskedCall[] = [...step.calls]
  if (asked.length === 0 && request.mode === "ANY") asked.push({ name: request.allowed[0], args: undefined })
  return asked.flatMap((call, index) => {
    const declared =
      call.name === undefined ? request.declarations[0] : request.declarations.find(({ name }) => name === call.name)
    const name = call.name ?? declared?.name
    if (name === undefined) return []
    const args = call.args ?? instanceOf(declared?.parameters, seed)
    const id = callId(model, directives.ids, seed, serial, index)
    const empty = isObject(args) && Object.keys(args).length === 0
    return [{ functionCall: { ...(id ? { id } : {}), name, ...(empty ? {} : { args }) } }]
  })
}

function callId(
  model: CatalogueModel,
  short: boolean,
  seed: string,
  serial: number,
  index: number,
): string | undefined {
  if (model.family === "claude") return `toolu_vrtx_${lettersOf(24, seed, "call", serial, index)}`
  return short ? lettersOf(8, seed, "call", serial, index) : undefined
}

interface Signed {
  readonly text: string
  readonly shown: boolean
  readonly on: boolean
  readonly calls: number
}

function signaturesOf(
  { model, signatures, serial }: AnswerContext,
  padding: number,
  { text, shown, on, calls }: Signed,
): { thought?: string; text?: string; call?: string } {
  const occasion = `${model.id} ${serial}`
  if (model.family === "claude") return shown ? { thought: signatures.claude(text, occasion, padding) } : {}
  if (model.family !== "gemini-3") return {}
  const signature = signatures.gemini(occasion, padding)
  if (calls > 0) return { call: signature }
  return on ? { text: signature } : {}
}

/** None of a model that does not draw. */
function picturesOf({ request, model, seed }: AnswerContext, directives: Directives, count: number): AnswerPart[] {
  if (!model.image) return []
  const config = request.config.imageConfig ?? {}
  const [width, height] = pixelsOf(
    stringOf(member(config, "aspectRatio")) ?? "1:1",
    stringOf(member(config, "imageSize")) ?? "1K",
  )
  return Array.from({ length: count }, (_, index) => {
    const pattern = (digest(seed, "picture", directives.prompt)[0] ?? 0) + index
    return { inlineData: { mimeType: "image/png", data: picture(width, height, pattern).toString("base64") } }
  })
}

function groundingOf(request: GenerationRequest, { prompt, sources }: Directives, text: string): object | undefined {
  if (!request.builtins.includes("googleSearch")) return undefined
  if (sources < 1) return {}
  const redirect = "https://vertexaisearch.cloud.google.com/grounding-api-redirect/EXAMPLE"
  const pages = Array.from({ length: Math.min(sources, 100) }, (_, index) => {
    const which = index === 0 ? "" : `-${index + 1}`
    return { web: { uri: `${redirect}${which}`, title: `example${which}.org` } }
  })
  const sentences = pages.length === 1 ? [text] : text.split(/(?<=[.!?。])/u)
  let start = 0
  const supports = sentences.flatMap((sentence, index) => {
    const startIndex = start
    start += Buffer.byteLength(sentence)
    const segment = { ...(startIndex > 0 ? { startIndex } : {}), endIndex: start, text: sentence }
    return sentence.trim() === "" ? [] : [{ segment, groundingChunkIndices: [index % pages.length] }]
  })
  return {
    webSearchQueries: [prompt.slice(0, 100)],
    searchEntryPoint: { renderedContent: "<div/>" },
    groundingChunks: pages,
    groundingSupports: supports,
  }
}
