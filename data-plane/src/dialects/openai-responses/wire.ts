/** The Responses wire: what becomes of each request field, and the shapes of answers. */
import { carried, compileFieldTable, dropped, ignored, refused, type FieldTable } from "../field-table.ts"

const CACHING = "caching is the upstream's own"
const HOSTED_CALL = "a call of a tool that its vendor ran; only its text goes on"
const HOSTED_TOOL = "run by its vendor only; a choice of it is refused"
const REPEATED = "repeated in the response object"
const SCHEMA_RULES = "the upstream keeps to the schema by its own rules"
const STORED = "nothing is stored here"
const NOT_TAKEN = "upstream models do not take it"

export const RESPONSES_FIELDS: FieldTable = {
  model: carried("routed; echoed in the answer; without it the default model, where one is set"),
  instructions: carried("the first system text"),
  input: carried("a text of the user, or items; runs of items of one side become its turn"),
  "input[user]": carried("a user turn"),
  "input[assistant]": carried("an assistant turn"),
  "input[system]": carried("leading: system text; later: a reminder in the user's turn at the same place"),
  "input[developer]": carried("as system; an `additional_tools` item declares tools"),
  "input[developer].tools": carried("as `tools`, which they extend"),
  "input[message]": carried("by its role; any other role is refused"),
  "input[reasoning]": carried("a thought with the signature in it; left out where it is not ours or another family's"),
  "input[reasoning].summary": carried("the thought's text"),
  "input[reasoning].content": carried("the thought's text where there is no summary"),
  "input[reasoning].encrypted_content": carried("our sealed signature; any other is left out"),
  "input[function_call]": carried("a call"),
  "input[function_call_output]": carried("a tool's result"),
  "input[custom_tool_call]": carried("a call with its text as the argument `input`"),
  "input[custom_tool_call_output]": carried("a tool's result"),
  "input[tool_search_call]": carried("a call of the client's own search; one that the vendor ran means nothing"),
  "input[tool_search_output]": carried("the names found, and the tools themselves as further tools"),
  "input[additional_tools]": carried("further tools, which extend `tools`"),
  "input[local_shell_call]": carried("a call with its action as arguments"),
  "input[local_shell_call_output]": carried("a tool's result"),
  "input[shell_call]": carried("a call with its action as arguments"),
  "input[shell_call].environment": ignored("the client's own place to run it"),
  "input[shell_call_output]": carried("a tool's result, as JSON"),
  "input[shell_call_output].max_output_length": ignored("what is there is short enough"),
  "input[apply_patch_call]": carried("a call with its operation as arguments"),
  "input[apply_patch_call_output]": carried("a tool's result; `failed` is an error"),
  "input[computer_call]": carried("a call with its action as arguments"),
  "input[computer_call].pending_safety_checks": ignored("another vendor's"),
  "input[computer_call_output]": carried("a tool's result: the screenshot"),
  "input[computer_call_output].acknowledged_safety_checks": ignored("another vendor's"),
  "input[image_generation_call]": carried("an image of the assistant's turn, where the model takes one there"),
  "input[compaction]": carried("our sealed summary, as text of the user's turn; one that cannot be opened is left out"),
  "input[compaction_summary]": carried("as `compaction`"),
  "input[context_compaction]": carried("as `compaction`"),
  "input[compaction_trigger]": carried("the answer is a summary, as one `compaction` item"),
  "input[web_search_call]": ignored("the text that came of it follows"),
  "input[item_reference]": dropped("nothing is stored here; alone it is refused"),
  "input[file_search_call]": dropped(HOSTED_CALL),
  "input[code_interpreter_call]": dropped(HOSTED_CALL),
  "input[mcp_list_tools]": dropped(HOSTED_CALL),
  "input[mcp_call]": dropped(HOSTED_CALL),
  "input[mcp_approval_request]": dropped(HOSTED_CALL),
  "input[mcp_approval_response]": dropped(HOSTED_CALL),
  "input[program]": dropped(HOSTED_CALL),
  "input[program_output]": dropped(HOSTED_CALL),
  "input[]": dropped("a kind of item that nobody here knows"),
  "input[].type": carried("the kind of the item; none with a role is a message"),
  "input[].role": carried("whose the message is"),
  "input[].id": carried("tells a result's call where it names no `call_id`"),
  "input[].status": carried("`failed` marks a result as an error"),
  "input[].phase": ignored("the client's own mark"),
  "input[].caller": ignored("the client's own mark"),
  "input[].created_by": ignored("the client's own mark"),
  "input[].call_id": carried("tells which result belongs to which call"),
  "input[].name": carried("the tool's name"),
  "input[].namespace": carried("before the name, as where the tool is declared"),
  "input[].arguments": carried("JSON; what is no object is kept under `_raw`"),
  "input[].input": carried("the text of a freeform tool's call"),
  "input[].action": carried("the arguments of a typed tool's call"),
  "input[].actions": carried("the arguments of a typed tool's call"),
  "input[].operation": carried("the arguments of a typed tool's call"),
  "input[].execution": carried("who runs the search"),
  "input[].tools": carried("tools that were found"),
  "input[].result": carried("base64 of an image"),
  "input[].encrypted_content": carried("our sealed summary"),
  "input[].output": carried("a text, a list of content as in a message, or a typed tool's own form as JSON"),
  "input[].content": carried("a text or a list of parts"),
  "input[].content[input_text]": carried("text; an empty one is left out"),
  "input[].content[output_text]": carried("text of the assistant's turn"),
  "input[].content[text]": carried("text"),
  "input[].content[summary_text]": carried("text"),
  "input[].content[reasoning_text]": carried("text"),
  "input[].content[refusal]": carried("text of the assistant's turn"),
  "input[].content[input_image]": carried("an image in a `data:` URL, or at an address, which is fetched"),
  "input[].content[input_image].image_url": carried("the `data:` URL or the address"),
  "input[].content[input_image].detail": ignored("the upstream decides how closely it looks"),
  "input[].content[input_image].file_id": refused("files are not kept here; send the data"),
  "input[].content[input_file]": carried("a document as base64, in a `data:` URL, or at an address, which is fetched"),
  "input[].content[input_file].file_data": carried("base64; a missing type is told from the data"),
  "input[].content[input_file].file_url": carried("an address"),
  "input[].content[input_file].filename": carried("the first line of a text document"),
  "input[].content[input_file].detail": ignored("the upstream decides how closely it looks"),
  "input[].content[input_file].file_id": refused("files are not kept here; send the data"),
  "input[].content[input_audio]": carried("sound as base64 with its format"),
  "input[].content[input_audio].input_audio": carried("data and format"),
  "input[].content[computer_screenshot]": carried("an image"),
  "input[].content[]": dropped("a kind of part that nobody here knows"),
  "input[].content[].type": carried("the kind of the part"),
  "input[].content[].text": carried("the text, unchanged"),
  "input[].content[].refusal": carried("the text, unchanged"),
  "input[].content[].annotations": ignored("written by the answer, means nothing in a question"),
  "input[].content[].logprobs": ignored("written by the answer, means nothing in a question"),
  "input[].content[].prompt_cache_breakpoint": ignored(CACHING),

  max_output_tokens: carried("output limit, clamped to the model's own"),
  temperature: carried("clamped to 0..2, for Claude to 0..1"),
  top_p: carried("clamped to 0..1; dropped for Claude when temperature is given too"),
  reasoning: carried("see below"),
  "reasoning.effort": carried("a thinking budget by the effort table"),
  "reasoning.summary": carried("anything but null: thoughts are shown; without an effort the model decides how much"),
  "reasoning.generate_summary": carried("the older name of `summary`"),
  "reasoning.context": ignored("what of the history counts is in the history"),
  "reasoning.mode": ignored(NOT_TAKEN),
  include: carried("`reasoning.encrypted_content`: signatures go to the client, sealed; the rest means nothing here"),
  store: carried("`false`: as with `reasoning.encrypted_content`; nothing is stored either way"),
  text: carried("see below"),
  "text.format": carried("plain text, a JSON object, or a JSON Schema, which stands beside the type"),
  "text.verbosity": ignored(NOT_TAKEN),
  tools: carried("functions and freeform tools; of several with one name the last counts"),
  "tools[function]": carried("a function"),
  "tools[custom]": carried("a function with one text, the grammar in its description; answered as `custom_tool_call`"),
  "tools[custom].format": carried("text, or a grammar"),
  "tools[namespace]": carried("its tools under `namespace__name`; answers have the two apart"),
  "tools[namespace].tools": carried("as `tools`"),
  "tools[namespace].description": dropped("the upstream knows no groups of tools; each has its own"),
  "tools[local_shell]": carried("a function with a schema of ours; answered as `local_shell_call`"),
  "tools[shell]": carried("a function with a schema of ours; answered as `shell_call`"),
  "tools[shell].environment": ignored("the client's own place to run it"),
  "tools[apply_patch]": carried("a function with a schema of ours; answered as `apply_patch_call`"),
  "tools[tool_search]": carried("a function where the client runs it, answered as `tool_search_call`; else dropped"),
  "tools[web_search]": carried("the upstream's own search, where nothing else is declared; dropped without web access"),
  "tools[web_search].filters": carried("only pages of `allowed_domains`"),
  "tools[web_search].user_location": dropped(NOT_TAKEN),
  "tools[web_search].search_context_size": ignored(NOT_TAKEN),
  "tools[image_generation]": carried("means something to image models only, which draw anyway"),
  "tools[image_generation].size": carried("the image's shape and size"),
  "tools[file_search]": dropped(HOSTED_TOOL),
  "tools[code_interpreter]": dropped(HOSTED_TOOL),
  "tools[computer]": dropped(HOSTED_TOOL),
  "tools[computer_use_preview]": dropped(HOSTED_TOOL),
  "tools[mcp]": dropped(HOSTED_TOOL),
  "tools[programmatic_tool_calling]": dropped(HOSTED_TOOL),
  "tools[]": carried("any other kind is dropped"),
  "tools[].type": carried("the kind of the tool"),
  "tools[].name": carried("made legal for the upstream; answers have it as it was"),
  "tools[].description": carried("the text, unchanged"),
  "tools[].parameters": carried("a JSON Schema, made into what the upstream takes"),
  "tools[].function": carried("chat's form of a function"),
  "tools[].execution": carried("who runs the search"),
  "tools[].defer_loading": carried(
    "left out until a `tool_search_output` brings it; dropped where the client makes no search",
  ),
  "tools[].external_web_access": carried("`false`: no search"),
  "tools[].strict": ignored(SCHEMA_RULES),
  "tools[].output_schema": ignored(SCHEMA_RULES),
  "tools[].allowed_callers": ignored("the model itself is the one caller"),
  tool_choice: carried("none, auto, required, one tool, or some of them; without tools it means nothing"),
  parallel_tool_calls: dropped("no upstream has a switch for it; `true` loses nothing"),
  stream: carried("events or one object"),
  stream_options: ignored("the last event always has usage, and padding is not ours to add"),
  metadata: carried(REPEATED),
  truncation: carried(REPEATED),
  user: carried("tells conversations apart; not sent upstream"),
  prompt_cache_key: carried("tells conversations apart, before `user`; not sent upstream"),

  previous_response_id: refused(STORED),
  conversation: refused(STORED),
  prompt: refused(STORED),
  background: refused("answers are not stored here; `false` means nothing"),

  context_management: ignored("the history comes from the client"),
  service_tier: ignored("means nothing upstream"),
  safety_identifier: ignored("not sent to another vendor"),
  prompt_cache_retention: ignored(CACHING),
  prompt_cache_options: ignored(CACHING),
  top_logprobs: ignored("answered with an empty list"),
  max_tool_calls: ignored("counts tools that the vendor runs"),
  moderation: ignored("means nothing upstream"),
  client_metadata: ignored("the client's own"),
}

