/** What each field of a client's request asks for, by the beginnings of its row; the longest one counts. */
import type { ClientDialectName } from "#shared/client-dialect.ts"

export const WISH_NAMES = [
  "answer",
  "choices",
  "format",
  "image",
  "limit",
  "model",
  "own",
  "safety",
  "seed",
  "session",
  "stop",
  "talk",
  "temperature",
  "thinking",
  "tool-choice",
  "tools",
  "top-k",
  "top-p",
] as const

/** `talk`: system text and turns. `answer`: how the answer is written. `own`: what only Gemini's clients and models know. */
export type WishName = (typeof WISH_NAMES)[number]

const SAMPLING = { temperature: "temperature", top_p: "top-p", top_k: "top-k", seed: "seed", stop: "stop" } as const
const ANSWER = { stream: "answer", stream_options: "answer" } as const

const WISHES: Readonly<Record<ClientDialectName, Readonly<Record<string, WishName>>>> = {
  "openai-chat": {
    ...SAMPLING,
    ...ANSWER,
    model: "model",
    messages: "talk",
    max_completion_tokens: "limit",
    max_tokens: "limit",
    service_tier: "answer",
    user: "session",
    prompt_cache_key: "session",
    n: "choices",
    tools: "tools",
    functions: "tools",
    web_search_options: "tools",
    tool_choice: "tool-choice",
    function_call: "tool-choice",
    reasoning_effort: "thinking",
    reasoning: "thinking",
    thinking: "thinking",
    enable_thinking: "thinking",
    thinking_budget: "thinking",
    extra_body: "thinking",
    response_format: "format",
    image_config: "image",
    modalities: "answer",
  },
  "openai-responses": {
    model: "model",
    instructions: "talk",
    input: "talk",
    "input[developer].tools": "tools",
    "input[additional_tools]": "tools",
    "input[tool_search_output].tools": "tools",
    "input[].tools": "tools",
    max_output_tokens: "limit",
    temperature: "temperature",
    top_p: "top-p",
    reasoning: "thinking",
    include: "answer",
    store: "answer",
    metadata: "answer",
    truncation: "answer",
    stream: "answer",
    text: "format",
    tools: "tools",
    tool_choice: "tool-choice",
    user: "session",
    prompt_cache_key: "session",
  },
  "openai-completions": {
    ...SAMPLING,
    ...ANSWER,
    model: "model",
    prompt: "talk",
    echo: "answer",
    max_tokens: "limit",
    user: "session",
    n: "choices",
  },
  "openai-images": {
    model: "model",
    prompt: "talk",
    image: "talk",
    images: "talk",
    n: "choices",
    size: "image",
    quality: "image",
    response_format: "answer",
    stream: "answer",
    user: "session",
  },
  "anthropic-messages": {
    model: "model",
    system: "talk",
    messages: "talk",
    max_tokens: "limit",
    temperature: "temperature",
    top_p: "top-p",
    top_k: "top-k",
    stop_sequences: "stop",
    stream: "answer",
    metadata: "session",
    tools: "tools",
    tool_choice: "tool-choice",
    thinking: "thinking",
    output_config: "thinking",
    "output_config.format": "format",
    output_format: "format",
  },
  gemini: {
    model: "model",
    contents: "talk",
    systemInstruction: "talk",
    tools: "tools",
    toolConfig: "tool-choice",
    generationConfig: "own",
    "generationConfig.maxOutputTokens": "limit",
    "generationConfig.temperature": "temperature",
    "generationConfig.topP": "top-p",
    "generationConfig.topK": "top-k",
    "generationConfig.seed": "seed",
    "generationConfig.stopSequences": "stop",
    "generationConfig.thinkingConfig": "thinking",
    "generationConfig.responseMimeType": "format",
    "generationConfig.responseSchema": "format",
    "generationConfig.responseJsonSchema": "format",
    "generationConfig.imageConfig": "image",
    "generationConfig.responseModalities": "answer",
    safetySettings: "safety",
  },
}

/** Undefined: no row of that wire begins so. */
export function wishOf(dialect: ClientDialectName, row: string): WishName | undefined {
  const wishes = WISHES[dialect]
  for (let path = row; path !== ""; path = path.replace(/(?:\[[^\]]*\]|\.?[^.[\]]+)$/, "")) {
    const wish = Object.hasOwn(wishes, path) ? wishes[path] : undefined
    if (wish !== undefined) return wish
  }
  return undefined
}
