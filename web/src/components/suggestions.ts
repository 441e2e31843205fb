/** Which of many suggestions fit what is typed. Pure. */

export interface Suggestion {
  readonly value: string
  /** What a person reads; absent: the value. */
  readonly label?: string
  /** A word or two beside it. */
  readonly hint?: string
}

/** More than anybody reads; who types on finds the rest. */
const mostShown = 50

export const labelOf = ({ value, label }: Suggestion): string => label ?? value

/** Those that hold every word, those that begin as it is typed first; of nothing typed the first ones. */
export function fitting(suggestions: readonly Suggestion[], typed: string): readonly Suggestion[] {
  const text = typed.trim().toLowerCase()
  const words = text.split(/\s+/)
  const begin: Suggestion[] = []
  const hold: Suggestion[] = []
  for (const one of suggestions) {
    const name = labelOf(one).toLowerCase()
    if (name.startsWith(text)) begin.push(one)
    else if (words.every((word) => name.includes(word))) hold.push(one)
    if (begin.length >= mostShown) break
  }
  return [...begin, ...hold].slice(0, mostShown)
}
