/** What a client may put into a conversation, in every dialect's words. */
import { BASE, both, HELLO, STRICT_SCHEMA, tools, TOOLS, THINK, type Client, type Wire, type Wish } from "./words.ts"

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

export const TURN_WISHES: readonly Wish[] = [
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
      gemini: BASE.gemini["contents"] as Wire[], // a list, see words.ts
    }),
  },
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
]
