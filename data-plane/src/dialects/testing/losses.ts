/**
 * For tests and the reference page: what is lost on the way from a client's dialect to a family of models. Each row is a wish, said
 * in the words of every dialect that has them; the cells are what the code makes of it.
 */
import { GatewayError } from "../../canonical/error.ts"
import { upstreamDialects, clientDialects, type ClientDialectName } from "../index.ts"

export const CLIENTS = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
] as const satisfies readonly ClientDialectName[]
export const MODELS = ["gemini-3-flash", "claude-sonnet-4-6", "gpt-oss-120b-medium"] as const

type Client = (typeof CLIENTS)[number]
type Wire = Readonly<Record<string, unknown>>

export interface Wish {
  readonly name: string
  /** Absent: the dialect has no word for it. */
  readonly said: Readonly<Partial<Record<Client, Wire>>>
}

const HELLO = { role: "user", content: "Hello?" }
const BASE: Readonly<Record<Client, Wire>> = {
  "openai-chat": { messages: [HELLO] },
  "openai-responses": { input: [HELLO] },
  "anthropic-messages": { max_tokens: 4000, messages: [HELLO] },
  gemini: { contents: [{ role: "user", parts: [{ text: "Hello?" }] }] },
}

const SCHEMA = { type: "object", properties: { at: { type: "string" } } }
const STRICT_SCHEMA = { type: "object", properties: { at: { type: "string", minLength: 2 } } }
const THINK: Readonly<Record<Client, Wire>> = {
  "openai-chat": { reasoning_effort: "low" },
  "openai-responses": { reasoning: { effort: "low" } },
  "anthropic-messages": { output_config: { effort: "low" } },
  gemini: { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } },
}

function tools(parameters: object): Readonly<Record<Client, Wire>> {
  return {
    "openai-chat": { tools: [{ type: "function", function: { name: "look", parameters } }] },
    "openai-responses": { tools: [{ type: "function", name: "look", parameters }] },
    "anthropic-messages": { tools: [{ name: "look", input_schema: parameters }] },
    gemini: { tools: [{ functionDeclarations: [{ name: "look", parameters }] }] },
  }
}
const TOOLS = tools(SCHEMA)

/** Each dialect's fields of all of these together. */
function both(...wishes: readonly Wish["said"][]): Wish["said"] {
  const said: Partial<Record<Client, Wire>> = {}
  for (const client of CLIENTS) {
    const words = wishes.map((wish) => wish[client])
    if (words.every((word) => word !== undefined)) said[client] = merged(words)
  }
  return said
}

/** Objects are merged, lists joined. */
function merged(words: readonly Wire[]): Wire {
  const result: Record<string, unknown> = {}
  for (const word of words) {
    for (const [key, value] of Object.entries(word)) {
      const old = result[key]
      if (Array.isArray(old) && Array.isArray(value)) result[key] = [...(old as unknown[]), ...(value as unknown[])] // lists of JSON
      else if (typeof old === "object" && old !== null) result[key] = merged([old as Wire, value as Wire]) // no list, as just seen
      else result[key] = value
    }
  }
  return result
}

const CALL = { id: "call_1", name: "look", args: { at: "a" } }

/** A call of the history, and what follows it. */
function called(results: Readonly<Record<Client, readonly Wire[]>>): Wish["said"] {
  const { id, name, args } = CALL
  const chatCall = { id, type: "function", function: { name, arguments: JSON.stringify(args) } }
  const calls: Readonly<Record<Client, Wire>> = {
    "openai-chat": { role: "assistant", content: null, tool_calls: [chatCall] },
    "openai-responses": { type: "function_call", call_id: id, name, arguments: JSON.stringify(args) },
    "anthropic-messages": { role: "assistant", content: [{ type: "tool_use", id, name, input: args }] },
    gemini: { role: "model", parts: [{ functionCall: { id, name, args } }] },
  }
  return both(TOOLS, {
    "openai-chat": { messages: [HELLO, calls["openai-chat"], ...results["openai-chat"]] },
    "openai-responses": { input: [HELLO, calls["openai-responses"], ...results["openai-responses"]] },
    "anthropic-messages": { messages: [HELLO, calls["anthropic-messages"], ...results["anthropic-messages"]] },
    gemini: { contents: [...(BASE.gemini["contents"] as Wire[]), calls.gemini, ...results.gemini] }, // a list, see above
  })
}

