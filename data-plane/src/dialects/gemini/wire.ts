/**
 * The Gemini wire as far as it is spoken here: what becomes of a client's fields, what is sent upstream, and how an event is read.
 * Events are checked where they are used.
 */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"

const VENDOR = "addressed to the vendor, means nothing upstream"
const SERVER_TOOL = "tools that the vendor runs itself, but for the search and `urlContext`, are not carried"
const OWN_MODELS = "Gemini's own models only"

/** Names are read in snake_case too; `contents`, `parts` and `tools` may be one element instead of a list, contents and parts a text. */
export const GEMINI_FIELDS: FieldTable = {
  model: carried("where the path names none"),
  contents: carried("turns; adjacent turns of one role are merged"),
  "contents[].role": carried("`user` or `model`; none, `function` and `tool` mean the user; any other is refused"),
  "contents[].parts": carried("a list of parts, one part, or a text"),
  "contents[].parts[].text": carried("text; an empty one is left out"),
  "contents[].parts[].thought": carried(
    "a thought; for a Claude it needs its own signature; a drawn one is Gemini's only",
  ),
  "contents[].parts[].thoughtSignature": carried(
    "goes back where the asked model's family made it; the word that stands for one too",
  ),
  "contents[].parts[].inlineData": carried("see below"),
  "contents[].parts[].inlineData.mimeType": carried("a missing one is told from the data"),
  "contents[].parts[].inlineData.data": carried("base64, made standard; a text document becomes text"),
  "contents[].parts[].inlineData.displayName": ignored("means nothing upstream"),
  "contents[].parts[].fileData": carried("see below"),
  "contents[].parts[].fileData.mimeType": carried("what the address holds"),
  "contents[].parts[].fileData.fileUri": carried("an http(s) address, fetched here; files kept elsewhere are refused"),
  "contents[].parts[].fileData.displayName": ignored("means nothing upstream"),
  "contents[].parts[].functionCall": carried("a call"),
  "contents[].parts[].functionCall.id": carried("as it is; none is added for Gemini's own models"),
  "contents[].parts[].functionCall.name": carried("the function's name"),
  "contents[].parts[].functionCall.args": carried("the arguments; what is no object is kept under `_raw`"),
  "contents[].parts[].functionResponse": carried("a function's result, beside the other results of its turn"),
  "contents[].parts[].functionResponse.id": carried("the call it belongs to; else its name or its place tells"),
  "contents[].parts[].functionResponse.name": carried("the function's name, else found by the call"),
  "contents[].parts[].functionResponse.response": carried("as it is for Gemini's own models, as text for others"),
  "contents[].parts[].functionResponse.parts": carried("images and documents, after all results of the turn"),
  "contents[].parts[].functionResponse.willContinue": dropped("a result comes once"),
  "contents[].parts[].functionResponse.scheduling": dropped("a result comes once"),
  "contents[].parts[].videoMetadata": carried(OWN_MODELS),
  "contents[].parts[].mediaResolution": dropped("no upstream is known to take it on a part"),
  "contents[].parts[].executableCode": dropped(SERVER_TOOL),
  "contents[].parts[].codeExecutionResult": dropped(SERVER_TOOL),
  systemInstruction: carried("system text: a text, a part, a content, or a list of them"),
  "systemInstruction.role": ignored("the field says it"),
  "systemInstruction.parts": carried("a part of the system text each; other parts than text are dropped"),

  tools: carried("functions, and what follows"),
  "tools[].functionDeclarations": carried("functions; of several with one name the last counts"),
  "tools[].functionDeclarations[].name": carried("made legal for the upstream; answers have it as it was"),
  "tools[].functionDeclarations[].description": carried("the text, unchanged"),
  "tools[].functionDeclarations[].parameters": carried("a schema of either kind, made into what the upstream takes"),
  "tools[].functionDeclarations[].parametersJsonSchema": carried("as `parameters`, which wins"),
  "tools[].functionDeclarations[].response": dropped("no upstream is told what comes back"),
  "tools[].functionDeclarations[].responseJsonSchema": dropped("no upstream is told what comes back"),
  "tools[].functionDeclarations[].behavior": dropped("a result comes once"),
  "tools[].googleSearch": carried("the upstream's own web search, where nothing else is declared"),
  "tools[].googleSearch.includedDomains": carried("only pages of these hosts"),
  "tools[].googleSearchRetrieval": carried("the old name of the search"),
  "tools[].urlContext": carried("Gemini's own models, where no function is declared"),
  "tools[].codeExecution": dropped(SERVER_TOOL),
  "tools[].googleMaps": dropped(SERVER_TOOL),
  "tools[].fileSearch": dropped(SERVER_TOOL),
  "tools[].computerUse": dropped(SERVER_TOOL),
  "tools[].retrieval": dropped(SERVER_TOOL),
  toolConfig: carried("see below"),
  "toolConfig.functionCallingConfig": carried("see below"),
  "toolConfig.functionCallingConfig.mode": carried("AUTO, ANY, NONE; VALIDATED is as AUTO"),
  "toolConfig.functionCallingConfig.allowedFunctionNames": carried(
    "one of several that must be called, or all that are declared",
  ),
  "toolConfig.functionCallingConfig.streamFunctionCallArguments": dropped("arguments come whole"),
  "toolConfig.retrievalConfig": dropped(SERVER_TOOL),

  generationConfig: carried("see below"),
  "generationConfig.maxOutputTokens": carried("output limit, clamped to the model's own"),
  "generationConfig.temperature": carried("clamped to 0..2, for Claude to 0..1"),
  "generationConfig.topP": carried("clamped to 0..1; dropped for Claude when temperature is given too"),
  "generationConfig.topK": carried("0 and below mean none"),
  "generationConfig.seed": carried("Gemini models only, as a 32-bit number"),
  "generationConfig.stopSequences": carried("empty ones are left out, at most 5 go upstream"),
  "generationConfig.thinkingConfig": carried("see below"),
  "generationConfig.thinkingConfig.includeThoughts": carried("shows thoughts; false hides them"),
  "generationConfig.thinkingConfig.thinkingBudget": carried("tokens, clamped to the model's range; -1 is auto"),
  "generationConfig.thinkingConfig.thinkingLevel": carried(
    "a budget by the effort table, in any case; wins over the budget",
  ),
  "generationConfig.responseMimeType": carried("`application/json` asks for JSON; any other form is dropped"),
  "generationConfig.responseSchema": carried("JSON of this schema, made into what the upstream takes"),
  "generationConfig.responseJsonSchema": carried("as `responseSchema`, which it wins over"),
  "generationConfig.imageConfig": carried("see below"),
  "generationConfig.imageConfig.aspectRatio": carried("image models only"),
  "generationConfig.imageConfig.imageSize": carried("`1K`, `2K` or `4K`, image models only; any other is dropped"),
  "generationConfig.responseModalities": carried(
    "a model answers in text, an image model in images; any other kind is dropped",
  ),
  "generationConfig.mediaResolution": carried(OWN_MODELS),
  "generationConfig.presencePenalty": dropped("most models refuse it, and no catalogue says which"),
  "generationConfig.frequencyPenalty": dropped("most models refuse it, and no catalogue says which"),
  "generationConfig.candidateCount": dropped("one candidate is answered; 1 loses nothing"),
  "generationConfig.responseLogprobs": dropped("not given by any upstream"),
  "generationConfig.logprobs": dropped("not given by any upstream"),
  "generationConfig.speechConfig": dropped("no model here speaks"),
  "generationConfig.audioTimestamp": carried(OWN_MODELS),
  "generationConfig.enableEnhancedCivicAnswers": ignored(VENDOR),
  "generationConfig.routingConfig": ignored(VENDOR),
  "generationConfig.modelSelectionConfig": ignored(VENDOR),
  safetySettings: carried("Gemini's own models only"),
  cachedContent: refused("cached content is not available here; send the content itself"),
  labels: ignored(VENDOR),
  store: ignored(VENDOR),
  serviceTier: ignored(VENDOR),
  modelArmorConfig: ignored(VENDOR),
}

