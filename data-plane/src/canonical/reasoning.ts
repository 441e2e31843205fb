/** What a client asks about thinking, whatever words its dialect has for it. `thinking/budget.ts` makes a budget of it. */
import type { ReasoningWish } from "#shared/reasoning-wish.ts"

export { REASONING_LEVELS, type ReasoningLevel, type ReasoningWish } from "#shared/reasoning-wish.ts"

/** `show`: the client wants to read the thoughts; a signature may go to it all the same. */
export type ReasoningAsk = ReasoningWish & { readonly show: boolean }
