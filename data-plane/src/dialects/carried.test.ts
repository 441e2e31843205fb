import { describe, expect, it } from "vitest"
import { clientDialects, type ClientDialectName } from "./index.ts"
import { MESSAGES_FIELDS } from "./anthropic-messages/wire.ts"
import { GEMINI_FIELDS } from "./gemini/wire.ts"
import type { FieldTable, Handling } from "./field-table.ts"
import { CHAT_FIELDS } from "./openai-chat/wire.ts"
import { COMPLETIONS_FIELDS } from "./openai-completions/wire.ts"
import { IMAGES_FIELDS } from "./openai-images/wire.ts"
import { RESPONSES_FIELDS } from "./openai-responses/wire.ts"

/** The field tables keep their word: what they call carried changes the decoded request, what they call ignored or dropped does not. */

interface Samples {
  readonly name: ClientDialectName
  readonly table: FieldTable
  readonly base: Readonly<Record<string, unknown>>
  /** A value for each carried field of the top level, different from the base's. */
  readonly carried: Readonly<Record<string, unknown>>
}

const OTHER_MESSAGES = [{ role: "user", content: "other" }]

const CASES: readonly Samples[] = [
  {
    name: "openai-chat",
    table: CHAT_FIELDS,
    base: { model: "m", messages: [{ role: "user", content: "hi" }] },
    carried: {
      model: "other",
      messages: OTHER_MESSAGES,
      max_completion_tokens: 5,
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.5,
      top_k: 5,
      stop: "x",
      seed: 5,
      stream: true,
      stream_options: { include_usage: true },
      user: "x",
      prompt_cache_key: "x",
      service_tier: "auto",
      reasoning_effort: "high",
      reasoning: { effort: "high" },
      thinking: { type: "enabled", budget_tokens: 2000 },
      enable_thinking: true,
      thinking_budget: 2000,
      extra_body: { google: { thinking_config: { thinking_budget: 2000 } } },
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "required",
      functions: [{ name: "f" }],
      function_call: "none",
      response_format: { type: "json_object" },
      web_search_options: { search_context_size: "low" },
      image_config: { aspect_ratio: "16:9", image_size: "2K" },
      n: 2,
    },
  },
  {
    name: "openai-responses",
    table: RESPONSES_FIELDS,
    base: { model: "m", input: "hi" },
    carried: {
      model: "other",
      instructions: "x",
      input: "other",
      max_output_tokens: 5,
      temperature: 0.5,
      top_p: 0.5,
      reasoning: { effort: "high" },
      include: ["reasoning.encrypted_content"],
      store: false,
      text: { format: { type: "json_object" } },
      tools: [{ type: "function", name: "f", parameters: {} }],
      tool_choice: "required",
      stream: true,
      metadata: { topic: "x" },
      truncation: "auto",
      user: "x",
      prompt_cache_key: "x",
    },
  },
  {
    name: "openai-completions",
    table: COMPLETIONS_FIELDS,
    base: { model: "m", prompt: "hi" },
    carried: {
      model: "other",
      prompt: ["other"],
      echo: true,
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.5,
      top_k: 5,
      stop: "x",
      seed: 5,
      stream: true,
      stream_options: { include_usage: true },
      n: 2,
      user: "x",
    },
  },
  {
    name: "openai-images",
    table: IMAGES_FIELDS,
    base: { model: "m", prompt: "a cat" },
    carried: {
      model: "other",
      prompt: "a dog",
      n: 2,
      size: "1792x1024",
      quality: "hd",
      response_format: "url",
      stream: true,
      user: "x",
      image: "data:image/png;base64,iVBORw0KGgo=",
      images: [{ image_url: "data:image/png;base64,iVBORw0KGgo=" }],
    },
  },
  {
    name: "anthropic-messages",
    table: MESSAGES_FIELDS,
    base: { model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }] },
    carried: {
      model: "other",
      system: "x",
      messages: OTHER_MESSAGES,
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.5,
      top_k: 5,
      stop_sequences: ["x"],
      stream: true,
      metadata: { user_id: "x" },
      thinking: { type: "enabled", budget_tokens: 2000 },
      tools: [{ name: "f", input_schema: { type: "object" } }],
      tool_choice: { type: "any" },
      output_format: { type: "json_schema", schema: { type: "object" } },
    },
  },
  {
    name: "gemini",
    table: GEMINI_FIELDS,
    base: { model: "m", contents: [{ role: "user", parts: [{ text: "hi" }] }] },
    carried: {
      model: "models/other",
      contents: "other",
      systemInstruction: "x",
      tools: [{ functionDeclarations: [{ name: "f", parameters: { type: "OBJECT" } }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
      generationConfig: { temperature: 0.5 },
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    },
  },
]

/** Carried for the sake of fields below it only. */
const CONTAINERS = ["output_config"]

describe.each(CASES)("$name", ({ name, table, base, carried }) => {
  const decode = (more: object) => clientDialects[name].decodeRequest({ ...base, ...more }, {})
  const topLevel = (how: Handling) =>
    Object.entries(table)
      .filter(([path, rule]) => rule.how === how && /^\w+$/.test(path))
      .map(([path]) => path)

  it("has a sample for every carried field", () => {
    expect(
      topLevel("carried")
        .filter((path) => !CONTAINERS.includes(path))
        .toSorted(),
    ).toEqual(Object.keys(carried).toSorted())
  })

  it.each(Object.keys(carried))("carries %s", (path) => {
    const { value, dropped } = decode({ [path]: carried[path] })
    expect(value).not.toEqual(decode({}).value)
    expect(dropped).toEqual([])
  })

  it.each(topLevel("ignored"))("ignores %s without a record", (path) => {
    expect(decode({ [path]: { some: "thing" } })).toEqual(decode({}))
  })

  it.each(topLevel("dropped"))("drops %s and records it", (path) => {
    const { value, dropped } = decode({ [path]: { some: "thing" } })
    expect(value).toEqual(decode({}).value)
    expect(dropped).toEqual([path])
  })
})
