/**
 * What a routing rule can ask of a request beside its key, dialect and model. Each is something that a data plane knows for certain
 * once it has read the request (`data-plane/src/server/traits.ts`, and `named-traits.ts` for what its name adds);
 * docs/reference/routing.md defines them.
 */
export const REQUEST_TRAITS = [
  "image-output",
  "image-input",
  "file-input",
  "tools",
  "web-search",
  "thinking",
  "structured-output",
  "stream",
  "background",
] as const

export type RequestTrait = (typeof REQUEST_TRAITS)[number]

/** Several traits as one number, so that a rule is compared with a request in one step. */
export type TraitMask = number

export function traitMask(traits: Iterable<RequestTrait>): TraitMask {
  let mask = 0
  for (const trait of traits) mask |= 1 << REQUEST_TRAITS.indexOf(trait)
  return mask
}

export function isRequestTrait(name: string): name is RequestTrait {
  return REQUEST_TRAITS.some((known) => known === name)
}
