/**
 * From the wire snapshot to what the hot path reads: look-ups by key digest, account and model, made once when a snapshot
 * arrives. Nothing in it changes afterwards but a bounded memory of resolved names.
 */
import type { Catalogue, CatalogueModel } from "./catalogue.ts"
import type { AccountId } from "./ids.ts"
import { shownName } from "./model-alias.ts"
import { createModelResolver, isHiddenModel, type ModelResolution } from "./model-name.ts"
import { createRouter, type Router } from "./route.ts"
import type { ReplacedDigest, Snapshot, SnapshotAccount, SnapshotApiKey } from "./snapshot.ts"

/** A name that a client may ask for. */
export interface ListedModel {
  readonly id: string
  /** The upstream id, when `id` is an alias of it. */
  readonly aliasOf?: string
  /** What the catalogue says of the upstream id. */
  readonly model: CatalogueModel
}

export interface ReplacedKey extends ReplacedDigest {
  readonly key: SnapshotApiKey
}

export interface CompiledSnapshot {
  readonly snapshot: Snapshot
  readonly apiKeyPepper: Buffer
  readonly keyByDigest: ReadonlyMap<string, SnapshotApiKey>
  /** Digests from before rotations. */
  readonly replacedByDigest: ReadonlyMap<string, ReplacedKey>
  readonly accountById: ReadonlyMap<AccountId, SnapshotAccount>
  /** Usable accounts whose catalogue offers the model. */
  readonly accountsByModel: ReadonlyMap<string, readonly SnapshotAccount[]>
  /** Usable accounts of which no catalogue was read: they may offer anything. */
  readonly accountsWithoutCatalogue: readonly SnapshotAccount[]
  /** By upstream id; of several catalogues the first that lists it. */
  readonly modelById: ReadonlyMap<string, CatalogueModel>
  /** What a model list shows: ids and aliases, sorted, internal ones left out. */
  readonly listedModels: readonly ListedModel[]
  resolve(asked: string): ModelResolution
  readonly router: Router
}

/** `snapshot` has passed `checkSnapshot`. */
export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const usable = snapshot.accounts.filter((account) => account.usable)
  const accountsByModel = groupByModel(usable, snapshot.catalogues)
  const live = liveCatalogues(usable, snapshot.catalogues)
  const modelById = firstById(live)
  const { aliases, routing } = snapshot
  const ownAliases = routing?.aliases ?? {}
  const resolve = remembering(createModelResolver({ aliases, ownAliases, catalogues: live }))
  return {
    snapshot,
    apiKeyPepper: Buffer.from(snapshot.apiKeyPepper, "base64"),
    keyByDigest: new Map(snapshot.apiKeys.map((key) => [key.digest, key])),
    replacedByDigest: new Map(
      snapshot.apiKeys.flatMap((key) => (key.replaced ?? []).map((one) => [one.digest, { ...one, key }])),
    ),
    accountById: new Map(snapshot.accounts.map((account) => [account.id, account])),
    accountsByModel,
    accountsWithoutCatalogue: usable.filter((account) => catalogueOf(account, snapshot.catalogues) === undefined),
    modelById,
    listedModels: listModels(modelById, { ...aliases, ...ownAliases }, resolve),
    resolve,
    router: createRouter(routing, resolve),
  }
}

function catalogueOf(account: SnapshotAccount, catalogues: Snapshot["catalogues"]): Catalogue | undefined {
  const { catalogue } = account
  return catalogue !== undefined && Object.hasOwn(catalogues, catalogue) ? catalogues[catalogue] : undefined
}

function groupByModel(
  usable: readonly SnapshotAccount[],
  catalogues: Snapshot["catalogues"],
): Map<string, readonly SnapshotAccount[]> {
  const byCatalogue = new Map<Catalogue, SnapshotAccount[]>()
  for (const account of usable) {
    const catalogue = catalogueOf(account, catalogues)
    if (catalogue === undefined) continue
    const group = byCatalogue.get(catalogue)
    if (group === undefined) byCatalogue.set(catalogue, [account])
    else group.push(account)
  }
  // A model that only one catalogue offers shares that catalogue's array: thousands of accounts cost one array, not one a model.
  const groups = new Map<string, SnapshotAccount[][]>()
  for (const [catalogue, accounts] of byCatalogue) {
    for (const id of new Set(catalogue.models.map((model) => model.id))) {
      groups.set(id, [...(groups.get(id) ?? []), accounts])
    }
  }
  const order = new Map(usable.map((account, index) => [account, index]))
  return new Map([...groups].map(([id, arrays]) => [id, merge(arrays, order)]))
}

function merge(
  arrays: readonly SnapshotAccount[][],
  order: ReadonlyMap<SnapshotAccount, number>,
): readonly SnapshotAccount[] {
  const [only] = arrays
  if (only !== undefined && arrays.length === 1) return only
  return arrays.flat().toSorted((left, right) => (order.get(left) ?? 0) - (order.get(right) ?? 0))
}

function liveCatalogues(usable: readonly SnapshotAccount[], catalogues: Snapshot["catalogues"]): readonly Catalogue[] {
  const live = new Set<Catalogue>()
  for (const account of usable) {
    const catalogue = catalogueOf(account, catalogues)
    if (catalogue !== undefined) live.add(catalogue)
  }
  return [...live]
}

function firstById(catalogues: readonly Catalogue[]): Map<string, CatalogueModel> {
  const found = new Map<string, CatalogueModel>()
  for (const model of catalogues.flatMap((catalogue) => catalogue.models)) {
    if (!found.has(model.id)) found.set(model.id, model)
  }
  return found
}

function listModels(
  modelById: ReadonlyMap<string, CatalogueModel>,
  aliases: Snapshot["aliases"],
  resolve: (asked: string) => ModelResolution,
): readonly ListedModel[] {
  const shown = Object.keys(aliases)
    .map(shownName)
    .filter((name) => name !== undefined)
  const listed = [...new Set([...modelById.keys(), ...shown])].flatMap((id): ListedModel[] => {
    if (isHiddenModel(id)) return []
    const resolution = resolve(id)
    const model = "model" in resolution ? modelById.get(resolution.model) : undefined
    if (model === undefined) return []
    return [model.id === id ? { id, model } : { id, aliasOf: model.id, model }]
  })
  return listed.toSorted((left, right) => (left.id < right.id ? -1 : 1))
}

const MAX_REMEMBERED = 1_000

/** Names come from clients: the memory is emptied when it is full, and long names are not kept. */
function remembering(resolve: (asked: string) => ModelResolution): (asked: string) => ModelResolution {
  const known = new Map<string, ModelResolution>()
  return (asked) => {
    const before = known.get(asked)
    if (before !== undefined) return before
    const resolution = resolve(asked)
    if (known.size >= MAX_REMEMBERED) known.clear()
    if (asked.length <= 256) known.set(asked, resolution)
    return resolution
  }
}
