/**
 * The message types of the upstream as far as they are known (upstream-protocol 5.1, 8.1, 8.2, 8.5, 9). A member that is
 * not here does not exist for the upstream. Names are camelCase; proto JSON takes snake_case as well.
 */

/** What a member may hold. */
export type Field =
  | { readonly kind: "string" | "boolean" | "integer" | "number" | "any" | "struct" }
  | { readonly kind: "enum"; readonly type: string; readonly values: ReadonlySet<string> }
  | { readonly kind: "message"; readonly message: MessageName }
  | { readonly kind: "list"; readonly of: Field }
  | { readonly kind: "map"; readonly of: Field }

/** One message type. */
export type Message = Readonly<Record<string, Field>>

const string: Field = { kind: "string" }
const boolean: Field = { kind: "boolean" }
const integer: Field = { kind: "integer" }
const number: Field = { kind: "number" }
const any: Field = { kind: "any" }
const struct: Field = { kind: "struct" }
const list = (of: Field): Field => ({ kind: "list", of })
const map = (of: Field): Field => ({ kind: "map", of })
const message = (name: MessageName): Field => ({ kind: "message", message: name })
const choice = (type: string, ...values: readonly string[]): Field => ({ kind: "enum", type, values: new Set(values) })

const modalities = choice("Modality", "MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO")

/** `type` takes either case (upstream-protocol 8.2). */
const schemaType = choice(
  "Type",
  ...["string", "number", "integer", "boolean", "array", "object"].flatMap((name) => [name, name.toUpperCase()]),
)

/** What a schema of a tool may hold. */
const toolSchema = {
  type: schemaType,
  description: string,
  nullable: boolean,
  enum: list(string),
  items: message("ToolSchema"),
  properties: map(message("ToolSchema")),
  required: list(string),
  anyOf: list(message("ToolSchema")),
  oneOf: list(message("ToolSchema")),
  propertyOrdering: list(string),
  // Known, but refused in VALIDATED mode (rule `schema-constraint`).
  format: string,
  default: any,
  minItems: integer,
  maxItems: integer,
  minLength: integer,
  maxLength: integer,
  pattern: string,
  minimum: number,
  maximum: number,
} satisfies Message

const responseSchema = {
  ...toolSchema,
  title: string,
  additionalProperties: any,
  items: message("ResponseSchema"),
  properties: map(message("ResponseSchema")),
  anyOf: list(message("ResponseSchema")),
  oneOf: list(message("ResponseSchema")),
} satisfies Message

const content = { role: string, parts: list(message("Part")) } satisfies Message

const platform = ["PLATFORM_UNSPECIFIED", "DARWIN_AMD64", "DARWIN_ARM64", "LINUX_AMD64", "LINUX_ARM64", "WINDOWS_AMD64"]

/** Every message type by name. */
export const messages = {
  Envelope: {
    project: string,
    model: string,
    requestId: string,
    userAgent: string,
    requestType: string,
    request: message("Request"),
    enabledCreditTypes: list(string),
    userPromptId: string,
  },
  Request: {
    contents: list(message("Content")),
    systemInstruction: message("Content"),
    tools: list(message("Tool")),
    toolConfig: message("ToolConfig"),
    generationConfig: message("GenerationConfig"),
    safetySettings: list(message("SafetySetting")),
    labels: map(string),
    cachedContent: string,
    sessionId: string,
  },
  Content: content,
  Part: {
    text: string,
    thought: boolean,
    thoughtSignature: string,
    inlineData: message("Blob"),
    fileData: message("FileData"),
    functionCall: message("FunctionCall"),
    functionResponse: message("FunctionResponse"),
    executableCode: struct,
    codeExecutionResult: struct,
    videoMetadata: struct,
  },
  Blob: { mimeType: string, data: string, displayName: string },
  FileData: { mimeType: string, fileUri: string, displayName: string },
  FunctionCall: { id: string, name: string, args: struct },
  FunctionResponse: { id: string, name: string, response: struct, parts: list(message("FunctionResponsePart")) },
  FunctionResponsePart: { inlineData: message("Blob"), fileData: message("FileData") },
  Tool: {
    functionDeclarations: list(message("FunctionDeclaration")),
    googleSearch: message("GoogleSearch"),
    urlContext: struct,
    codeExecution: struct,
  },
  GoogleSearch: { enhancedContent: struct, includedDomains: list(string) },
  FunctionDeclaration: {
    name: string,
    description: string,
    behavior: string,
    parameters: message("RootToolSchema"),
    parametersJsonSchema: any,
    response: message("ToolSchema"),
    responseJsonSchema: any,
  },
  // Only the root of a tool's schema may have a title.
  RootToolSchema: { ...toolSchema, title: string },
  ToolSchema: toolSchema,
  ResponseSchema: responseSchema,
  ToolConfig: {
    functionCallingConfig: message("FunctionCallingConfig"),
    includeServerSideToolInvocations: boolean,
    retrievalConfig: struct,
  },
  FunctionCallingConfig: {
    mode: choice("Mode", "MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"),
    allowedFunctionNames: list(string),
  },
  SafetySetting: { category: string, threshold: string },
  GenerationConfig: {
    temperature: number,
    topP: number,
    topK: number,
    candidateCount: integer,
    maxOutputTokens: integer,
    stopSequences: list(string),
    responseLogprobs: boolean,
    logprobs: integer,
    presencePenalty: number,
    frequencyPenalty: number,
    seed: integer,
    responseMimeType: string,
    responseSchema: message("ResponseSchema"),
    // Cleaned alike, whichever of the two it is called (upstream-protocol 8.2).
    responseJsonSchema: message("ResponseSchema"),
    routingConfig: struct,
    modelSelectionConfig: struct,
    responseModalities: list(modalities),
    mediaResolution: string,
    speechConfig: struct,
    audioTimestamp: boolean,
    thinkingConfig: message("ThinkingConfig"),
    imageConfig: message("ImageConfig"),
  },
  ThinkingConfig: { includeThoughts: boolean, thinkingBudget: integer, thinkingLevel: string },
  ImageConfig: { aspectRatio: string, imageSize: string },
  CountEnvelope: { request: message("CountRequest") },
  CountRequest: {
    model: string,
    contents: list(message("Content")),
    systemInstruction: message("Content"),
    tools: list(message("Tool")),
    generationConfig: message("GenerationConfig"),
  },
  LoadRequest: { metadata: message("Metadata"), cloudaicompanionProject: string, mode: any },
  OnboardRequest: { tierId: string, metadata: message("Metadata"), cloudaicompanionProject: string },
  Metadata: {
    ideType: any,
    ideVersion: string,
    ideName: string,
    platform: choice("Platform", ...platform),
    pluginType: string,
    pluginVersion: string,
    updateChannel: string,
    duetProject: string,
  },
  ProjectRequest: { project: string, userAgent: string },
} satisfies Readonly<Record<string, Message>>

/** Name of a message type. */
export type MessageName =
  | ("Envelope" | "Request" | "Content" | "Part" | "Blob" | "FileData" | "FunctionCall" | "FunctionResponse")
  | ("FunctionResponsePart" | "Tool" | "GoogleSearch" | "FunctionDeclaration" | "RootToolSchema" | "ToolSchema")
  | ("ResponseSchema" | "ToolConfig" | "FunctionCallingConfig" | "SafetySetting" | "GenerationConfig")
  | ("ThinkingConfig" | "ImageConfig" | "CountEnvelope" | "CountRequest" | "LoadRequest" | "OnboardRequest")
  | ("Metadata" | "ProjectRequest")
