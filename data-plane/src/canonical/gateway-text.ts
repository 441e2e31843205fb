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

/** How a use is recorded; the leading `+` tells it from the path of a field that was not carried. */
export const ADDED = {
  placeholderTurn: "+placeholder-turn",
  prefillHint: "+prefill-hint",
  systemReminder: "+system-reminder",
} as const
