/** Requests for the rules' tests: one in order for each family, and for each rule one that only this rule refuses. */
import type { SimulatedAccount } from "../accounts.ts"
import { Accounts } from "../accounts.ts"
import { isObject } from "../json.ts"
import type { JsonObject } from "../json.ts"
import { Signatures } from "../signatures.ts"

/** A request that one rule must refuse. */
export interface RuleCase {
  readonly rule: string
  readonly body: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: "generateContent" | "streamGenerateContent"
  readonly models?: readonly string[]
  /** Versions of the gate. */
  readonly newerModelsVersion?: string
  readonly supportedVersion?: string
}

/** The account all cases belong to. */
export const account: SimulatedAccount = new Accounts("test").add({
  email: "rules@simulator.example",
  projectId: "example-project",
})
/** Signatures of the cases. */
export const signatures = new Signatures("test")

const user = (...parts: readonly object[]): object => ({ role: "user", parts })
const model = (...parts: readonly object[]): object => ({ role: "model", parts })
const text = (value: string): object => ({ text: value })
const call = (id: string, name = "list_files", more: object = {}): object => ({
  functionCall: { id, name, args: { path: "/" } },
  ...more,
})
const result = (id: string, name = "list_files"): object => ({
  functionResponse: { id, name, response: { output: "a.txt" } },
})
const signedThought = (thought = "Let me look."): object => ({
  thought: true,
  text: thought,
  thoughtSignature: signatures.claude(thought, "case"),
})

/** One declared function. */
export const listFiles = {
  name: "list_files",
  description: "Lists files",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
}

/** A request of a model; `request` replaces members of the inner request, `envelope` those around it. */
export function requestFor(id: string, request: object = {}, envelope: object = {}): JsonObject {
  return {
    project: "example-project",
    requestId: "agent-1",
    model: id,
    userAgent: "antigravity",
    requestType: id.endsWith("-image") ? "image_gen" : "agent",
    request: { contents: [user(text("List the files."))], ...request },
    ...envelope,
  }
}

const gemini = (request: object = {}, envelope: object = {}): JsonObject =>
  requestFor("gemini-3-flash", request, envelope)
const claude = (request: object = {}, envelope: object = {}): JsonObject =>
  requestFor("claude-sonnet-4-6", request, envelope)
const image = (request: object = {}, envelope: object = {}): JsonObject =>
  requestFor("gemini-3.1-flash-image", request, envelope)
const tools = (...declarations: readonly object[]): object => ({ tools: [{ functionDeclarations: declarations }] })
const parameters = (schema: object): object => tools({ ...listFiles, parameters: schema })
const property = (schema: object | boolean | null): object =>
  parameters({ type: "object", properties: { path: schema } })
const config = (generationConfig: object): object => ({ generationConfig })
const answerSchema = (responseJsonSchema: object): object =>
  config({ responseMimeType: "application/json", responseJsonSchema })
const thinking = (thinkingBudget: number, more: object = {}): object =>
  config({ thinkingConfig: { includeThoughts: true, thinkingBudget }, ...more })
const contents = (...turns: readonly object[]): object => ({ contents: turns })
const begin = user(text("List the files."))
const png = (data = "aGVsbG8h"): object => ({ inlineData: { mimeType: "image/png", data } })

const film = (fileUri = "https://www.youtube.com/watch?v=abc"): object => ({ fileData: { fileUri } })

/** A signed loop in order, for Gemini 3. */
export const geminiLoop = contents(
  begin,
  model(call("a", "list_files", { thoughtSignature: signatures.gemini("case") }), call("b")),
  user(result("a"), result("b")),
)
/** A signed loop in order, for Claude with thinking on. */
export const claudeLoop = {
  ...contents(
    begin,
    model(signedThought(), text("Looking."), call("toolu_vrtx_1"), call("toolu_vrtx_2")),
    user(result("toolu_vrtx_1"), result("toolu_vrtx_2"), png(), text("Go on.")),
  ),
  ...thinking(2048, { maxOutputTokens: 4096 }),
  ...tools(listFiles),
}