const messagesResult = (more: object) => ({
  role: "user",
  content: [{ type: "tool_result", tool_use_id: CALL.id, ...more }],
})
const geminiResult = (response: object) => ({
  role: "user",
  parts: [{ functionResponse: { id: CALL.id, name: CALL.name, response } }],
})

const PNG = "iVBORw0KGgo="
const PDF = Buffer.from("%PDF-1.7\n").toString("base64")
const WAV = Buffer.from("RIFF\0\0\0\0WAVEfmt ").toString("base64")
const MP4 = Buffer.from("\0\0\0\u0018ftypmp42").toString("base64")

function shown(
  chat: Wire | undefined,
  responses: Wire | undefined,
  messages: Wire | undefined,
  gemini: Wire,
): Wish["said"] {
  return {
    ...(chat && { "openai-chat": { messages: [{ role: "user", content: [chat] }] } }),
    ...(responses && { "openai-responses": { input: [{ role: "user", content: [responses] }] } }),
    ...(messages && { "anthropic-messages": { messages: [{ role: "user", content: [messages] }] } }),
    gemini: { contents: [{ role: "user", parts: [gemini] }] },
  }
}

const said = (history: readonly Wire[], gemini: readonly Wire[]): Wish["said"] => ({
  "openai-chat": { messages: history },
  "openai-responses": { input: history },
  "anthropic-messages": { messages: history },
  gemini: { contents: gemini },
})

const config = (generationConfig: object) => ({ gemini: { generationConfig } })
const FIVE_AND_ONE = ["a", "b", "c", "d", "e", "f"]

