/** Rows of conversations whose values count upstream without standing there: the row says as what. */
export const REWRITTEN: ReadonlySet<string> = new Set([
  "messages[].content[tool_result].is_error",
  "messages[].content[tool_addition].tool",
  "messages[].content[tool_removal].tool",
  "messages[].content[compaction].tool_changes",
  "messages[].content[tool_search_tool_result].content",
  "messages[].content[web_search_tool_result].content",
  "messages[].content[web_fetch_tool_result].content",
  "messages[].content[tool_result].content[tool_reference]",
  "contents[].parts[].functionResponse.id",
  "input[].status",
  "input[].id",
  "input[].namespace",
  "input[].execution",
])
