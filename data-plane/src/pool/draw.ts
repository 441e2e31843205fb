import type { Shelf } from "./candidates.ts"
import type { TierShelves } from "./shelves.ts"
import type { Strategy } from "./strategies/strategy.ts"

/** An account, by its number, on a shelf. */
export interface Chosen {
  readonly number: number
  readonly shelf: Shelf
}

export type MayServe = (number: number) => boolean

/** A draw that meets accounts that may not serve is made again, so often. */
const DRAWS_PER_CANDIDATE = 4

/** The best of a few at random, where the strategy wants that; undefined: it does not, or luck was bad. `random` gives 0 to 1. */
export function drawFrom(
  shelves: TierShelves,
  strategy: Strategy | undefined,
  mayServe: MayServe,
  random: () => number,
): Chosen | undefined {
  if (strategy?.draws === undefined) return undefined
  let size = 0
  for (const { ready } of shelves) size += ready.span
  let best = -1
  let bestShelf: Shelf | undefined
  let bestRank = Infinity
  let found = 0
  let left = strategy.draws * DRAWS_PER_CANDIDATE
  // The next is drawn before one is looked at, so that the processor fetches both from memory at the same time.
  let next = draw(shelves, size, random)
  while (left-- > 0 && found < strategy.draws) {
    const { shelf, number } = next
    next = draw(shelves, size, random)
    if (shelf === undefined || number === undefined || number === best) continue
    if (!mayServe(number)) {
      if (!shelf.table.accounts.hasFreeSlot(number)) shelf.passOver(number)
      continue
    }
    found++
    const rank = strategy.rank(shelf.table.candidate(number))
    if (rank >= bestRank) continue
    best = number
    bestShelf = shelf
    bestRank = rank
  }
  return bestShelf && { number: best, shelf: bestShelf }
}

interface Drawn {
  readonly shelf: Shelf | undefined
  readonly number: number | undefined
}

const NOBODY: Drawn = { shelf: undefined, number: undefined }

/** From a place among all that are ready on the shelves, of which there were `size`; it may be empty. */
function draw(shelves: TierShelves, size: number, random: () => number): Drawn {
  let place = Math.floor(random() * size)
  for (const shelf of shelves) {
    if (place < shelf.ready.span) return { shelf, number: shelf.ready.at(place) }
    place -= shelf.ready.span
  }
  return NOBODY
}