/** Requests in order: no rule may refuse them. */
export const accepted: readonly (readonly [name: string, body: JsonObject])[] = [
  ["a plain prompt to Gemini", gemini()],
  ["a plain prompt to Claude", claude()],
  ["a plain prompt to GPT-OSS", requestFor("gpt-oss-120b-medium")],
  ["a film of YouTube", gemini(contents(user(film(), text("What is it?"))))],
  [
    "a sound, a film and a document",
    gemini(
      contents(
        user(
          { inlineData: { mimeType: "audio/wav", data: "aGVsbG8h" } },
          { inlineData: { mimeType: "video/mp4", data: "aGVsbG8h" } },
          { inlineData: { mimeType: "application/pdf", data: "aGVsbG8h" } },
        ),
      ),
    ),
  ],
  ["a picture of the model's own, to be changed", image(contents(begin, model(png()), user(text("With a hat."))))],
  [
    "the example of the protocol document",
    claude({
      ...tools(listFiles),
      ...thinking(8192, { maxOutputTokens: 16_000, temperature: 1 }),
      systemInstruction: { role: "user", parts: [text("Be brief.")] },
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
      sessionId: "-3750763034362895579",
    }),
  ],
  ["a signed tool loop of Gemini", gemini({ ...geminiLoop, ...tools(listFiles) })],
  ["a signed tool loop of Claude", claude(claudeLoop)],
  [
    "an unsigned call of an earlier loop of Gemini",
    gemini(contents(begin, model(call("a")), user(result("a")), model(text("Done.")), user(text("Thanks.")))),
  ],
  [
    "a sentinel on a call of Gemini",
    gemini(
      contents(
        begin,
        model(call("a", "list_files", { thoughtSignature: "skip_thought_signature_validator" })),
        user(result("a")),
      ),
    ),
  ],
  [
    "snake_case spellings",
    gemini({
      system_instruction: { parts: [text("Be brief.")] },
      generation_config: { max_output_tokens: 100 },
      session_id: "-1",
    }),
  ],
  ["a prefill to Gemini", gemini(contents(begin, model(text("{"))))],
  [
    "upper-case types",
    gemini(parameters({ type: "OBJECT", properties: { path: { type: "STRING", nullable: true } } })),
  ],
  [
    "a property named like a keyword",
    gemini(
      parameters({
        type: "object",
        properties: { format: { type: "string" }, const: { type: "string" }, title: { type: "string" } },
      }),
    ),
  ],
  ["thinking off for Claude", claude(config({ thinkingConfig: { includeThoughts: false, thinkingBudget: 0 } }))],
  ["a dynamic budget for Gemini", gemini(thinking(-1))],
  ["an image", image(config({ imageConfig: { aspectRatio: "16:9", imageSize: "2K" } }))],
  [
    "a format of the answer",
    gemini(
      answerSchema({ type: "object", title: "A", properties: { a: { type: "string" } }, additionalProperties: false }),
    ),
  ],
  ["a list as the answer", gemini(answerSchema({ type: "array", items: { type: "string", nullable: true } }))],
  ["a search by a model that is not listed for it", requestFor("gemini-pro-agent", { tools: [{ googleSearch: {} }] })],
  [
    "a search",
    gemini(
      { tools: [{ googleSearch: { includedDomains: ["example.org"] } }], generationConfig: { candidateCount: 1 } },
      { requestType: "web_search" },
    ),
  ],
  [
    "a response schema",
    gemini(
      config({
        responseMimeType: "application/json",
        responseSchema: {
          type: "object",
          title: "T",
          properties: { a: { type: "string", minLength: 1 } },
          additionalProperties: false,
        },
      }),
    ),
  ],
]

