/** The Anthropic Messages wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"

const BLOCK_KIND = "the kind of the block"
const THOUGHT = "exactly as it was given; whose signature is not the asked model's is left out"
const CACHING = "caching is the upstream's own"
const VENDOR = "addressed to the vendor, means nothing upstream"
const MEDIA_SOURCE = "base64, made standard, or a URL; a missing type is told from the data; a `file_id` is refused"
const TITLE = "a line before the document"
const SERVER_TOOL = "a call or a result of a tool that the vendor runs itself; texts beside it stay"

export const MESSAGES_FIELDS: FieldTable = {
  model: carried("routed; echoed in the answer"),
  system: carried("system text, a part a block; the attribution block is left out and recorded"),
  "system[text]": carried("a part of the system text"),
  "system[]": dropped("a kind of block that nobody here knows"),
  "system[].type": carried("the kind of the block"),
  "system[].text": carried("the text, unchanged"),
  "system[].cache_control": ignored(CACHING),
  "system[].citations": ignored("citations are not made here"),
  messages: carried("turns; adjacent turns of one role are merged"),
  "messages[user]": carried("a user turn"),
  "messages[assistant]": carried("an assistant turn; left out when it holds nothing"),
  "messages[system]": carried("leading: system text; later: a reminder in the user's turn at the same place"),
  "messages[].role": carried("any other role is refused"),
  "messages[].content": carried("a string or a list of blocks"),
  "messages[].content[text]": carried("text; an empty one is left out"),
  "messages[].content[text].type": carried("the kind of the block"),
  "messages[].content[text].text": carried("unchanged; an image that an answer held as Markdown is an image again"),
  "messages[].content[text].citations": ignored("citations are not made here"),
  "messages[].content[].cache_control": ignored(CACHING),
  "messages[].content[image]": carried("an image as base64, in a `data:` URL, or fetched from an http(s) address"),
  "messages[].content[image].type": carried(BLOCK_KIND),
  "messages[].content[image].source": carried(MEDIA_SOURCE),
  "messages[].content[document]": carried("a PDF as an image is; a plain text or blocks as they are"),
  "messages[].content[document].type": carried(BLOCK_KIND),
  "messages[].content[document].title": carried(TITLE),
  "messages[].content[document].context": carried(TITLE),
  "messages[].content[document].source": carried("as an image's, or a text, or blocks of texts and images"),
  "messages[].content[document].citations": dropped("citations are not made here"),
  "messages[].content[search_result]": carried("text: title, source and content"),
  "messages[].content[search_result].type": carried(BLOCK_KIND),
  "messages[].content[search_result].title": carried("the first line"),
  "messages[].content[search_result].source": carried("the second line"),
  "messages[].content[search_result].content": carried("its texts, a line each"),
  "messages[].content[search_result].citations": dropped("citations are not made here"),
  "messages[].content[thinking]": carried("a thought; left out and recorded when nobody can sign it"),
  "messages[].content[thinking].type": carried(BLOCK_KIND),
  "messages[].content[thinking].thinking": carried(THOUGHT),
  "messages[].content[thinking].signature": carried("this gateway's own carrier, or found again by the thought's text"),
  "messages[].content[redacted_thinking]": carried("a carrier without a text; any other is left out"),
  "messages[].content[redacted_thinking].type": carried(BLOCK_KIND),
  "messages[].content[redacted_thinking].data": carried("this gateway's own carrier"),
  "messages[].content[tool_use]": carried("a call"),
  "messages[].content[tool_use].type": carried(BLOCK_KIND),
  "messages[].content[tool_use].id": carried(
    "tells which result belongs to it; the upstream's own id where it is known",
  ),
  "messages[].content[tool_use].name": carried("the tool's name"),
  "messages[].content[tool_use].input": carried("the arguments; what is no object is kept under `_raw`"),
  "messages[].content[tool_use].extra_content": carried("the call's signature, else found again by the call's id"),
  "messages[].content[tool_use].extra_content.google": carried("see below"),
  "messages[].content[tool_use].extra_content.google.thought_signature": carried("the signature or its carrier"),
  "messages[].content[tool_use].signature": carried("as `extra_content.google.thought_signature`, which wins"),
  "messages[].content[tool_use].caller": ignored("the model itself, always"),
  "messages[].content[tool_result]": carried("a tool's result, beside the other results of its turn"),
  "messages[].content[tool_result].type": carried(BLOCK_KIND),
  "messages[].content[tool_result].tool_use_id": carried(
    "the call it belongs to; a result of an unknown call becomes text",
  ),
  "messages[].content[tool_result].is_error": carried("goes upstream as an error"),
  "messages[].content[tool_result].content": carried("a string or a list of blocks; texts are joined by line breaks"),
  "messages[].content[tool_result].content[text]": carried("text"),
  "messages[].content[tool_result].content[image]": carried("an image, as above; after all results of the turn"),
  "messages[].content[tool_result].content[document]": carried("a PDF or a text, as above"),
  "messages[].content[tool_result].content[tool_reference]": carried("a line that says so; loads the deferred tool"),
  "messages[].content[tool_result].content[search_result]": carried("text, as above"),
  "messages[].content[tool_result].content[]": dropped("a kind of block that nobody here knows"),
  "messages[].content[tool_addition]": carried("declares a tool; what it says of MCP servers is dropped"),
  "messages[].content[tool_addition].type": carried(BLOCK_KIND),
  "messages[].content[tool_addition].tool": carried(
    "the name of a tool of `tools`, which may be deferred, or a definition",
  ),
  "messages[].content[tool_removal]": carried("takes a tool away; what it says of MCP servers is dropped"),
  "messages[].content[tool_removal].type": carried(BLOCK_KIND),
  "messages[].content[tool_removal].tool": carried("the name of a tool"),
  "messages[].content[web_search_tool_result]": carried("text: title and address of each page"),
  "messages[].content[web_search_tool_result].type": carried(BLOCK_KIND),
  "messages[].content[web_search_tool_result].content": carried("pages; what a search failed by is dropped"),
  "messages[].content[web_search_tool_result].tool_use_id": ignored("the pages stand for themselves"),
  "messages[].content[web_search_tool_result].caller": ignored("the model itself, always"),
  "messages[].content[web_fetch_tool_result]": carried("text: the page's address, then its text or document"),
  "messages[].content[web_fetch_tool_result].type": carried(BLOCK_KIND),
  "messages[].content[web_fetch_tool_result].content": carried("a page; what a fetch failed by is dropped"),
  "messages[].content[web_fetch_tool_result].tool_use_id": ignored("the page stands for itself"),
  "messages[].content[web_fetch_tool_result].caller": ignored("the model itself, always"),
  "messages[].content[compaction]": carried("a user's turn at its place"),
  "messages[].content[compaction].type": carried(BLOCK_KIND),
  "messages[].content[compaction].content": carried("the text, unchanged; none: nothing"),
  "messages[].content[compaction].tool_changes": carried("as `tool_addition` and `tool_removal`"),
  "messages[].content[compaction].encrypted_content": ignored("for the vendor's own eyes"),
  "messages[].content[compaction].signature": ignored("for the vendor's own eyes"),
  "messages[].content[server_tool_use]": dropped(SERVER_TOOL),
  "messages[].content[code_execution_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[bash_code_execution_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[text_editor_code_execution_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_use]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[tool_search_tool_result]": carried(
    "loads the tools that it found; what a search failed by is dropped",
  ),
  "messages[].content[tool_search_tool_result].type": carried(BLOCK_KIND),
  "messages[].content[tool_search_tool_result].content": carried("the names of tools"),
  "messages[].content[tool_search_tool_result].tool_use_id": ignored("the tools stand for themselves"),
  "messages[].content[container_upload]": dropped(SERVER_TOOL),
  "messages[].content[advisor_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[fallback]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_listing]": dropped(SERVER_TOOL),
  "messages[].content[]": dropped("a kind of block that nobody here knows"),
  "messages[].clear_at": ignored("history is edited by the client"),
  "messages[].output_config": ignored("only the request's own counts"),

  max_tokens: carried("required; output limit, clamped to the model's own"),
  temperature: carried("clamped to 0..2, for Claude to 0..1"),
  top_p: carried("clamped to 0..1; dropped for Claude when temperature is given too"),
  top_k: carried("0 and below mean none"),
  stop_sequences: carried("empty ones are left out, at most 5 go upstream"),
  stream: carried("frames or one object"),
  metadata: carried("see below"),
  "metadata.user_id": carried("its session tells conversations apart; not sent upstream"),

  tools: carried("tools that the client runs; of several with one name the last counts"),
  "tools[]": carried(
    "a tool of the client's own; `bash_…`, `text_editor_…`, `memory_…`, `computer_…`; a web search; any other is dropped",
  ),
  "tools[].type": carried(
    "`custom` or none; a built-in tool, whose public schema is declared; `web_search_…`: a search, where it is the only tool",
  ),
  "tools[].name": carried("made legal for the upstream; answers have it as it was"),
  "tools[].description": carried("the text, unchanged"),
  "tools[].input_schema": carried("a JSON Schema, made into what the upstream takes"),
  "tools[].defer_loading": carried("true: left out until a `tool_reference` names the tool"),
  "tools[].allowed_domains": carried("of a web search: only pages of these hosts"),
  "tools[].blocked_domains": dropped("the upstream's search takes no such list"),
  "tools[].max_uses": dropped("the upstream decides how often it searches"),
  "tools[].user_location": dropped("the upstream's search takes no place"),
  "tools[].display_width_px": carried("in the description of `computer_…`"),
  "tools[].display_height_px": carried("in the description of `computer_…`"),
  "tools[].display_number": ignored("the client's own business"),
  "tools[].enable_zoom": ignored("the client's own business"),
  "tools[].max_characters": ignored("the client's own business"),
  "tools[].eager_input_streaming": ignored("arguments come whole"),
  "tools[].strict": ignored("the upstream keeps to the schema by its own rules"),
  "tools[].input_examples": ignored("the upstream has no place for them"),
  "tools[].allowed_callers": ignored("the model itself, always"),
  "tools[].cache_control": ignored(CACHING),
  tool_choice: carried("auto, any, one tool, or none; without tools it means nothing"),
  "tool_choice.type": carried("the kind of the choice"),
  "tool_choice.name": carried("the one tool"),
  "tool_choice.disable_parallel_tool_use": dropped("no upstream has a switch for it; `false` loses nothing"),
  thinking: carried("asks for a thinking budget and for thinking blocks"),
  "thinking.type": carried("`enabled`, `adaptive` and `between_tools` (by the effort, else high), `disabled`"),
  "thinking.budget_tokens": carried("tokens, clamped to the model's range and its output limit; -1 is auto"),
  "thinking.display": carried("`omitted`: blocks with their signature only; any other: with the text"),
  "thinking.block_binding": ignored("carriers are bound to their text anyway"),
  output_config: carried("see below"),
  "output_config.effort": carried("a budget by the effort table; alone it asks for no thinking blocks"),
  "output_config.format": carried("the upstream's own format, or an instruction where it takes none"),
  "output_config.format.type": carried("`json_schema`"),
  "output_config.format.schema": carried("a JSON Schema, made into what the upstream takes"),
  "output_config.task_budget": ignored(VENDOR),
  output_format: carried("as `output_config.format`, which wins"),
  "output_format.type": carried("`json_schema`"),
  "output_format.schema": carried("a JSON Schema, made into what the upstream takes"),
  mcp_servers: dropped("tools that the vendor runs itself are not carried"),
  thread: refused("histories are not kept here; the SDK sends the whole one instead"),
  previous_message_id: refused("histories are not kept here; the SDK sends the whole one instead"),

  cache_control: ignored(CACHING),
  context_management: ignored("history is edited by the client"),
  speed: ignored(VENDOR),
  inference_geo: ignored(VENDOR),
  service_tier: ignored(VENDOR),
  container: dropped(VENDOR),
  diagnostics: ignored(VENDOR),
  fallbacks: ignored(VENDOR),
  fallback_credit_token: ignored(VENDOR),
  billing_policy: ignored(VENDOR),
  user_profile_id: ignored(VENDOR),
  workspace_id: ignored(VENDOR),
}

export const MESSAGES_TREE = compileFieldTable(MESSAGES_FIELDS)

export type StopReason = "end_turn" | "max_tokens" | "refusal" | "stop_sequence" | "tool_use"

export interface StopDetails {
  readonly type: "refusal"
  readonly category: null
  readonly explanation: string | null
}

export interface MessagesUsage {
  readonly input_tokens: number
  readonly cache_creation_input_tokens: 0
  readonly cache_read_input_tokens: number
  readonly output_tokens: number
  readonly output_tokens_details: { readonly thinking_tokens: number }
  readonly server_tool_use?: { readonly web_search_requests: number; readonly web_fetch_requests: number }
}

export interface TextBlock {
  readonly type: "text"
  readonly text: string
  /** Only where the text rests on something. */
  readonly citations?: readonly WebSearchCitation[]
}