export const GEMINI_TREE = compileFieldTable(GEMINI_FIELDS)

export interface GeminiContent {
  readonly role: "user" | "model"
  readonly parts: readonly GeminiPart[]
}

export type GeminiPart = GeminiTextPart | GeminiCallPart | GeminiResponsePart | GeminiMediaPart | GeminiFilePart

export interface GeminiTextPart {
  readonly text: string
  readonly thought?: true
  readonly thoughtSignature?: string
}

export interface GeminiCallPart {
  readonly functionCall: {
    readonly id?: string
    readonly name: string
    readonly args: Readonly<Record<string, unknown>>
  }
  readonly thoughtSignature?: string
}

export interface GeminiResponsePart {
  readonly functionResponse: GeminiFunctionResponse
}

export interface GeminiFunctionResponse {
  readonly id?: string
  readonly name: string
  readonly response: Readonly<Record<string, unknown>>
}

export interface GeminiMediaPart {
  readonly inlineData: { readonly mimeType: string; readonly data: string }
  readonly thought?: true
  readonly thoughtSignature?: string
  readonly videoMetadata?: Readonly<Record<string, unknown>>
}

export interface GeminiFilePart {
  readonly fileData: { readonly mimeType?: string; readonly fileUri: string }
  readonly videoMetadata?: Readonly<Record<string, unknown>>
}

export interface GeminiFunctionDeclaration {
  readonly name: string
  readonly description?: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export interface GeminiFunctionCallingConfig {
  readonly mode: "NONE" | "ANY" | "VALIDATED"
  readonly allowedFunctionNames?: readonly string[]
}

export interface GeminiSearchTool {
  readonly googleSearch: { readonly includedDomains?: readonly string[] }
}

export interface GeminiImageConfig {
  readonly aspectRatio?: string
  readonly imageSize?: "1K" | "2K" | "4K"
}

/** Keys are always written in this order: a stable prefix is what the upstream's prompt cache can hit. */
export interface GeminiGenerationConfig {
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  seed?: number
  stopSequences?: readonly string[]
  imageConfig?: GeminiImageConfig
  thinkingConfig?: { readonly includeThoughts: boolean; readonly thinkingBudget: number }
  responseMimeType?: "application/json"
  responseJsonSchema?: Readonly<Record<string, unknown>>
}

/** Payloads of a part that no request of this version asks for, and what they are. A call is asked for when its tool was declared. */
export const UNCARRIED_PAYLOADS: readonly (readonly [key: string, name: string])[] = [
  ["functionResponse", "a tool result"],
  ["fileData", "a file"],
  ["executableCode", "code to run"],
  ["codeExecutionResult", "a code result"],
]