/** For each rule a request that only this rule refuses. */
export const cases: readonly RuleCase[] = [
  { rule: "unknown-field", body: gemini({ foo: 1 }) },
  { rule: "unknown-field", body: gemini({}, { foo: 1 }) },
  { rule: "unknown-field", body: claude(contents(user({ text: "Hi", cache_control: { type: "ephemeral" } }))) },
  { rule: "unknown-field", body: gemini(tools({ ...listFiles, strict: true })) },
  { rule: "unknown-schema-field", body: gemini(property({ type: "string", const: "a" })) },
  { rule: "unknown-schema-field", body: gemini(property({ type: "string", title: "Path" })) },
  { rule: "unknown-schema-field", body: gemini(parameters({ ...listFiles.parameters, additionalProperties: false })) },
  { rule: "not-repeating", body: gemini({ systemInstruction: [{ parts: [text("Be brief.")] }] }) },
  { rule: "field-type", body: gemini({ systemInstruction: "Be brief." }) },
  { rule: "field-type", body: gemini(property({ type: "string", enum: [1, 2] })) },
  { rule: "field-type", body: gemini({ toolConfig: { functionCallingConfig: { mode: "auto" } } }) },
  { rule: "user-project-header", body: gemini(), headers: { "x-goog-user-project": "example-project" } },
  { rule: "project-missing", body: gemini({}, { project: "" }) },
  { rule: "project-missing", body: gemini({}, { project: undefined }) },
  { rule: "project-foreign", body: gemini({}, { project: "foreign-project" }) },
  { rule: "model-dead", body: requestFor("gemini-3.1-pro-high") },
  {
    rule: "client-version-newer-models",
    body: requestFor("gemini-3.8-flash-high"),
    headers: { "user-agent": "lagrange/0.0.9" },
  },
  { rule: "client-version-newer-models", body: requestFor("gemini-3.8-flash-high"), newerModelsVersion: "2.9.0" },
  { rule: "client-version-supported", body: gemini(), headers: { "user-agent": "node" } },
  { rule: "client-version-supported", body: gemini(), supportedVersion: "1.0.0" },
  { rule: "model-unknown", body: gemini(), models: ["claude-sonnet-4-6"] },
  { rule: "streaming-only-model", body: claude(), method: "generateContent" },
  { rule: "cached-content", body: gemini({ cachedContent: "cachedContents/1" }) },
  { rule: "contents-empty", body: gemini(contents()) },
  { rule: "role", body: gemini(contents(begin, { role: "assistant", parts: [text("Hi")] }, user(text("Go on.")))) },
  { rule: "parts-empty", body: gemini(contents(begin, model(), user(text("Go on.")))) },
  { rule: "part-without-data", body: gemini(contents(user({}))) },
  { rule: "first-turn-user", body: gemini(contents(model(text("Hi")), user(text("Hello")))) },
  { rule: "consecutive-roles", body: gemini(contents(begin, user(text("Now.")))) },
  {
    rule: "response-object",
    body: gemini(
      contents(
        begin,
        model(call("a", "list_files", { thoughtSignature: signatures.gemini("x") })),
        user({ functionResponse: { id: "a", name: "list_files" } }),
      ),
    ),
  },
  { rule: "context-length", body: claude(contents(user(text("x".repeat(800_004))))) },
  { rule: "mime-type", body: claude(contents(user({ inlineData: { mimeType: "audio/wav", data: "aGVsbG8h" } }))) },
  { rule: "mime-type", body: requestFor("gpt-oss-120b-medium", contents(user(png()))) },
  { rule: "file-address", body: gemini(contents(user(film("https://example.test/a.mp4")))) },
  { rule: "file-address", body: gemini(contents(user({ fileData: { mimeType: "video/mp4" } }))) },
  { rule: "file-address", body: claude(contents(user(film()))) },
  { rule: "file-address", body: image(contents(user(film()))) },
  { rule: "inline-base64", body: gemini(contents(user(png("aGVs bG8h")))) },
  {
    rule: "gemini-corrupted-signature",
    body: gemini(
      contents(begin, model({ text: "Hi", thoughtSignature: signatures.claude("Hi", "x") }), user(text("Go on."))),
    ),
  },
  {
    rule: "gemini-missing-signature",
    body: gemini(
      contents(
        begin,
        model(call("a"), call("b", "list_files", { thoughtSignature: signatures.gemini("x") })),
        user(result("a"), result("b")),
      ),
    ),
  },
  {
    rule: "gemini-result-count",
    body: requestFor("gemini-2.5-pro", contents(begin, model(call("a"), call("b")), user(result("a")))),
  },
  { rule: "gemini-result-count", body: gemini(contents(user(result("a")))) },
  {
    rule: "gemini-result-order",
    body: requestFor(
      "gemini-2.5-pro",
      contents(begin, model(call("a", "one"), call("b", "two")), user(result("b", "two"), result("a", "one"))),
    ),
  },
  { rule: "gemini-stop-sequences", body: gemini(config({ stopSequences: ["1", "2", "3", "4", "5", "6"] })) },
  {
    rule: "gpt-oss-signature",
    body: requestFor(
      "gpt-oss-120b-medium",
      contents(
        begin,
        model({ text: "Hi", thoughtSignature: "skip_thought_signature_validator" }),
        user(text("Go on.")),
      ),
    ),
  },
  { rule: "claude-prefill", body: claude(contents(begin, model(text("{")))) },
  { rule: "claude-empty-text", body: claude(contents(user(text("Hi"), text(" ")))) },
  {
    rule: "claude-thought-unsigned",
    body: claude(contents(begin, model({ thought: true, text: "Hm." }, text("Hi")), user(text("Go on.")))),
  },
  {
    rule: "claude-thought-empty",
    body: claude(
      contents(
        begin,
        model({ thought: true, text: "", thoughtSignature: signatures.claude("", "x") }, text("Hi")),
        user(text("Go on.")),
      ),
    ),
  },
  {
    rule: "claude-invalid-signature",
    body: claude(
      contents(
        begin,
        model({ thought: true, text: "Altered.", thoughtSignature: signatures.claude("Original.", "x") }, text("Hi")),
        user(text("Go on.")),
      ),
    ),
  },
  {
    rule: "claude-invalid-signature",
    body: claude(
      contents(
        begin,
        model(call("t1", "list_files", { thoughtSignature: "skip_thought_signature_validator" })),
        user(result("t1")),
      ),
    ),
  },
  {
    rule: "claude-expected-thinking",
    body: claude({ ...contents(begin, model(call("t1")), user(result("t1"))), ...thinking(2048) }),
  },
  {
    rule: "claude-expected-thinking",
    body: claude({ ...contents(begin, model(text("Looking."), call("t1")), user(result("t1"))), ...thinking(2048) }),
  },
  {
    rule: "claude-tool-result-role",
    body: claude(contents(user(text("Hi")), model(text("Hm."), result("t1")), user(text("Go on.")))),
  },
  {
    rule: "claude-tool-use-id",
    body: claude(
      contents(
        begin,
        model({ functionCall: { name: "list_files", args: {} } }),
        user({ functionResponse: { name: "list_files", response: {} } }),
      ),
    ),
  },
  { rule: "claude-tool-use-id-letters", body: claude(contents(begin, model(call("call:1")), user(result("call:1")))) },
  {
    rule: "claude-tool-use-id-unique",
    body: claude(contents(begin, model(call("t1")), user(result("t1")), model(call("t1")), user(result("t1")))),
  },
  {
    rule: "claude-tool-use-without-result",
    body: claude(contents(begin, model(call("t1"), call("t2")), user(result("t1")))),
  },
  {
    rule: "claude-tool-use-without-result",
    body: claude(contents(begin, model(call("t1")), user(text("First."), result("t1")))),
  },
  { rule: "claude-tool-result-without-use", body: claude(contents(begin, model(text("Hm.")), user(result("t1")))) },
  {
    rule: "claude-text-after-call",
    body: claude(contents(begin, model(call("t1"), text("Done.")), user(result("t1")))),
  },
  { rule: "mixed-tools", body: gemini({ tools: [{ functionDeclarations: [listFiles] }, { googleSearch: {} }] }) },
  { rule: "search-gemini-only", body: claude({ tools: [{ googleSearch: {} }] }) },
  { rule: "search-gemini-only", body: requestFor("gpt-oss-120b-medium", { tools: [{ urlContext: {} }] }) },
  { rule: "search-named-function", body: gemini(tools({ ...listFiles, name: "web_search" })) },
  { rule: "tool-name", body: gemini(tools({ ...listFiles, name: "1list" })) },
  { rule: "claude-tool-name", body: claude(tools({ ...listFiles, name: "list.files" })) },
  { rule: "claude-tool-names-unique", body: claude(tools(listFiles, listFiles)) },
  { rule: "tool-names-unique", body: gemini(tools(listFiles, listFiles)) },
  { rule: "claude-input-schema", body: claude(tools({ name: "list_files" })) },
  { rule: "claude-schema-union", body: claude(property({ anyOf: [{ type: "string" }, { type: "number" }] })) },
  {
    rule: "claude-empty-schema",
    body: claude({
      ...parameters({ type: "object", properties: {} }),
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
    }),
  },
  { rule: "schema-root-type", body: gemini(parameters({ type: "string" })) },
  { rule: "schema-type-missing", body: gemini(property({ description: "anything" })) },
  { rule: "schema-items", body: gemini(property({ type: "array" })) },
  { rule: "schema-items", body: gemini(property({ type: "string", items: { type: "string" } })) },
  { rule: "schema-properties", body: gemini(property({ type: "string", properties: { a: { type: "string" } } })) },
  { rule: "schema-required", body: gemini(parameters({ type: "object", properties: {}, required: ["absent"] })) },
  { rule: "schema-empty-enum", body: gemini(property({ type: "string", enum: ["", "a"] })) },
  {
    rule: "schema-constraint",
    body: gemini({
      ...property({ type: "string", pattern: "^a" }),
      toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
    }),
  },
  {
    rule: "allowed-names",
    body: gemini({
      ...tools(listFiles),
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["absent"] } },
    }),
  },
  {
    rule: "search-model",
    body: requestFor("gemini-pro-agent", { tools: [{ googleSearch: {} }] }, { requestType: "web_search" }),
  },
  { rule: "max-output-limit", body: gemini(config({ maxOutputTokens: 65_537 })) },
  { rule: "max-output-limit", body: claude(config({ maxOutputTokens: 64_001 })) },
  { rule: "max-output-above-budget", body: gemini(thinking(2048, { maxOutputTokens: 2048 })) },
  { rule: "max-output-above-budget", body: claude(thinking(2048, { maxOutputTokens: 2048 })) },
  { rule: "thinking-level", body: gemini(config({ thinkingConfig: { thinkingLevel: "high" } })) },
  { rule: "thinking-budget-range", body: requestFor("gemini-2.5-flash", thinking(24_577)) },
  { rule: "thinking-budget-range", body: claude(thinking(1023)) },
  { rule: "thinking-budget-range", body: claude(thinking(-1)) },
  { rule: "thinking-budget-range", body: requestFor("gemini-pro-agent", thinking(0)) },
  { rule: "candidate-count", body: gemini(config({ candidateCount: 2 })) },
  { rule: "temperature-range", body: claude(config({ temperature: 1.5 })) },
  { rule: "claude-thinking-sampling", body: claude(thinking(2048, { temperature: 0.5 })) },
  { rule: "claude-thinking-sampling", body: claude(thinking(2048, { topK: 40 })) },
  { rule: "claude-thinking-sampling", body: claude(thinking(2048, { topP: 0.9 })) },
  { rule: "claude-temperature-and-top-p", body: claude(config({ temperature: 0.5, topP: 0.9 })) },
  {
    rule: "claude-safety-settings",
    body: claude({ safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }] }),
  },
  { rule: "claude-response-schema", body: claude(config({ responseMimeType: "application/json" })) },
  { rule: "response-schema-type", body: gemini(config({ responseSchema: { type: "object" } })) },
  {
    rule: "response-type-with-tools",
    body: gemini({ ...tools(listFiles), ...config({ responseMimeType: "application/json" }) }),
  },
  {
    rule: "response-type-with-tools",
    body: gemini({ tools: [{ googleSearch: {} }], ...config({ responseMimeType: "application/json" }) }),
  },
  {
    rule: "unknown-schema-field",
    body: gemini(answerSchema({ type: "object", properties: { a: { type: "string", const: "x" } } })),
  },
  { rule: "schema-type-missing", body: gemini(answerSchema({ description: "anything" })) },
  { rule: "schema-items", body: gemini(answerSchema({ type: "array" })) },
  { rule: "schema-required", body: gemini(answerSchema({ type: "object", properties: {}, required: ["absent"] })) },
  { rule: "image-request-type", body: image({}, { requestType: "agent" }) },
  { rule: "image-tools", body: image(tools(listFiles)) },
  { rule: "image-system", body: image({ systemInstruction: { parts: [text("Be brief.")] } }) },
  { rule: "image-response-format", body: image(config({ responseModalities: ["IMAGE"] })) },
  { rule: "image-ratio", body: image(config({ imageConfig: { aspectRatio: "7:5" } })) },
  { rule: "image-config", body: gemini(config({ imageConfig: { aspectRatio: "1:1" } })) },
  { rule: "image-content-length", body: image(), method: "generateContent" },
]

/** The inner request of a body. */
export function innerOf(body: JsonObject): JsonObject {
  return isObject(body["request"]) ? body["request"] : {}
}
