/**
 * The upstream answers an outdated client, or a request for a retired model, with a 200 whose text says so. That text must
 * never reach a client as an answer. It is matched as a whole, from its first letter, so that an answer that merely quotes
 * such a sentence stays an answer.
 */
import { collapse } from "./error-body.ts"

const UNSUPPORTED = "This version of Antigravity is no longer supported"
/** A model's name as the upstream shows it: up to six words, each beginning with a capital letter, a digit or a bracket. */
const RETIRED = /^[A-Z][\w.-]{0,30}(?: [A-Z0-9(][\w.()-]{0,20}){0,5} is no longer available\. Please switch to [A-Z]/
const RETIRED_BEGINNING = /^[A-Z][\w.-]{0,30}(?: [A-Z0-9(][\w.()-]{0,20}){0,5}(?: i?s?)?$/
const RETIRED_MIDDLE = " is no longer available. Please switch to "
const MAX_LENGTH = 400

export type VersionText = "unsupported-version" | "retired-model" | "no"

/** What a whole text says. */
export function readVersionText(text: string): VersionText {
  const collapsed = collapse(text.slice(0, MAX_LENGTH + 1))
  if (collapsed.length > MAX_LENGTH) return "no"
  if (collapsed.startsWith(UNSUPPORTED)) return "unsupported-version"
  return RETIRED.test(collapsed) ? "retired-model" : "no"
}

/**
 * Could more text make this one a version text? While it could, the head of the answer must be held. False for nearly every
 * answer after its first few words.
 */
export function mayBecomeVersionText(text: string): boolean {
  if (readVersionText(text) !== "no") return true
  if (text.length > MAX_LENGTH) return false
  const beginning = text.trimStart().replace(/\s+/g, " ")
  if (UNSUPPORTED.startsWith(beginning)) return true
  const verb = beginning.indexOf(" is ")
  if (verb === -1) return beginning.length <= 100 && startsLikeModelName(beginning)
  const rest = beginning.slice(verb)
  return (
    startsLikeModelName(beginning.slice(0, verb)) &&
    (RETIRED_MIDDLE.startsWith(rest) || rest.startsWith(RETIRED_MIDDLE))
  )
}

/** The names the upstream shows begin with one of these; anything else is an answer's first word. */
const NAME_BEGINNINGS = ["Gemini ", "Claude ", "GPT-"]

function startsLikeModelName(text: string): boolean {
  const isName = NAME_BEGINNINGS.some((name) =>
    text.length < name.length ? name.startsWith(text) : text.startsWith(name),
  )
  return isName && RETIRED_BEGINNING.test(text)
}
