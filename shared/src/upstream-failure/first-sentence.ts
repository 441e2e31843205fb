/** Says nothing by itself; the sentence after it does. */
const EMPTY_OPENINGS = ["Invalid JSON payload received. "]
const ABBREVIATIONS = /\b(?:e\.g|i\.e|etc|vs|approx|no)$/i
const MAX_LENGTH = 400

/** The first sentence that says something, at most 400 characters. The text has its white space collapsed. */
export function firstSentence(text: string): string {
  let rest = text
  for (const opening of EMPTY_OPENINGS) if (rest.startsWith(opening)) rest = rest.slice(opening.length)
  for (const end of rest.matchAll(/[.!?](?=\s|$)/g)) {
    if (ABBREVIATIONS.test(rest.slice(0, end.index))) continue
    return cut(rest.slice(0, end.index + 1))
  }
  return cut(rest)
}

function cut(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`
}