export const WISHES: readonly Wish[] = [
  {
    name: "system text",
    said: {
      "openai-chat": { messages: [{ role: "system", content: "Be brief." }, HELLO] },
      "openai-responses": { instructions: "Be brief." },
      "anthropic-messages": { system: "Be brief." },
      gemini: { systemInstruction: { parts: [{ text: "Be brief." }] } },
    },
  },
  {
    name: "system text in the middle",
    said: {
      "openai-chat": { messages: [HELLO, { role: "system", content: "Be brief." }] },
      "openai-responses": { input: [HELLO, { role: "developer", content: "Be brief." }] },
      "anthropic-messages": { messages: [HELLO, { role: "system", content: "Be brief." }] },
    },
  },
  {
    name: "the assistant speaks first",
    said: said(
      [{ role: "assistant", content: "Hi." }, HELLO],
      [
        { role: "model", parts: [{ text: "Hi." }] },
        { role: "user", parts: [{ text: "Hello?" }] },
      ],
    ),
  },
  {
    name: "an answer begun by the client",
    said: said(
      [HELLO, { role: "assistant", content: "I th" }],
      [
        { role: "user", parts: [{ text: "Hello?" }] },
        { role: "model", parts: [{ text: "I th" }] },
      ],
    ),
  },
  {
    name: "an image",
    said: shown(
      { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: "input_image", image_url: `data:image/png;base64,${PNG}` },
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
      { inlineData: { mimeType: "image/png", data: PNG } },
    ),
  },
  {
    name: "a PDF",
    said: shown(
      { type: "file", file: { file_data: `data:application/pdf;base64,${PDF}` } },
      { type: "input_file", file_data: `data:application/pdf;base64,${PDF}` },
      { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } },
      { inlineData: { mimeType: "application/pdf", data: PDF } },
    ),
  },
  {
    name: "sound",
    said: shown(
      { type: "input_audio", input_audio: { data: WAV, format: "wav" } },
      { type: "input_audio", input_audio: { data: WAV, format: "wav" } },
      undefined,
      { inlineData: { mimeType: "audio/wav", data: WAV } },
    ),
  },
  {
    name: "a film",
    said: shown({ type: "video_url", video_url: { url: `data:video/mp4;base64,${MP4}` } }, undefined, undefined, {
      inlineData: { mimeType: "video/mp4", data: MP4 },
    }),
  },
  {
    name: "a thought of another model",
    said: {
      "openai-chat": { messages: [HELLO, { role: "assistant", reasoning_content: "Hm.", content: "Hi." }, HELLO] },
      "openai-responses": {
        input: [
          HELLO,
          { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] },
          { role: "assistant", content: "Hi." },
          HELLO,
        ],
      },
      "anthropic-messages": {
        messages: [
          HELLO,
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm.", signature: "" },
              { type: "text", text: "Hi." },
            ],
          },
          HELLO,
        ],
      },
    },
  },
  { name: "functions", said: TOOLS },
  { name: "functions with schemas the upstream does not take", said: tools(STRICT_SCHEMA) },
  {
    name: "a freeform tool",
    said: {
      "openai-chat": { tools: [{ type: "custom", custom: { name: "look" } }] },
      "openai-responses": { tools: [{ type: "custom", name: "look" }] },
    },
  },
  {
    name: "a call and its result",
    said: called({
      "openai-chat": [{ role: "tool", tool_call_id: CALL.id, content: "seen" }],
      "openai-responses": [{ type: "function_call_output", call_id: CALL.id, output: "seen" }],
      "anthropic-messages": [messagesResult({ content: "seen" })],
      gemini: [geminiResult({ output: "seen" })],
    }),
  },
  {
    name: "a result with an image",
    said: called({
      "openai-chat": [
        {
          role: "tool",
          tool_call_id: CALL.id,
          content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }],
        },
      ],
      "openai-responses": [
        {
          type: "function_call_output",
          call_id: CALL.id,
          output: [{ type: "input_image", image_url: `data:image/png;base64,${PNG}` }],
        },
      ],
      "anthropic-messages": [
        messagesResult({
          content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
        }),
      ],
      gemini: [
        {
          role: "user",
          parts: [
            { functionResponse: { id: CALL.id, name: CALL.name, response: { output: "" } } },
            { inlineData: { mimeType: "image/png", data: PNG } },
          ],
        },
      ],
    }),
  },
  {
    name: "a call without a result",
    said: called({
      "openai-chat": [HELLO],
      "openai-responses": [HELLO],
      "anthropic-messages": [HELLO],
      gemini: BASE.gemini["contents"] as Wire[],
    }),
  }, // a list, see above
  {
    name: "a call is demanded",
    said: both(TOOLS, {
      "openai-chat": { tool_choice: "required" },
      "openai-responses": { tool_choice: "required" },
      "anthropic-messages": { tool_choice: { type: "any" } },
      gemini: { toolConfig: { functionCallingConfig: { mode: "ANY" } } },
    }),
  },
  {
    name: "a call is demanded, and thinking",
    said: both(TOOLS, THINK, {
      "openai-chat": { tool_choice: "required" },
      "openai-responses": { tool_choice: "required" },
      "anthropic-messages": { tool_choice: { type: "any" } },
      gemini: { toolConfig: { functionCallingConfig: { mode: "ANY" } } },
    }),
  },
  {
    name: "one call at a time",
    said: both(TOOLS, {
      "openai-chat": { parallel_tool_calls: false },
      "openai-responses": { parallel_tool_calls: false },
      "anthropic-messages": { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    }),
  },
  { name: "thinking", said: THINK },
  {
    name: "`temperature`",
    said: {
      "openai-chat": { temperature: 0.5 },
      "openai-responses": { temperature: 0.5 },
      "anthropic-messages": { temperature: 0.5 },
      ...config({ temperature: 0.5 }),
    },
  },
  {
    name: "`temperature` and thinking",
    said: both(THINK, {
      "openai-chat": { temperature: 0.5 },
      "openai-responses": { temperature: 0.5 },
      "anthropic-messages": { temperature: 0.5 },
      ...config({ temperature: 0.5 }),
    }),
  },
  {
    name: "`temperature` and `top_p`",
    said: {
      "openai-chat": { temperature: 0.5, top_p: 0.5 },
      "openai-responses": { temperature: 0.5, top_p: 0.5 },
      "anthropic-messages": { temperature: 0.5, top_p: 0.5 },
      ...config({ temperature: 0.5, topP: 0.5 }),
    },
  },
  {
    name: "`top_k`",
    said: { "openai-chat": { top_k: 5 }, "anthropic-messages": { top_k: 5 }, ...config({ topK: 5 }) },
  },
  { name: "`seed`", said: { "openai-chat": { seed: 5 }, ...config({ seed: 5 }) } },
  { name: "penalties", said: { "openai-chat": { presence_penalty: 1 }, ...config({ presencePenalty: 1 }) } },
  {
    name: "five stop sequences",
    said: {
      "openai-chat": { stop: FIVE_AND_ONE.slice(0, 5) },
      "anthropic-messages": { stop_sequences: FIVE_AND_ONE.slice(0, 5) },
      ...config({ stopSequences: FIVE_AND_ONE.slice(0, 5) }),
    },
  },
  {
    name: "six stop sequences",
    said: {
      "openai-chat": { stop: FIVE_AND_ONE },
      "anthropic-messages": { stop_sequences: FIVE_AND_ONE },
      ...config({ stopSequences: FIVE_AND_ONE }),
    },
  },
  {
    name: "an answer as JSON",
    said: {
      "openai-chat": { response_format: { type: "json_object" } },
      "openai-responses": { text: { format: { type: "json_object" } } },
      ...config({ responseMimeType: "application/json" }),
    },
  },
  {
    name: "an answer by a schema",
    said: {
      "openai-chat": { response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA } } },
      "openai-responses": { text: { format: { type: "json_schema", name: "a", schema: SCHEMA } } },
      "anthropic-messages": { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      ...config({ responseMimeType: "application/json", responseJsonSchema: SCHEMA }),
    },
  },
  {
    name: "an answer by a schema, beside functions",
    said: both(TOOLS, {
      "openai-chat": { response_format: { type: "json_schema", json_schema: { name: "a", schema: SCHEMA } } },
      "openai-responses": { text: { format: { type: "json_schema", name: "a", schema: SCHEMA } } },
      "anthropic-messages": { output_config: { format: { type: "json_schema", schema: SCHEMA } } },
      ...config({ responseMimeType: "application/json", responseJsonSchema: SCHEMA }),
    }),
  },
  {
    name: "a web search",
    said: {
      "openai-chat": { web_search_options: {} },
      "openai-responses": { tools: [{ type: "web_search" }] },
      "anthropic-messages": { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      gemini: { tools: [{ googleSearch: {} }] },
    },
  },
  {
    name: "a web search beside functions",
    said: both(TOOLS, {
      "openai-chat": { web_search_options: {} },
      "openai-responses": { tools: [{ type: "web_search" }] },
      "anthropic-messages": { tools: [{ type: "web_search_20250305", name: "web_search" }] },
      gemini: { tools: [{ googleSearch: {} }] },
    }),
  },
  { name: "pages behind addresses", said: { gemini: { tools: [{ urlContext: {} }] } } },
  {
    name: "safety settings",
    said: { gemini: { safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }] } },
  },
]

