/**
 * A cheap guess at how many tokens a text is, for places that need a number before the upstream names one, and for the limits of a
 * key whose client left before it did. Never used for billing: records keep what the upstream reported and leave the rest unknown.
 */

/** About how many characters of Latin-like text make one token. */
export const LATIN_CHARACTERS_PER_TOKEN = 3.5
/** About how many Chinese, Japanese or Korean characters make one token. */
const WIDE_CHARACTERS_PER_TOKEN = 1.2

/** The engine keeps a text without such units in a byte each and then need not look: 500 KB cost a millisecond letter by letter. */
const NOT_LATIN = /[\u1100-\uffff]/

/** The estimate before rounding, so that the pieces of a text add up to the whole. Linear in the text's length. */
export function tokenWeight(text: string): number {
  const first = text.search(NOT_LATIN)
  if (first < 0) return text.length / LATIN_CHARACTERS_PER_TOKEN
  let wide = 0
  let halves = 0
  for (let index = first; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x1100) continue
    if (unit >= 0xd800 && unit <= 0xdfff) halves += 1
    else if (isWide(unit)) wide += 1
  }
  const latin = text.length - wide - halves
  return latin / LATIN_CHARACTERS_PER_TOKEN + (wide + halves / 2) / WIDE_CHARACTERS_PER_TOKEN
}

/** Whole tokens, rounded up: 0 only for an empty text. */
export function estimateTokens(text: string): number {
  return wholeTokens(tokenWeight(text))
}

/** What adding up many weights may be off by; far below the weight of one character. */
const ROUNDING_ERROR = 1e-6

/** The same for the sum of a text's weights, however it was cut. */
export function wholeTokens(weight: number): number {
  return Math.max(0, Math.ceil(weight - ROUNDING_ERROR))
}

/** Hangul, kana, ideographs, their compatibility and full-width forms. Surrogates are counted as halves of one such character. */
function isWide(unit: number): boolean {
  return (
    unit <= 0x11ff ||
    (unit >= 0x2e80 && unit <= 0x9fff) ||
    (unit >= 0xa960 && unit <= 0xa97f) ||
    (unit >= 0xac00 && unit <= 0xd7ff) ||
    (unit >= 0xf900 && unit <= 0xfaff) ||
    (unit >= 0xfe30 && unit <= 0xfe4f) ||
    (unit >= 0xff00 && unit <= 0xffef)
  )
}
