/** A comma list of KEY=VALUE, with one value alone at most, which is for all keys that are not named. Pure. */

export interface MapText {
  readonly alone: string
  readonly named: Readonly<Record<string, string>>
}

/** Undefined: not of that form, so it is shown as the text that it is. */
export function readMap(text: string, keys: readonly string[]): MapText | undefined {
  let alone: string | undefined
  const named: Record<string, string> = {}
  for (const entry of text.split(",").filter((part) => part.trim() !== "")) {
    const [key = "", value, ...rest] = entry.split("=").map((part) => part.trim())
    if (value === undefined) {
      if (alone !== undefined) return undefined
      alone = key
    } else {
      if (rest.length > 0 || !keys.includes(key) || Object.hasOwn(named, key)) return undefined
      named[key] = value
    }
  }
  return { alone: alone ?? "", named }
}

export function writeMap({ alone, named }: MapText, keys: readonly string[]): string {
  const given = keys.flatMap((key) => (named[key]?.trim() ? [`${key}=${named[key].trim()}`] : []))
  return [alone.trim(), ...given].filter((part) => part !== "").join(",")
}