/** What becomes of each wish: by client, then by model. */
export function lossRow({ said }: Wish): { readonly clients: readonly string[]; readonly models: readonly string[] } {
  const clients: string[] = []
  const models: string[][] = MODELS.map(() => [])
  for (const client of CLIENTS) {
    const words = said[client]
    if (words === undefined) {
      clients.push("–")
      continue
    }
    const base = decode(client, {})
    const { value, dropped } = decode(client, words)
    if (JSON.stringify(value) === JSON.stringify(base.value) && dropped.length === base.dropped.length) {
      clients.push("ignored")
      continue
    }
    clients.push(cellOf(dropped.filter((path) => !base.dropped.includes(path))))
    for (const [index, id] of MODELS.entries()) models[index]?.push(outcome(client, words, id))
  }
  return { clients, models: models.map((cells) => [...new Set(cells)].join(" / ")) }
}

function decode(client: Client, words: Wire) {
  const wire = { model: "m", ...BASE[client], ...words }
  return clientDialects[client].decodeRequest(wire, {}, { rest: "m:generateContent" })
}

function outcome(client: Client, words: Wire, id: string): string {
  try {
    const { dropped } = upstreamDialects.gemini.encodeRequest(decode(client, words).value, { id })
    return cellOf(dropped)
  } catch (error) {
    if (error instanceof GatewayError) return "400"
    throw error
  }
}

function cellOf(dropped: readonly string[]): string {
  return dropped.length === 0 ? "yes" : dropped.map((path) => `\`${path}\``).join(", ")
}
