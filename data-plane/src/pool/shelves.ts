import { quotaBucket, type QuotaBucket } from "#shared/quota-bucket.ts"
import type { AccountGroup } from "#shared/route.ts"
import type { AccountTable } from "./account-table.ts"
import { belongs, Shelf, type CandidateGroup, type ShelfFacts, type Tier } from "./candidates.ts"
import type { Strategy } from "./strategies/strategy.ts"

/** Shelves of one tier; a lower one serves only where no higher one can. */
export type TierShelves = readonly Shelf[]

export interface ModelShelves {
  readonly bucket: QuotaBucket
  /** Highest tier first. */
  readonly living: readonly TierShelves[]
  /** Of accounts whose token has expired. */
  readonly expired: readonly TierShelves[]
  readonly all: readonly Shelf[]
}

/** One shelf for accounts with a living token, one for the others. */
interface Living {
  living: Shelf | undefined
  expired: Shelf | undefined
}

/** Names come from clients; the memory is emptied when it is full. */
const MAX_MODELS = 1_000

/** All shelves that hold an account, and those of each model. There are as many as different things that accounts can serve. */
export class Shelves {
  readonly #table: AccountTable
  readonly #shelves = new Set<Shelf>()
  /** Those whose accounts can serve all that their catalogue offers, which are nearly all. */
  readonly #whole = new Map<Tier, Map<CandidateGroup, Living>>()
  /** The others, by what they cannot serve. */
  readonly #partial = new Map<Tier, Map<CandidateGroup, Map<string, Living>>>()
  readonly #byModel = new Map<string, ModelShelves>()
  /** The same of groups of accounts, by their names. */
  readonly #byGroup = new Map<string, Map<string, ModelShelves>>()

  constructor(table: AccountTable) {
    this.#table = table
  }

  get size(): number {
    return this.#shelves.size
  }

  get(facts: ShelfFacts): Shelf {
    const { without, isLiving } = facts
    const pair = without.size === 0 ? this.#wholePair(facts) : this.#partialPair(facts)
    const known = isLiving ? pair.living : pair.expired
    if (known !== undefined) return known
    const shelf = new Shelf(facts, this.#table.seats[facts.bucket])
    if (isLiving) pair.living = shelf
    else pair.expired = shelf
    this.#shelves.add(shelf)
    this.forgetModels()
    return shelf
  }

  dropIfEmpty(shelf: Shelf): void {
    if (shelf.members.length > 0 || !this.#shelves.delete(shelf)) return
    this.#table.removeShelf(shelf)
    const { tier, group, without, isLiving } = shelf.facts
    const whole = this.#whole.get(tier)
    const partial = this.#partial.get(tier)
    const pair = without.size === 0 ? whole?.get(group) : partial?.get(group)?.get(nameOf(without))
    if (pair !== undefined && isLiving) pair.living = undefined
    else if (pair !== undefined) pair.expired = undefined
    if (pair?.living === undefined && pair?.expired === undefined) {
      if (without.size === 0) whole?.delete(group)
      else partial?.get(group)?.delete(nameOf(without))
    }
    if (partial?.get(group)?.size === 0) partial.delete(group)
    this.forgetModels()
  }

  #wholePair({ tier, group }: ShelfFacts): Living {
    const groups = entry(this.#whole, tier, () => new Map<CandidateGroup, Living>())
    return entry(groups, group, newPair)
  }

  #partialPair({ tier, group, without }: ShelfFacts): Living {
    const groups = entry(this.#partial, tier, () => new Map<CandidateGroup, Map<string, Living>>())
    const pairs = entry(groups, group, () => new Map<string, Living>())
    return entry(pairs, nameOf(without), newPair)
  }

  /** The only strategies besides the tiers' own that rules name. */
  keepOnly(named: ReadonlySet<Strategy>): void {
    for (const shelf of this.#shelves) shelf.keepOnly(named)
  }

  /** What catalogues offer has changed. */
  forgetModels(): void {
    this.#byModel.clear()
    this.#byGroup.clear()
  }

  /** Of a group of accounts, those that hold some of it: so choosing in it looks at no account outside. */
  of(model: string, group?: AccountGroup): ModelShelves {
    const byModel =
      group === undefined ? this.#byModel : entry(this.#byGroup, group.name, () => new Map<string, ModelShelves>())
    const known = byModel.get(model)
    if (known !== undefined) return known
    const bucket = quotaBucket(model)
    const all = [...this.#shelves].filter(
      (shelf) => shelf.facts.bucket === bucket && shelf.offers(model) && belongs(shelf.facts.group, group),
    )
    const found = {
      bucket,
      living: tiers(all.filter(({ facts }) => facts.isLiving)),
      expired: tiers(all.filter(({ facts }) => !facts.isLiving)),
      all,
    }
    if (byModel.size >= MAX_MODELS) byModel.clear()
    byModel.set(model, found)
    return found
  }
}

function tiers(shelves: readonly Shelf[]): readonly TierShelves[] {
  const byPriority = new Map<number, Shelf[]>()
  for (const shelf of shelves) {
    const { priority } = shelf.facts.tier
    const tier = byPriority.get(priority)
    if (tier === undefined) byPriority.set(priority, [shelf])
    else tier.push(shelf)
  }
  return [...byPriority].toSorted(([left], [right]) => right - left).map(([, tier]) => tier)
}

function newPair(): Living {
  return { living: undefined, expired: undefined }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) map.set(key, (value = make()))
  return value
}

function nameOf(without: ReadonlySet<string>): string {
  return JSON.stringify([...without].toSorted())
}
