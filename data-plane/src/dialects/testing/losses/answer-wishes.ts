/** What a client may ask of the answer, in every dialect's words. */
import { both, SCHEMA, THINK, TOOLS, type Wish } from "./words.ts"

const config = (generationConfig: object) => ({ gemini: { generationConfig } })
const FIVE_AND_ONE = ["a", "b", "c", "d", "e", "f"]

export const ANSWER_WISHES: readonly Wish[] = [
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
