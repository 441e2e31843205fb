/**
 * The snapshot that is served from: compiled, immutable, replaced by one assignment. An exchange reads it once, at its begin, and
 * keeps what it got; whoever keeps facts beside it (the pool) listens to the swap.
 */
import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Snapshot } from "#shared/snapshot.ts"

export type SnapshotListener = (compiled: CompiledSnapshot) => void

export class SnapshotStore {
  #current: CompiledSnapshot | undefined
  #hash: string | undefined
  readonly #listeners = new Set<SnapshotListener>()

  /** Undefined until a first snapshot came from the control plane or from disk. */
  get current(): CompiledSnapshot | undefined {
    return this.#current
  }

  get epoch(): number {
    return this.#current?.snapshot.epoch ?? 0
  }

  get version(): number {
    return this.#current?.snapshot.version ?? 0
  }

  /** The hash of the frame it came in. */
  get hash(): string | undefined {
    return this.#hash
  }

  /** Compiles first, so that a snapshot which does not compile throws and changes nothing. `hash` is its frame's. */
  swap(snapshot: Snapshot, hash: string): void {
    const compiled = compileSnapshot(snapshot)
    this.#current = compiled
    this.#hash = hash
    for (const listener of this.#listeners) listener(compiled)
  }

  /** Called after every swap, until the returned function is called. */
  onSwap(listener: SnapshotListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
