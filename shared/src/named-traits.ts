/** What the name of a request adds to the traits that it has by itself: of one that is sent, and of one that is only explained. */
import { quotaBucket } from "./quota-bucket.ts"
import type { ReasoningWish } from "./reasoning-wish.ts"
import { traitMask, type TraitMask } from "./request-trait.ts"

/** By its fields, whatever its name asks. */
export interface OwnTraits {
  readonly traits: TraitMask
  /** They say whether it thinks, and the name has no say. */
  readonly saysThinking: boolean
}

/** What a name leads to, before any rule. */
export interface Named {
  /** Undefined: to no model. */
  readonly model: string | undefined
  readonly reasoning: ReasoningWish | undefined
}

const THINKING = traitMask(["thinking"])
const IMAGE_OUTPUT = traitMask(["image-output"])
const BACKGROUND = traitMask(["background"])
/** Whoever does one of these does not do it beside the work. */
const WORK = traitMask(["tools", "web-search", "thinking"])

export function withNamedTraits({ traits, saysThinking }: OwnTraits, { model, reasoning }: Named): TraitMask {
  let all = traits
  if (!saysThinking && thinks(reasoning)) all |= THINKING
  if (model !== undefined && quotaBucket(model) === "image") all |= IMAGE_OUTPUT
  return (all & WORK) === 0 ? all : all & ~BACKGROUND
}

export function thinks(reasoning: ReasoningWish | undefined): boolean {
  return reasoning !== undefined && reasoning.kind !== "off"
}
