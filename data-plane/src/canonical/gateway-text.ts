/**
 * Every text that the gateway itself writes into a request. The list is closed: nothing else is added to or changed in what the
 * user wrote, and each use is recorded in `dropped` under its mark.
 */

/** The first turn upstream must be the user's and may not be empty. */
export const PLACEHOLDER_TEXT = "."

/** Stands before the text of an assistant turn that a model refuses to continue (prefill). */
export const PREFILL_HINT = "Continue your answer exactly after this text, without repeating it:"

/** System text in the middle of a conversation, as a part of the user's turn at the same place. */
export function systemReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`
}

/** The result of a call that the client left without one; the upstream wants one for each. */
export const MISSING_RESULT = "no result"

/** Stands before the content of a result whose call is not in the conversation. */
export function orphanResult(callId: string, name: string | undefined): string {
  const which = [name, callId].filter((word) => word !== undefined && word !== "").join(" ")
  return `[tool result${which === "" ? "" : ` of ${which}`}]`
}

/** A reference to a tool that the client loaded later, as a line of a tool's result. */
export function toolAvailable(name: string): string {
  return `Tool ${name} is now available.`
}

/** What a freeform tool's one argument is, for models that know functions only. */
export const FREEFORM_INPUT = "The tool's whole input as plain text, not as JSON."

/** Puts a freeform tool's grammar under its description. */
export function freeformGrammar(syntax: string, definition: string): string {
  return `The input must follow this ${syntax === "" ? "" : `${syntax} `}grammar:\n${definition}`
}

/** The last words of a conversation that is to be summarised. */
export const COMPACTION_PROMPT =
  "Summarise the conversation up to here for a model that goes on with it and sees nothing else of it: what the user asked for, " +
  "what was decided and done, which files, names, commands and facts matter, and what is still open. Write only the summary."

/** Such a summary where the conversation goes on. */
export function compactionSummary(text: string): string {
  return `Summary of the conversation before this point:\n${text}`
}

/** What an answer must look like, for models that take no format of answers; the last words of the system text. */
export function formatInstruction(schema: unknown): string {
  const rule = "Answer with one JSON object and nothing else: no words before or after it, and no code fence around it."
  if (schema === undefined) return rule
  return `${rule.replace("object", "value")} It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`
}

/** How a use is recorded; the leading `+` tells it from the path of a field that was not carried. */
export const ADDED = {
  placeholderTurn: "+placeholder-turn",
  prefillHint: "+prefill-hint",
  systemReminder: "+system-reminder",
  missingResult: "+missing-result",
  orphanResult: "+orphan-result",
  toolAvailable: "+tool-available",
  formatInstruction: "+format-instruction",
  freeformTool: "+freeform-tool",
  compactionPrompt: "+compaction-prompt",
  compactionSummary: "+compaction-summary",
} as const
