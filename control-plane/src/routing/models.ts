/** The models that accounts offer, or offered lately, with what is known of each. */
import type { ModelSightingModel } from "#generated/sqlite/models.ts"
import type { CatalogueModel } from "#shared/catalogue.ts"
import { isHiddenModel } from "#shared/model-name.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"

export interface KnownModel {
  readonly id: string
  readonly about: Omit<CatalogueModel, "id">
  readonly isNew: boolean
  readonly isInternal: boolean
  readonly firstSeenAt: Date
  readonly goneAt: Date | null
  /** Accounts whose list has it, and those of them that may serve. */
  readonly offeredBy: number
  readonly usableBy: number
  readonly aliases: readonly string[]
  readonly retiredNames: readonly string[]
  readonly fallbacks: readonly string[]
}

const DAY_MS = 24 * 3_600_000

/** By id. What the very first lists held is no news. */
export function knownModels(
  rows: readonly ModelSightingModel[],
  world: CompiledSnapshot,
  newWithinDays: number,
  now: number,
): KnownModel[] {
  const first = Math.min(...rows.map(({ firstSeenAt }) => firstSeenAt.getTime()))
  const offered = countOffers(world)
  const aliases = groupBy(
    world.listedModels.flatMap(({ id, aliasOf }) => (aliasOf === undefined ? [] : [[aliasOf, id] as const])),
  )
  const retired = groupBy(retiredNames(world))
  const about = (row: ModelSightingModel): CatalogueModel =>
    (row.goneAt === null ? world.modelById.get(row.model) : undefined) ?? (row.body as unknown as CatalogueModel) // written from one
  return rows
    .map((row): KnownModel => {
      const { model: id, firstSeenAt, goneAt } = row
      const seenAt = firstSeenAt.getTime()
      return {
        id,
        about: about(row),
        isNew: goneAt === null && seenAt > first && seenAt >= now - newWithinDays * DAY_MS,
        isInternal: isHiddenModel(id),
        firstSeenAt,
        goneAt,
        offeredBy: offered.get(id) ?? 0,
        usableBy: world.accountsByModel.get(id)?.length ?? 0,
        aliases: aliases.get(id) ?? [],
        retiredNames: retired.get(id) ?? [],
        fallbacks: world.router.fallbacksOf(id),
      }
    })
    .toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

/** Accounts by the models in their lists. */
function countOffers({ snapshot }: CompiledSnapshot): Map<string, number> {
  const accounts = new Map<string, number>()
  for (const { catalogue } of snapshot.accounts) {
    if (catalogue !== undefined) accounts.set(catalogue, (accounts.get(catalogue) ?? 0) + 1)
  }
  const counts = new Map<string, number>()
  for (const [catalogue, count] of accounts) {
    for (const { id } of snapshot.catalogues[catalogue]?.models ?? []) counts.set(id, (counts.get(id) ?? 0) + count)
  }
  return counts
}

/** Each with the model that it leads to now. */
function retiredNames(world: CompiledSnapshot): [string, string][] {
  const names = Object.values(world.snapshot.catalogues).flatMap((list) => Object.keys(list.deprecatedModelIds))
  return [...new Set(names)].toSorted().flatMap((name): [string, string][] => {
    const resolution = world.resolve(name)
    return "model" in resolution && resolution.via === "deprecated" ? [[resolution.model, name]] : []
  })
}

function groupBy(pairs: readonly (readonly [key: string, value: string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}
