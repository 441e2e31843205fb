/** A text in single quotes, as a POSIX shell reads it: a single quote ends the quoting, is written escaped, and begins it again. */
export function shellText(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
