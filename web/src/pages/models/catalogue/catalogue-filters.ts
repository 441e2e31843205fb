/** Which models are shown, by what stands in the address. Pure. */
import type { Model } from "./create-models.ts"

export const traits = ["new", "gone", "thinking", "images", "search", "draws"] as const

export type ModelTrait = (typeof traits)[number]

const tests: Readonly<Record<ModelTrait, (model: Model) => boolean>> = {
  new: ({ isNew }) => isNew,
  gone: ({ goneAt }) => goneAt !== null,
  thinking: ({ supportsThinking }) => supportsThinking === true,
  images: ({ supportsImages }) => supportsImages === true,
  search: ({ supportsWebSearch }) => supportsWebSearch === true,
  draws: ({ quotaBucket }) => quotaBucket === "IMAGE",
}

export const has = (model: Model, trait: ModelTrait): boolean => tests[trait](model)

export const isTrait = (text: string | undefined): text is ModelTrait => traits.some((one) => one === text)

/** Found by every word, in its id, its name or one of the names that mean it. */
export function fits(model: Model, words: string, trait: ModelTrait | undefined): boolean {
  if (trait !== undefined && !has(model, trait)) return false
  const text = [model.id, model.displayName ?? "", ...model.aliases, ...model.retiredNames].join("\n").toLowerCase()
  return words
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
