/**
 * What a server says in English, in Chinese. The keys of a table are the servers' own sentences with `{}` for what they fill in; a
 * check reads them out of the servers' sources, so that none lacks its Chinese. What no table has, such as the words of a provider,
 * stays as it came, also within a sentence of ours.
 */
export type Sentences = Readonly<Record<string, string>>

interface Pattern {
  readonly test: RegExp
  readonly chinese: string
  /** How much of it is text; the one with most goes first. */
  readonly length: number
  readonly beginsWithHole: boolean
  /** A text that has not this is none of it. */
  readonly mark: string
}

/** One with less text of its own says little: what it fills in has to be single words, or words of ours. */
const SHORT = 20
const MOST_KEPT = 2_000

export function createSaid(table: Sentences): (text: string) => string {
  const patterns = Object.entries(table)
    .filter(([key]) => key.includes("{}"))
    .map(([key, chinese]) => patternOf(key, chinese))
    .toSorted((one, other) => other.length - one.length)
  const kept = new Map<string, string>()

  const isKnown = (hole: string): boolean => /^\S*(?: %)?$/.test(hole) || said(hole) !== hole

  /** Undefined: it is none of ours. */
  function whole(text: string): string | undefined {
    if (Object.hasOwn(table, text)) return table[text]
    for (const { test, chinese, length, beginsWithHole, mark } of patterns) {
      const found = text.includes(mark) ? test.exec(text) : null
      if (found === null) continue
      const [, ...holes] = found
      if (beginsWithHole && length < SHORT && !holes.every(isKnown)) continue
      return chinese.replaceAll(/\{(\d)\}/g, (_whole, number: string) => said(holes[Number(number) - 1] ?? ""))
    }
    return undefined
  }

  /** Texts of ours and of others behind one another. */
  function inTurn(text: string): string | undefined {
    const parts = text.split(/(?<=[.!?])\s+(?=[A-Z])/)
    if (parts.length < 2) return undefined
    const told = parts.map((part) => said(part))
    if (told.every((part, index) => part === parts[index])) return undefined
    return told.reduce((before, part) => before + (/[。！？：]$/.test(before) ? "" : " ") + part)
  }

  /** `tools[0]: must be an object`, or a name of ours and what is the matter. */
  function labelled(text: string): string | undefined {
    const [, label = "", rest = ""] = /^([^:]{1,60}): (.+)$/s.exec(text) ?? []
    if (label === "") return undefined
    const name = said(label)
    if (label.includes(" ") && name === label) return undefined
    const told = said(rest)
    return told === rest && name === label ? undefined : `${name}：${told}`
  }

  /** A list of which each is ours. */
  function listed(text: string): string | undefined {
    for (const between of [" and ", ", "]) {
      const parts = text.split(between)
      const told = parts.flatMap((part) => whole(part) ?? [])
      if (parts.length > 1 && told.length === parts.length) return told.join("、")
    }
    return undefined
  }

  /** A list of names of which only the first are told. */
  function cutShort(text: string): string | undefined {
    const [, names, more = ""] = /^(.+), (and [\d,]+ more)$/s.exec(text) ?? []
    return names === undefined ? undefined : `${names.replaceAll(", ", "、")}，${said(more)}`
  }

  function said(text: string): string {
    const known = kept.get(text)
    if (known !== undefined) return known
    const trimmed = text.trim()
    const told = listed(trimmed) ?? whole(trimmed) ?? inTurn(trimmed) ?? labelled(trimmed) ?? cutShort(trimmed) ?? text
    if (kept.size >= MOST_KEPT) kept.clear()
    kept.set(text, told)
    return told
  }
  return said
}

function patternOf(key: string, chinese: string): Pattern {
  const parts = key.split("{}")
  const source = parts.map((part, index) => {
    const text = part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    return index === parts.length - 1 ? text : text + holeOf(part, parts[index + 1] ?? "", index === parts.length - 2)
  })
  return {
    test: new RegExp(`^${source.join("")}$`, "s"),
    chinese,
    length: parts.join("").length,
    beginsWithHole: parts[0] === "",
    mark: parts.reduce((longest, part) => (part.length > longest.length ? part : longest)),
  }
}

/** What may stand between two texts. */
function holeOf(before: string, after: string, isLast: boolean): string {
  if (after !== "") return "(.*?)"
  // At the end all that there is, but for the rest of a word; before another one up to where a clause ends.
  if (isLast) return /[a-z]$/.test(before) ? "((?![a-z]).*)" : "(.*)"
  return "([^;,:(]*)"
}

/** Times that a server wrote for programs, as the reader writes them. */
export function withTimes(text: string, exact: (time: string) => string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, exact)
}