export const RESPONSES_TREE = compileFieldTable(RESPONSES_FIELDS)

/** Items differ by their type; all have an id. */
export interface OutputItem {
  readonly id: string
  readonly type: string
  readonly [field: string]: unknown
}

export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number }
  readonly output_tokens: number
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly total_tokens: number
}

export interface UrlCitation {
  readonly type: "url_citation"
  /** UTF-16 units of the part's text, `end_index` not included. */
  readonly start_index: number
  readonly end_index: number
  readonly url: string
  readonly title: string
}

export interface ResponseObject {
  readonly id: string
  readonly object: "response"
  readonly created_at: number
  readonly status: "in_progress" | "completed" | "incomplete" | "failed"
  readonly completed_at: number | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly incomplete_details: { readonly reason: string } | null
  readonly instructions: null
  readonly model: string
  readonly output: readonly OutputItem[]
  readonly previous_response_id: null
  readonly store: false
  readonly usage: ResponseUsage | null
  readonly background: false
  readonly service_tier: "default"
  /** Fields of the request, as they were or by this wire's defaults. */
  readonly [repeated: string]: unknown
}

export interface CompactedResponse {
  readonly id: string
  readonly object: "response.compaction"
  readonly created_at: number
  readonly output: readonly OutputItem[]
  readonly usage: ResponseUsage
}
