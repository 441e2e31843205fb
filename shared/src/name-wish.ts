/**
 * What the name of a model can ask beside the model: `name(high)`, `name(8192)`, `name[1m]`, for image models `name(16:9)` and
 * `name(4K)`. Aliases use the same words in their targets. Whatever a name asks loses to the request's own field.
 */
import { REASONING_LEVELS, type ReasoningWish } from "./reasoning-wish.ts"

export interface NameWish {
  readonly reasoning?: ReasoningWish
  readonly image?: {
    /** As `16:9`. */
    readonly aspectRatio?: string
    readonly size?: "1K" | "2K" | "4K"
  }
}

export interface WishedName {
  readonly name: string
  readonly wish: NameWish
}

/** Parts a name from the words in brackets at its end. Words that mean nothing here stay part of the name. */
export function readWishedName(text: string): WishedName {
  let name = text
  let wish: NameWish = {}
  for (let group = lastGroup(name); group !== undefined; group = lastGroup(name)) {
    const found = wishOf(group.word)
    if (found === undefined) break
    name = group.before
    wish = mergeWishes(wish, found)
  }
  return { name, wish }
}

/** Where both ask the same, the first counts. */
export function mergeWishes(first: NameWish, second: NameWish): NameWish {
  const image = { ...second.image, ...first.image }
  return { ...second, ...first, ...(first.image === undefined && second.image === undefined ? {} : { image }) }
}

/** Longer than any word that means something. */
const LONGEST_WORD = 16

function lastGroup(name: string): { before: string; word: string } | undefined {
  const opening = name.endsWith(")") ? "(" : name.endsWith("]") ? "[" : undefined
  if (opening === undefined) return undefined
  const at = name.lastIndexOf(opening)
  if (at < 1 || name.length - at > LONGEST_WORD) return undefined
  return {
    before: name.slice(0, at).trimEnd(),
    word: name
      .slice(at + 1, -1)
      .trim()
      .toLowerCase(),
  }
}

function wishOf(word: string): NameWish | undefined {
  const level = REASONING_LEVELS.find((known) => known === word)
  if (level !== undefined) return { reasoning: { kind: "effort", level } }
  if (word === "auto" || word === "-1") return { reasoning: { kind: "auto" } }
  if (word === "none" || word === "off" || /^0+$/.test(word)) return { reasoning: { kind: "off" } }
  if (/^\d{1,9}$/.test(word)) return { reasoning: { kind: "budget", tokens: Number(word) } }
  if (IMAGE_RATIOS.some((ratio) => ratio === word)) return { image: { aspectRatio: word } }
  if (word === "1k" || word === "2k" || word === "4k") return { image: { size: IMAGE_SIZES[word] } }
  // How large a context the client counts on: the model's own is what it is.
  return /^\d{1,4}[km]$/.test(word) ? {} : undefined
}

/** What image models draw in. */
export const IMAGE_RATIOS = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"] as const

const IMAGE_SIZES = { "1k": "1K", "2k": "2K", "4k": "4K" } as const
