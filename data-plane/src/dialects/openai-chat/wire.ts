/** The Chat Completions wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"

const TOOLS_LATER = "tools are not carried yet"
const MEDIA_LATER = "media is not carried yet"
const THINKING_LATER = "thinking requests are not carried yet"

export const CHAT_FIELDS: FieldTable = {
  model: carried("routed; echoed in the answer"),
  messages: carried("leading system text apart, then turns; adjacent turns of one role are merged"),
  "messages[system]": carried("leading: system text; later: a reminder in the user's turn at the same place"),
  "messages[developer]": carried("as system"),
  "messages[user]": carried("a user turn"),
  "messages[assistant]": carried("an assistant turn; left out when it has no text"),
  "messages[tool]": dropped(TOOLS_LATER),
  "messages[function]": dropped(TOOLS_LATER),
  "messages[].role": carried("any other role is refused"),
  "messages[].content": carried("a string or a list of parts"),
  "messages[].content[text]": carried("text; an empty one is left out"),
  "messages[].content[text].type": carried("the kind of the part"),
  "messages[].content[text].text": carried("the text, unchanged"),
  "messages[].content[refusal]": carried("text of the assistant's turn"),
  "messages[].content[refusal].type": carried("the kind of the part"),
  "messages[].content[refusal].refusal": carried("the text, unchanged"),
  "messages[].content[image_url]": dropped(MEDIA_LATER),
  "messages[].content[input_audio]": dropped(MEDIA_LATER),
  "messages[].content[file]": dropped(MEDIA_LATER),
  "messages[].content[video_url]": dropped(MEDIA_LATER),
  "messages[].content[image]": dropped(MEDIA_LATER),
  "messages[].content[tool_use]": dropped(TOOLS_LATER),
  "messages[].content[tool_result]": dropped(TOOLS_LATER),
  "messages[].content[]": dropped("a kind of part that nobody here knows"),
  "messages[].content[].cache_control": ignored("caching is the upstream's own"),
  "messages[].refusal": carried("text of the assistant's turn when it has no content"),
  "messages[].name": dropped("no upstream takes names of speakers"),
  "messages[].tool_calls": dropped(TOOLS_LATER),
  "messages[].function_call": dropped(TOOLS_LATER),
  "messages[].tool_call_id": dropped(TOOLS_LATER),
  "messages[].reasoning_content": dropped("thoughts need their signature to go back"),
  "messages[].reasoning": dropped("thoughts need their signature to go back"),
  "messages[].reasoning_text": dropped("thoughts need their signature to go back"),
  "messages[].audio": ignored("a reference to the answer's own audio"),
  "messages[].annotations": ignored("written by the answer, means nothing in a question"),

  max_completion_tokens: carried("output limit; wins over `max_tokens`"),
  max_tokens: carried("output limit, clamped to the model's own"),
  temperature: carried("clamped to 0..2, for Claude to 0..1"),
  top_p: carried("clamped to 0..1; dropped for Claude when temperature is given too"),
  top_k: carried("0 and below mean none"),
  stop: carried("a string or a list; empty ones are left out, at most 5 go upstream"),
  seed: carried("Gemini models only, as a 32-bit number"),
  stream: carried("frames or one object"),
  stream_options: carried("see below"),
  "stream_options.include_usage": carried("true: a last chunk with usage; else no usage in a stream"),
  "stream_options.include_obfuscation": ignored("padding against traffic analysis, not ours to add"),
  user: carried("tells conversations apart; not sent upstream"),
  prompt_cache_key: carried("tells conversations apart, before `user`; not sent upstream"),
  service_tier: carried("answered with `default`, means nothing upstream"),
  n: refused("more than one choice is not supported; 1 means nothing"),

  tools: dropped(TOOLS_LATER),
  tool_choice: dropped(TOOLS_LATER),
  parallel_tool_calls: dropped(TOOLS_LATER),
  functions: dropped(TOOLS_LATER),
  function_call: dropped(TOOLS_LATER),
  web_search_options: dropped(TOOLS_LATER),
  reasoning_effort: dropped(`${THINKING_LATER}; \`none\` hides thoughts`),
  reasoning: dropped(`${THINKING_LATER}; \`exclude:true\` or \`enabled:false\` hides thoughts`),
  thinking: dropped(`${THINKING_LATER}; \`type:"disabled"\` hides thoughts`),
  enable_thinking: dropped(THINKING_LATER),
  thinking_budget: dropped(THINKING_LATER),
  extra_body: dropped(THINKING_LATER),
  response_format: dropped("structured output is not carried yet"),
  "response_format[text]": ignored("what an answer is anyway"),
  image_config: dropped(MEDIA_LATER),
  modalities: refused("audio output is not supported; text and image mean nothing"),
  audio: dropped("audio output is not supported"),

  frequency_penalty: ignored("upstream models do not take it"),
  presence_penalty: ignored("upstream models do not take it"),
  logit_bias: ignored("upstream models do not take it"),
  logprobs: ignored("answered with null"),
  top_logprobs: ignored("answered with null"),
  prediction: ignored("a hint for speed"),
  moderation: ignored("means nothing upstream"),
  store: ignored("nothing is stored"),
  metadata: ignored("nothing is stored"),
  verbosity: ignored("upstream models do not take it"),
  safety_identifier: ignored("not sent to another vendor"),
  prompt_cache_retention: ignored("caching is the upstream's own"),
  prompt_cache_options: ignored("caching is the upstream's own"),
}

export const CHAT_TREE = compileFieldTable(CHAT_FIELDS)

export type ChatFinishReason = "stop" | "length" | "content_filter" | "tool_calls"

export interface ChatUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
  readonly completion_tokens_details: { readonly reasoning_tokens: number }
}

export interface ChatCompletion {
  readonly id: string
  readonly object: "chat.completion"
  readonly created: number
  readonly model: string
  readonly system_fingerprint: string
  readonly service_tier?: "default"
  readonly choices: readonly {
    readonly index: 0
    readonly message: {
      readonly role: "assistant"
      readonly content: string
      readonly refusal: string | null
      readonly reasoning_content?: string
    }
    readonly logprobs: null
    readonly finish_reason: ChatFinishReason
  }[]
  readonly usage: ChatUsage
}

export interface ChatErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
    /** When the pool has quota again, Unix seconds; only with type `usage_limit_reached`. */
    readonly resets_at?: number
    readonly resets_in_seconds?: number
  }
}
