const SURROGATE = /[\uD800-\uDFFF]/

/**
 * A text that came from outside, at most `max` long, as every column of both databases can hold it and gives it back: PostgreSQL has no
 * zero character, and neither has half a surrogate pair.
 */
export function storableText(text: string, max: number): string {
  // Cut before: a cut may be what makes a half of a pair.
  const cut = text.replaceAll("\0", "").slice(0, max)
  return SURROGATE.test(cut) ? Buffer.from(cut).toString("utf8") : cut
}
