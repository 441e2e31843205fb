/**
 * Choosing by a strategy that a routing rule asks for, in place of the one in whose order the shelves stand. It looks at every account
 * that is ready, so it costs more the more there are; what is chosen without such a rule does not.
 */
import type { AccountGroup } from "#shared/route.ts"
import type { Shelf, Tier } from "./candidates.ts"
import type { TierShelves } from "./shelves.ts"
import type { Candidate, Strategy, TierMemory } from "./strategies/strategy.ts"

/** An account, by its number, on a shelf. */
export interface Chosen {
  readonly number: number
  readonly shelf: Shelf
}

export type MayServe = (number: number) => boolean

/** What one strategy keeps of one tier for one group, apart from what the tier's own strategy keeps. */
interface Memory extends TierMemory {
  looks: number
  /** By the account's order, which no other ever has. */
  readonly marks: Map<number, Mark>
}

interface Mark {
  mark: number
  /** The last look at which the account was ready. */
  seenAt: number
}

/** Marks of accounts that are gone are forgotten when there are this many more than were ready. */
const MOST_UNSEEN = 1_000

export class OtherStrategies {
  readonly #memories = new WeakMap<Tier, Map<string, Memory>>()

  /** The first by rank of one tier's shelves; of equal ones the account that the pool has known longer. */
  choose(
    shelves: TierShelves,
    strategy: Strategy,
    group: AccountGroup | undefined,
    mayServe: MayServe,
  ): Chosen | undefined {
    const tier = shelves[0]?.facts.tier
    if (tier === undefined) return undefined
    const memory = this.#memory(tier, `${strategy.name} ${group?.name ?? ""}`)
    memory.looks++
    let best: (Chosen & { readonly rank: number; readonly order: number; readonly mark: Mark }) | undefined
    let ready = 0
    for (const shelf of shelves) {
      for (let place = 0; place < shelf.ready.span; place++) {
        const number = shelf.ready.at(place)
        if (number === undefined || !mayServe(number)) continue
        ready++
        const order = shelf.table.order(number)
        const mark = markOf(memory, order)
        const candidate = marked(shelf.table.candidate(number), mark)
        // Who was not ready when it was looked for last comes back.
        if (mark.seenAt < memory.looks - 1) strategy.onReady?.(candidate, memory)
        mark.seenAt = memory.looks
        const rank = strategy.rank(candidate)
        if (best !== undefined && (rank > best.rank || (rank === best.rank && order > best.order))) continue
        best = { number, shelf, rank, order, mark }
      }
    }
    if (memory.marks.size > ready + MOST_UNSEEN) forgetUnseen(memory)
    if (best === undefined) return undefined
    const { number, shelf, mark } = best
    strategy.onChosen?.(marked(shelf.table.candidate(number), mark), memory)
    return { number, shelf }
  }

  #memory(tier: Tier, name: string): Memory {
    let memories = this.#memories.get(tier)
    if (memories === undefined) this.#memories.set(tier, (memories = new Map()))
    let memory = memories.get(name)
    if (memory === undefined) memories.set(name, (memory = { mark: 0, looks: 0, marks: new Map() }))
    return memory
  }
}

function markOf({ marks }: Memory, order: number): Mark {
  let mark = marks.get(order)
  if (mark === undefined) marks.set(order, (mark = { mark: 0, seenAt: -1 }))
  return mark
}

/** The same account with another mark. */
function marked(candidate: Candidate, own: Mark): Candidate {
  const { inFlight, lastChosen, weight, order, headroom } = candidate
  return {
    inFlight,
    lastChosen,
    weight,
    order,
    headroom,
    get mark() {
      return own.mark
    },
    set mark(mark: number) {
      own.mark = mark
    },
  }
}

function forgetUnseen({ marks, looks }: Memory): void {
  for (const [order, { seenAt }] of marks) if (seenAt < looks) marks.delete(order)
}
