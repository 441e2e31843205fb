import { compileSnapshot, type CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { Snapshot } from "#shared/snapshot.ts"
import { RefusedError } from "../failure.ts"
import type { Published } from "../snapshot/publisher.ts"

/** The newest snapshot compiled as data planes compile it, made when it is asked for and kept until the next. Throws `RefusedError`. */
export function createPublishedWorld(publisher: { readonly current: Published | undefined }): () => CompiledSnapshot {
  let of: Published | undefined
  let world: CompiledSnapshot | undefined
  return () => {
    const { current } = publisher
    if (current === undefined)
      throw new RefusedError("not_ready", "No snapshot was published yet; ask again in a moment.")
    if (world === undefined || of !== current) {
      const { body } = JSON.parse(current.line) as { readonly body: string } // a frame of our own
      world = compileSnapshot(JSON.parse(body) as Snapshot) // checked before it was published
      of = current
    }
    return world
  }
}
