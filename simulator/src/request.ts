/** A generation request read tolerantly into one spelling. Nothing is refused here: rules judge what this shows them. */
import { isObject, listOf, member, numberOf, objectOf, stringOf } from "./json.ts"
import type { JsonObject } from "./json.ts"

/** A call the model made. */
export interface FunctionCall {
  readonly id: string | undefined
  readonly name: string
  readonly args: JsonObject
}

/** A result the client brought. */
export interface FunctionResponse {
  readonly id: string | undefined
  readonly name: string
  readonly response: unknown
}

/** One part of a turn. */
export interface Part {
  readonly text: string | undefined
  readonly thought: boolean
  readonly signature: string | undefined
  readonly call: FunctionCall | undefined
  readonly response: FunctionResponse | undefined
  readonly inline: { readonly mimeType: string; readonly data: string } | undefined
  /** The address of a file that is not in the request. */
  readonly file: string | undefined
}

/** One content. */
export interface Turn {
  readonly role: string | undefined
  readonly parts: readonly Part[]
}

/** A declared function. */
export interface Declaration {
  readonly name: string
  readonly parameters: JsonObject | undefined
}

/** The generation settings rules look at. */
export interface GenerationConfig {
  readonly maxOutputTokens: number | undefined
  readonly temperature: number | undefined
  readonly topP: number | undefined
  readonly topK: number | undefined
  readonly candidateCount: number | undefined
  readonly stopSequences: readonly string[]
  readonly responseMimeType: string | undefined
  readonly responseSchema: unknown
  readonly responseModalities: unknown
  readonly imageConfig: JsonObject | undefined
  readonly thinking:
    | { readonly include: boolean; readonly budget: number | undefined; readonly level: unknown }
    | undefined
}

/** A generation request. */
export interface GenerationRequest {
  readonly project: string | undefined
  readonly model: string
  readonly requestType: string
  readonly sessionId: string | undefined
  readonly turns: readonly Turn[]
  readonly system: readonly Part[] | undefined
  /** Tools as JSON, for counting. */
  readonly toolsJson: string
  readonly declarations: readonly Declaration[]
  /** Names of the built-in tools asked for. */
  readonly builtins: readonly string[]
  readonly hasToolConfig: boolean
  readonly mode: string | undefined
  readonly allowed: readonly string[]
  readonly config: GenerationConfig
  readonly safetySettings: unknown
  readonly cachedContent: unknown
}

/** Reads the envelope of `generateContent` and `streamGenerateContent`. */
export function readGeneration(body: unknown): GenerationRequest {
  const envelope = objectOf(body)
  const request = objectOf(envelope["request"])
  const tools = listOf(request["tools"]).map(objectOf)
  const calling = objectOf(member(objectOf(member(request, "toolConfig")), "functionCallingConfig"))
  const system = member(request, "systemInstruction")
  return {
    project: stringOf(envelope["project"]),
    model: stringOf(envelope["model"]) ?? "",
    requestType: stringOf(member(envelope, "requestType")) ?? "agent",
    sessionId: stringOf(member(request, "sessionId")),
    turns: readTurns(request["contents"]),
    system: isObject(system) ? listOf(system["parts"]).map(readPart) : undefined,
    toolsJson: tools.length === 0 ? "" : JSON.stringify(tools),
    declarations: tools.flatMap((tool) => listOf(member(tool, "functionDeclarations")).map(readDeclaration)),
    builtins: ["googleSearch", "urlContext", "codeExecution"].filter((name) =>
      tools.some((tool) => member(tool, name) !== undefined),
    ),
    hasToolConfig: member(request, "toolConfig") !== undefined,
    mode: stringOf(calling["mode"]),
    allowed: listOf(member(calling, "allowedFunctionNames")).map(String),
    config: readConfig(objectOf(member(request, "generationConfig"))),
    safetySettings: member(request, "safetySettings"),
    cachedContent: member(request, "cachedContent"),
  }
}

/** Reads a list of contents. */
export function readTurns(contents: unknown): Turn[] {
  return listOf(contents).map((content) => {
    const turn = objectOf(content)
    return { role: stringOf(turn["role"]), parts: listOf(turn["parts"]).map(readPart) }
  })
}

function readPart(value: unknown): Part {
  const part = objectOf(value)
  const call = member(part, "functionCall")
  const response = member(part, "functionResponse")
  const inline = member(part, "inlineData")
  const file = member(part, "fileData")
  return {
    text: stringOf(part["text"]),
    thought: part["thought"] === true,
    signature: stringOf(member(part, "thoughtSignature")),
    call: isObject(call)
      ? { id: stringOf(call["id"]), name: stringOf(call["name"]) ?? "", args: objectOf(call["args"]) }
      : undefined,
    response: isObject(response)
      ? { id: stringOf(response["id"]), name: stringOf(response["name"]) ?? "", response: response["response"] }
      : undefined,
    inline: isObject(inline)
      ? { mimeType: stringOf(member(inline, "mimeType")) ?? "", data: stringOf(inline["data"]) ?? "" }
      : undefined,
    file: isObject(file) ? (stringOf(member(file, "fileUri")) ?? "") : undefined,
  }
}

function readDeclaration(value: unknown): Declaration {
  const declaration = objectOf(value)
  const parameters = declaration["parameters"] ?? member(declaration, "parametersJsonSchema")
  return { name: stringOf(declaration["name"]) ?? "", parameters: isObject(parameters) ? parameters : undefined }
}

function readConfig(config: JsonObject): GenerationConfig {
  const number = (name: string): number | undefined => numberOf(member(config, name))
  const thinking = member(config, "thinkingConfig")
  const image = member(config, "imageConfig")
  return {
    maxOutputTokens: number("maxOutputTokens"),
    temperature: number("temperature"),
    topP: number("topP"),
    topK: number("topK"),
    candidateCount: number("candidateCount"),
    stopSequences: listOf(member(config, "stopSequences")).map(String),
    responseMimeType: stringOf(member(config, "responseMimeType")),
    responseSchema: member(config, "responseSchema") ?? member(config, "responseJsonSchema"),
    responseModalities: member(config, "responseModalities"),
    imageConfig: isObject(image) ? image : undefined,
    thinking: isObject(thinking)
      ? {
          include: member(thinking, "includeThoughts") === true,
          budget: numberOf(member(thinking, "thinkingBudget")),
          level: member(thinking, "thinkingLevel"),
        }
      : undefined,
  }
}