export interface WebSearchCitation {
  readonly type: "web_search_result_location"
  readonly url: string
  readonly title: string
  readonly cited_text: string
  readonly encrypted_index: ""
}

export interface ServerToolUseBlock {
  readonly type: "server_tool_use"
  readonly id: string
  readonly name: "web_search"
  readonly input: { readonly query: string }
}

export interface WebSearchToolResultBlock {
  readonly type: "web_search_tool_result"
  readonly tool_use_id: string
  readonly content: readonly {
    readonly type: "web_search_result"
    readonly url: string
    readonly title: string
    readonly encrypted_content: ""
    readonly page_age: null
  }[]
}

export interface ToolUseBlock {
  readonly type: "tool_use"
  readonly id: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  /** The carrier of the call's signature. */
  readonly extra_content?: { readonly google: { readonly thought_signature: string } }
}

export interface ThinkingBlock {
  readonly type: "thinking"
  readonly thinking: string
  /** The carrier of a signature; empty where the upstream gave none. */
  readonly signature: string
}

export type ContentBlock = TextBlock | ThinkingBlock | ToolUseBlock | ServerToolUseBlock | WebSearchToolResultBlock

export interface Message {
  readonly id: string
  readonly type: "message"
  readonly role: "assistant"
  readonly model: string
  readonly content: readonly ContentBlock[]
  readonly stop_reason: StopReason | null
  readonly stop_sequence: string | null
  readonly stop_details: StopDetails | null
  readonly container: null
  readonly diagnostics: null
  readonly usage: MessagesUsage
}

export interface MessagesErrorBody {
  readonly type: "error"
  readonly error: {
    readonly type: string
    readonly message: string
    readonly details?: { readonly error_code: string }
  }
  readonly request_id: string
}
