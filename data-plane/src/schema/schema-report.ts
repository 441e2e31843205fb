/** What was changed of a request's schemas, short enough to be kept with every request. */
import type { SchemaReport, SchemaReportEntry } from "#shared/link-protocol.ts"
import type { SchemaChange } from "./normalise.ts"

/** A report of an agent's forty tools may hold hundreds of changes; these tell what kind they are. */
export const MAX_LISTED_CHANGES = 32
/** Names and paths are the client's own text. */
const MAX_TOOL = 64
const MAX_PATH = 160
const MAX_CHANGE = 160

export interface ChangedSchema {
  /** The tool's name as the client wrote it. */
  readonly tool: string
  readonly changes: readonly SchemaChange[]
}

/** Takes a change of every tool in turn, so that none hides another. Undefined: nothing was changed. */
export function schemaReport(schemas: readonly ChangedSchema[]): SchemaReport | undefined {
  const changed = schemas.filter(({ changes }) => changes.length > 0)
  const total = changed.reduce((sum, { changes }) => sum + changes.length, 0)
  if (total === 0) return undefined
  const taken = changed.map(() => 0)
  let left = Math.min(total, MAX_LISTED_CHANGES)
  while (left > 0) {
    for (const [index, { changes }] of changed.entries()) {
      const count = taken[index] ?? 0
      if (left === 0 || count === changes.length) continue
      taken[index] = count + 1
      left -= 1
    }
  }
  const listed = changed.flatMap(({ tool, changes }, index) =>
    changes.slice(0, taken[index]).map((change) => entry(tool, change)),
  )
  return { total, listed }
}

function entry(tool: string, { path, change }: SchemaChange): SchemaReportEntry {
  return { tool: cut(tool, MAX_TOOL), path: cut(path, MAX_PATH), change: cut(change, MAX_CHANGE) }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
