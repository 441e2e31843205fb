/** The Chat Completions wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"
import type { CompletionHead } from "../openai-completion-head.ts"
import type { CompletionUsage } from "../openai-usage.ts"

const ADDRESS = "base64 in a `data:` URL, made standard; an http(s) address is fetched"
const BLOCK_KIND = "the kind of the block"
const THOUGHT = "a thought, signed again by its text; left out and recorded where that is not known"

export const CHAT_FIELDS: FieldTable = {
  model: carried("routed; echoed in the answer"),
  messages: carried("leading system text apart, then turns; adjacent turns of one role are merged"),
  "messages[system]": carried("leading: system text; later: a reminder in the user's turn at the same place"),
  "messages[developer]": carried("as system"),
  "messages[user]": carried("a user turn"),
  "messages[assistant]": carried("an assistant turn; left out when it holds nothing"),
  "messages[tool]": carried("a tool's result, beside the other results of its turn"),
  "messages[tool].name": carried("the tool's name"),
  "messages[function]": carried("the result of a call of the old form"),
  "messages[function].name": carried("the function's name, which tells the call"),
  "messages[].role": carried("any other role is refused"),
  "messages[].content": carried("a string or a list of parts"),
  "messages[].content[text]": carried("text; an empty one is left out"),
  "messages[].content[text].type": carried("the kind of the part"),
  "messages[].content[text].text": carried("the text, unchanged"),
  "messages[].content[text].annotations": ignored("written by the answer, means nothing in a question"),
  "messages[].content[text].citations": ignored("citations are not made here"),
  "messages[].content[input_text]": carried("Responses' part: a text"),
  "messages[].content[input_text].type": carried("the kind of the part"),
  "messages[].content[input_text].text": carried("the text, unchanged"),
  "messages[].content[output_text]": carried("Responses' part: a text"),
  "messages[].content[output_text].type": carried("the kind of the part"),
  "messages[].content[output_text].text": carried("the text, unchanged"),
  "messages[].content[output_text].annotations": ignored("written by the answer, means nothing in a question"),
  "messages[].content[output_text].logprobs": ignored("written by the answer, means nothing in a question"),
  "messages[].content[refusal]": carried("text of the assistant's turn"),
  "messages[].content[refusal].type": carried("the kind of the part"),
  "messages[].content[refusal].refusal": carried("the text, unchanged"),
  "messages[].content[image_url]": carried("an image in a `data:` URL or at an http(s) address"),
  "messages[].content[image_url].type": carried("the kind of the part"),
  "messages[].content[image_url].image_url": carried("an object with the URL, or the URL itself"),
  "messages[].content[image_url].image_url.url": carried(ADDRESS),
  "messages[].content[image_url].image_url.detail": ignored("the upstream decides how closely it looks"),
  "messages[].content[input_image]": carried("Responses' part: an image"),
  "messages[].content[input_image].type": carried("the kind of the part"),
  "messages[].content[input_image].image_url": carried("the URL, as in `image_url`"),
  "messages[].content[input_image].detail": ignored("the upstream decides how closely it looks"),
  "messages[].content[video_url]": carried("a film, as an image is; one of YouTube goes to Gemini as its address"),
  "messages[].content[video_url].type": carried("the kind of the part"),
  "messages[].content[video_url].video_url": carried("an object with the URL, or the URL itself"),
  "messages[].content[video_url].video_url.url": carried(ADDRESS),
  "messages[].content[input_audio]": carried("a sound"),
  "messages[].content[input_audio].type": carried("the kind of the part"),
  "messages[].content[input_audio].input_audio": carried("see below"),
  "messages[].content[input_audio].input_audio.data": carried("base64, made standard"),
  "messages[].content[input_audio].input_audio.format": carried(
    "its MIME type; told from the data where it is missing",
  ),
  "messages[].content[file]": carried("a PDF, an image, a sound or a film; a text as text"),
  "messages[].content[file].type": carried("the kind of the part"),
  "messages[].content[file].file": carried("see below"),
  "messages[].content[file].file.file_data": carried(
    "base64 or a `data:` URL; a missing type is told from the data, any other is refused",
  ),
  "messages[].content[file].file.file_url": carried("where there is no `file_data`: an http(s) address, fetched"),
  "messages[].content[file].file.filename": carried("the first line of a text; means nothing for others"),
  "messages[].content[file].file.file_id": refused("files are not kept here; send the data"),
  "messages[].content[image]": carried("Anthropic's block: as in `anthropic-messages`"),
  "messages[].content[image].type": carried(BLOCK_KIND),
  "messages[].content[image].source": carried("base64, made standard, or a URL; a `file_id` is refused"),
  "messages[].content[document]": carried("Anthropic's block: as in `anthropic-messages`"),
  "messages[].content[document].type": carried(BLOCK_KIND),
  "messages[].content[document].title": carried("a line before the document"),
  "messages[].content[document].context": carried("a line before the document"),
  "messages[].content[document].source": carried("as an image's, or a text, or blocks of texts and images"),
  "messages[].content[search_result]": carried("Anthropic's block: as text"),
  "messages[].content[search_result].type": carried(BLOCK_KIND),
  "messages[].content[search_result].title": carried("the first line"),
  "messages[].content[search_result].source": carried("the second line"),
  "messages[].content[search_result].content": carried("its texts, a line each"),
  "messages[].content[thinking]": carried("Anthropic's block: a thought, as in `anthropic-messages`"),
  "messages[].content[thinking].type": carried(BLOCK_KIND),
  "messages[].content[thinking].thinking": carried("the text, unchanged"),
  "messages[].content[thinking].signature": carried("this gateway's own carrier, or found again by the thought's text"),
  "messages[].content[redacted_thinking]": carried("Anthropic's block: a carrier without a text"),
  "messages[].content[redacted_thinking].type": carried(BLOCK_KIND),
  "messages[].content[redacted_thinking].data": carried("this gateway's own carrier"),
  "messages[].content[tool_use]": carried("Anthropic's block: a call"),
  "messages[].content[tool_use].type": carried(BLOCK_KIND),
  "messages[].content[tool_use].id": carried("tells which result belongs to it"),
  "messages[].content[tool_use].name": carried("the tool's name"),
  "messages[].content[tool_use].input": carried("the arguments; what is no object is kept under `_raw`"),
  "messages[].content[tool_use].extra_content": carried("the call's signature, else found again by the call's id"),
  "messages[].content[tool_use].signature": carried("as `extra_content.google.thought_signature`, which wins"),
  "messages[].content[tool_use].caller": ignored("the model itself, always"),
  "messages[].content[tool_result]": carried("Anthropic's block: a tool's result"),
  "messages[].content[tool_result].type": carried(BLOCK_KIND),
  "messages[].content[tool_result].tool_use_id": carried("the call it belongs to"),
  "messages[].content[tool_result].is_error": carried("goes upstream as an error"),
  "messages[].content[tool_result].content": carried(
    "a string, or blocks of text, images, documents and tool references",
  ),
  "messages[].content[tool_result].content[text]": carried("text"),
  "messages[].content[tool_result].content[image]": carried("an image after all results of the turn"),
  "messages[].content[tool_result].content[document]": carried("a PDF or a text"),
  "messages[].content[tool_result].content[search_result]": carried("text, as above"),
  "messages[].content[tool_result].content[tool_reference]": carried("a line that says so"),
  "messages[].content[tool_result].content[]": dropped("a kind of block that nobody here knows"),
  "messages[].content[]": dropped("a kind of part that nobody here knows; refused when it holds anything"),
  "messages[].content[].cache_control": ignored("caching is the upstream's own"),
  "messages[assistant].refusal": carried("text of the assistant's turn, after its content"),
  "messages[].name": dropped("no upstream takes names of speakers"),
  "messages[assistant].tool_calls": carried("calls, in their order"),
  "messages[assistant].tool_calls[].id": carried(
    "tells which result belongs to it; the upstream's own id where it is known",
  ),
  "messages[assistant].tool_calls[].type": carried("`function` or `custom`"),
  "messages[assistant].tool_calls[].index": ignored("the order says it"),
  "messages[assistant].tool_calls[].function": carried("see below"),
  "messages[assistant].tool_calls[].function.name": carried("the function's name"),
  "messages[assistant].tool_calls[].function.arguments": carried("JSON; what is no object is kept under `_raw`"),
  "messages[assistant].tool_calls[].custom": carried("its text as the argument `input`"),
  "messages[assistant].tool_calls[].extra_content": carried("the call's signature, else found again by the call's id"),
  "messages[assistant].tool_calls[].extra_content.google": carried("see below"),
  "messages[assistant].tool_calls[].extra_content.google.thought_signature": carried("taken where it is known here"),
  "messages[assistant].tool_calls[].signature": carried("as `extra_content.google.thought_signature`, which wins"),
  "messages[assistant].function_call": carried("a call of the old form"),
  "messages[assistant].function_call.name": carried("the function's name"),
  "messages[assistant].function_call.arguments": carried("JSON; what is no object is kept under `_raw`"),
  "messages[tool].tool_call_id": carried("the call it belongs to; a result of an unknown call becomes text"),
  "messages[assistant].reasoning_content": carried(THOUGHT),
  "messages[assistant].reasoning": carried("as `reasoning_content`, which wins"),
  "messages[assistant].reasoning_text": carried("as `reasoning_content`, which wins"),
  "messages[].images": carried("images after the content, as an answer here has them"),
  "messages[].images[].type": carried("`image_url`"),
  "messages[].images[].index": ignored("the order says it"),
  "messages[].images[].image_url": carried("an object with the URL, or the URL itself"),
  "messages[].images[].image_url.url": carried(ADDRESS),
  "messages[assistant].audio": ignored("a reference to the answer's own audio"),
  "messages[assistant].annotations": ignored("written by the answer, means nothing in a question"),

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
  n: carried("as many answers, each a call of its own upstream; 1 to 10"),

  tools: carried("functions; of several with one name the last counts"),
  "tools[]": carried(
    "a function, with or without the inner `function`, or Anthropic's form; a web search; any other kind is dropped",
  ),
  "tools[].type": carried("`function`, or none; `web_search…`: see `web_search_options`"),
  "tools[].function": carried("see below"),
  "tools[].function.name": carried("made legal for the upstream; answers have it as it was"),
  "tools[].function.description": carried("the text, unchanged"),
  "tools[].function.parameters": carried("a JSON Schema, made into what the upstream takes"),
  "tools[].function.strict": ignored("the upstream keeps to the schema by its own rules"),
  "tools[].name": carried("as in `function`"),
  "tools[].description": carried("as in `function`"),
  "tools[].parameters": carried("as in `function`"),
  "tools[].input_schema": carried("Anthropic's name for `parameters`"),
  "tools[].strict": ignored("the upstream keeps to the schema by its own rules"),
  "tools[].cache_control": ignored("caching is the upstream's own"),
  "tools[custom]": carried("a function with one text, the grammar in its description; answered as `custom`"),
  "tools[].custom": carried("see below"),
  "tools[].custom.name": carried("made legal for the upstream; answers have it as it was"),
  "tools[].custom.description": carried("the text, unchanged"),
  "tools[].custom.format": carried("text, or a grammar"),
  "tools[].format": carried("as in `custom`"),
  "tools[].filters": carried("of a search; see below"),
  "tools[].filters.allowed_domains": carried("only pages of these hosts"),
  "tools[].external_web_access": carried("of a search; false: the tool is dropped"),
  "tools[].search_context_size": ignored("the upstream decides how much it reads"),
  "tools[].user_location": dropped("the upstream's search takes no place"),
  tool_choice: carried("none, auto, required, one function, or some of them; without tools it means nothing"),
  parallel_tool_calls: dropped("no upstream has a switch for it; `true` loses nothing"),
  functions: carried("tools of the old form, where there are no `tools`; a call is answered as `function_call`"),
  "functions[].name": carried("as a tool's"),
  "functions[].description": carried("as a tool's"),
  "functions[].parameters": carried("as a tool's"),
  function_call: carried("the choice among `functions`"),
  web_search_options: carried("a web search, as the tool `web_search…`; only without functions and on Gemini models"),
  "web_search_options.search_context_size": ignored("the upstream decides how much it reads"),
  "web_search_options.user_location": dropped("the upstream's search takes no place"),
  reasoning_effort: carried("a thinking budget by the effort table; `none`: off, thoughts hidden"),
  reasoning: carried("before `reasoning_effort`"),
  "reasoning.effort": carried("as `reasoning_effort`"),
  "reasoning.max_tokens": carried("a thinking budget; wins over `reasoning.effort`"),
  "reasoning.exclude": carried("true: thoughts are hidden"),
  "reasoning.enabled": carried("true: auto where nothing else is said; false: off, thoughts hidden"),
  thinking: carried("before `reasoning`"),
  "thinking.type": carried("`disabled`: off, thoughts hidden; any other: auto where nobody says how much"),
  "thinking.budget_tokens": carried("a thinking budget; -1 is auto"),
  enable_thinking: carried("after all others; true: auto, false: off"),
  thinking_budget: carried("a thinking budget, after all others"),
  extra_body: carried("see below"),
  "extra_body.google": carried("see below"),
  "extra_body.google.thinking_config": carried("before all others"),
  "extra_body.google.thinking_config.thinking_budget": carried("a thinking budget; 0 is off, -1 is auto"),
  "extra_body.google.thinking_config.thinking_level": carried("as `reasoning_effort`, where no budget is given"),
  "extra_body.google.thinking_config.include_thoughts": carried("false: thoughts are hidden; true alone: auto"),
  response_format: carried("the upstream's own format, or an instruction where it takes none"),
  "response_format.type": carried("`json_object`, `json_schema`, or `text`, which is what an answer is anyway"),
  "response_format.json_schema": carried("see below"),
  "response_format.json_schema.name": carried("kept; no upstream wants it"),
  "response_format.json_schema.description": dropped("no upstream has a place for it"),
  "response_format.json_schema.schema": carried("a JSON Schema, made into what the upstream takes; none: any JSON"),
  "response_format.json_schema.strict": ignored("the upstream keeps to the schema by its own rules"),
  image_config: carried("what an image model draws; means nothing to others"),
  "image_config.aspect_ratio": carried("the nearest ratio that image models know"),
  "image_config.image_size": carried("`1K`, `2K` or `4K`"),
  modalities: refused("audio output is not supported; text and image mean nothing"),
  audio: dropped("audio output is not supported"),

  frequency_penalty: ignored("upstream models do not take it"),
  presence_penalty: ignored("upstream models do not take it"),
  logit_bias: dropped("upstream models do not take it"),
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

export type ChatFinishReason = "stop" | "length" | "content_filter" | "tool_calls" | "function_call"

export interface ChatFunctionCall {
  readonly name: string
  /** JSON. */
  readonly arguments: string
}

