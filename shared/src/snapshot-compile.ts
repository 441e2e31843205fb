import type { CatalogueModel } from "./catalogue.ts"
import type { AccountId } from "./ids.ts"
import type { ModelResolution } from "./model-name.ts"
import type { Snapshot, SnapshotAccount, SnapshotApiKey } from "./snapshot.ts"

const skeleton = (..._unused: unknown[]): never => {
  throw new Error("not built yet")
}

/** A name that a client may ask for. */
export interface ListedModel {
  readonly id: string
  /** Upstream id when `id` is an alias. */
  readonly aliasOf?: string
  /** What the catalogue says of the upstream id. */
  readonly model: CatalogueModel
}

/** What the hot path reads; immutable. */
export interface CompiledSnapshot {
  readonly snapshot: Snapshot
  readonly apiKeyPepper: Buffer
  readonly keyByDigest: ReadonlyMap<string, SnapshotApiKey>
  readonly accountById: ReadonlyMap<AccountId, SnapshotAccount>
  /** Usable accounts whose catalogue offers the model. */
  readonly accountsByModel: ReadonlyMap<string, readonly SnapshotAccount[]>
  /** Usable accounts of which no catalogue was read. */
  readonly accountsWithoutCatalogue: readonly SnapshotAccount[]
  /** By upstream id. */
  readonly modelById: ReadonlyMap<string, CatalogueModel>
  /** Sorted by id, hidden ones left out. */
  readonly listedModels: readonly ListedModel[]
  resolve(asked: string): ModelResolution
}

export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  return skeleton(snapshot)
}
