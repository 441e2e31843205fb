/** The Anthropic Messages wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"

const TOOLS_LATER = "tools are not carried yet"
const MEDIA_LATER = "media is not carried yet"
const THINKING_LATER = "thinking requests are not carried yet"
const CACHING = "caching is the upstream's own"
const VENDOR = "addressed to the vendor, means nothing upstream"
const SERVER_TOOL = "results of the vendor's own tools are not carried yet"

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
  "messages[assistant]": carried("an assistant turn; left out when it has no text"),
  "messages[system]": carried("leading: system text; later: a reminder in the user's turn at the same place"),
  "messages[].role": carried("any other role is refused"),
  "messages[].content": carried("a string or a list of blocks"),
  "messages[].content[text]": carried("text; an empty one is left out"),
  "messages[].content[text].type": carried("the kind of the block"),
  "messages[].content[text].text": carried("the text, unchanged"),
  "messages[].content[text].citations": ignored("citations are not made here"),
  "messages[].content[].cache_control": ignored(CACHING),
  "messages[].content[image]": dropped(MEDIA_LATER),
  "messages[].content[document]": dropped(MEDIA_LATER),
  "messages[].content[search_result]": dropped(MEDIA_LATER),
  "messages[].content[thinking]": dropped("thoughts need their signature to go back"),
  "messages[].content[redacted_thinking]": dropped("thoughts need their signature to go back"),
  "messages[].content[tool_use]": dropped(TOOLS_LATER),
  "messages[].content[tool_result]": dropped(TOOLS_LATER),
  "messages[].content[tool_reference]": dropped(TOOLS_LATER),
  "messages[].content[tool_addition]": dropped(TOOLS_LATER),
  "messages[].content[tool_removal]": dropped(TOOLS_LATER),
  "messages[].content[server_tool_use]": dropped(SERVER_TOOL),
  "messages[].content[web_search_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[web_fetch_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[code_execution_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_use]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[tool_search_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[container_upload]": dropped(SERVER_TOOL),
  "messages[].content[advisor_tool_result]": dropped(SERVER_TOOL),
  "messages[].content[fallback]": dropped(SERVER_TOOL),
  "messages[].content[mcp_tool_listing]": dropped(SERVER_TOOL),
  "messages[].content[compaction]": dropped("compacted history is not carried yet"),
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

  tools: dropped(TOOLS_LATER),
  tool_choice: dropped(TOOLS_LATER),
  thinking: dropped(THINKING_LATER),
  output_config: carried("see below"),
  "output_config.effort": dropped(THINKING_LATER),
  "output_config.format": dropped("structured output is not carried yet"),
  "output_config.task_budget": ignored(VENDOR),
  output_format: dropped("structured output is not carried yet"),
  mcp_servers: dropped(TOOLS_LATER),
  thread: refused("histories are not kept here; the SDK sends the whole one instead"),
  previous_message_id: refused("histories are not kept here; the SDK sends the whole one instead"),

  cache_control: ignored(CACHING),
  context_management: ignored("history is edited by the client"),
  speed: ignored(VENDOR),
  inference_geo: ignored(VENDOR),
  service_tier: ignored(VENDOR),
  container: ignored(VENDOR),
  diagnostics: ignored(VENDOR),
  fallbacks: ignored(VENDOR),
  fallback_credit_token: ignored(VENDOR),
  billing_policy: ignored(VENDOR),
  user_profile_id: ignored(VENDOR),
  workspace_id: ignored(VENDOR),
}

export const MESSAGES_TREE = compileFieldTable(MESSAGES_FIELDS)

export type StopReason = "end_turn" | "max_tokens" | "refusal" | "tool_use"

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
}

export interface Message {
  readonly id: string
  readonly type: "message"
  readonly role: "assistant"
  readonly model: string
  readonly content: readonly { readonly type: "text"; readonly text: string; readonly citations: null }[]
  readonly stop_reason: StopReason | null
  readonly stop_sequence: null
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