interface ChatCall {
  readonly id: string
  /** The upstream's own signature. */
  readonly extra_content?: { readonly google: { readonly thought_signature: string } }
}

export type ChatToolCall =
  | (ChatCall & { readonly type: "function"; readonly function: ChatFunctionCall })
  | (ChatCall & { readonly type: "custom"; readonly custom: { readonly name: string; readonly input: string } })

export interface ChatImage {
  readonly type: "image_url"
  readonly image_url: { readonly url: string }
  readonly index: number
}

/** A stretch of the content that rests on a page. */
export interface ChatAnnotation {
  readonly type: "url_citation"
  readonly url_citation: {
    readonly url: string
    readonly title: string
    readonly start_index: number
    readonly end_index: number
  }
}

export interface ChatChoice {
  readonly index: number
  readonly message: {
    readonly role: "assistant"
    /** Null beside calls only. */
    readonly content: string | null
    readonly refusal: string | null
    readonly reasoning_content?: string
    readonly tool_calls?: readonly ChatToolCall[]
    readonly function_call?: ChatFunctionCall
    readonly annotations?: readonly ChatAnnotation[]
    readonly images?: readonly ChatImage[]
  }
  readonly logprobs: null
  readonly finish_reason: ChatFinishReason
}

export interface ChatCompletion extends CompletionHead<"chat.completion"> {
  readonly service_tier?: "default"
  readonly choices: readonly ChatChoice[]
  readonly usage: CompletionUsage
}
