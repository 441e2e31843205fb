import type { QuotaBucket } from "#shared/quota-bucket.ts"
import type { Snapshot, SnapshotAccount } from "#shared/snapshot.ts"
import type { Clock } from "../clock.ts"
import type { CandidateGroup, Seat } from "./candidates.ts"
import { RankedSet } from "./ranked-set.ts"

/** A request that waits longer for an account of a group that no rule names any more finds none. */
export const TAGS_KEPT_MS = 10 * 60_000

const NO_TAGS: readonly string[] = []

/** The groups that accounts belong to, by their catalogue and by those of their tags that routing rules name. */
export class CandidateGroups {
  readonly #clock: Clock
  readonly #groups = new Map<string, CandidateGroup>()
  /** That some rule names. */
  #named: ReadonlySet<string> = new Set()
  /** The same, or named lately: what is under way goes by the rules that it began with. By when that was, on the monotonic clock. */
  readonly #tags = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  all(): Iterable<CandidateGroup> {
    return this.#groups.values()
  }

  /** Rules name these tags from now on. */
  adoptTags(named: ReadonlySet<string>): void {
    const now = this.#clock.monotonic()
    for (const tag of this.#named) this.#tags.set(tag, now)
    for (const tag of named) this.#tags.set(tag, now)
    for (const [tag, at] of this.#tags) if (now - at > TAGS_KEPT_MS) this.#tags.delete(tag)
    this.#named = named
  }

  /** Once all accounts are where they belong. */
  adoptCatalogues(catalogues: Snapshot["catalogues"]): void {
    for (const [name, group] of this.#groups) {
      if (group.members === 0) this.#groups.delete(name)
      else if (group.catalogue !== undefined) {
        const models = catalogues[group.catalogue]?.models
        group.models = models && new Map(models.map((model) => [model.id, model]))
      }
    }
  }

  /** The account is a member of it from now on. */
  join(account: SnapshotAccount): CandidateGroup {
    const tags = this.#tagsOf(account)
    const name = groupName(account, tags)
    let group = this.#groups.get(name)
    if (group === undefined) {
      const { catalogue } = account
      group = { name, tags, catalogue, models: undefined, members: 0, away: newSets(), probed: newSets() }
      this.#groups.set(name, group)
    }
    group.members++
    return group
  }

  leave(group: CandidateGroup): void {
    group.members--
  }

  /** Does it stay in the group, as it is now? */
  keeps(group: CandidateGroup, before: SnapshotAccount, after: SnapshotAccount): boolean {
    if (before.kind !== after.kind || before.catalogue !== after.catalogue) return false
    const tags = this.#tagsOf(after)
    return tags.length === group.tags.length && tags.every((tag, index) => tag === group.tags[index])
  }

  /** Of its tags those that some rule names or named, in order. */
  #tagsOf({ tags }: SnapshotAccount): readonly string[] {
    if (tags === undefined || this.#tags.size === 0) return NO_TAGS
    return tags.filter((tag) => this.#tags.has(tag)).toSorted()
  }
}

function newSets(): Record<QuotaBucket, RankedSet<Seat>> {
  return { gemini: new RankedSet(), third_party: new RankedSet(), image: new RankedSet() }
}

function groupName({ kind, catalogue = "" }: SnapshotAccount, tags: readonly string[]): string {
  return tags.length === 0 ? `${kind} ${catalogue}` : `${kind} ${catalogue} ${JSON.stringify(tags)}`
}
