import { SealError } from "#shared/sealing.ts"
import { openRaw } from "../database/raw.ts"
import { readSealedColumns, readSealedValues } from "../data-keys/sealed-columns.ts"
import { keyOf } from "../vault.ts"
import type { Command } from "./command.ts"
import { requireMasterKey, withDatabase } from "./open.ts"

const PAGE = 500
/** Named one by one. */
const MOST_NAMED = 20

interface Count {
  readonly column: string
  opened: number
  failed: number
  /** Of those that open, under which data key. */
  readonly byKey: Record<string, number>
}

export const verifySecrets: Command = {
  name: "verify-secrets",
  summary: "open every sealed value, and say which do not",
  usage: "",
  help: `Opens every sealed value in the database with the master key in force and shows none of them. Tells for each
column how many opened, under which data key, and which did not. Ends with 1 when one did not. Works while the
gateway runs and while it is stopped.`,
  options: {},
  arguments: 0,
  run: ({ config, clock, log }) => {
    const { key: masterKey } = requireMasterKey(config)
    return withDatabase({ config, masterKey, clock, log }, async ({ vault }) => {
      const raw = await openRaw(config.databaseUrl.reveal())
      const counts: Count[] = []
      const failed: string[] = []
      try {
        for (const column of await readSealedColumns(raw)) {
          const count: Count = { column: `${column.table}.${column.column}`, opened: 0, failed: 0, byKey: {} }
          for await (const page of readSealedValues(raw, column, PAGE)) {
            for (const { place, sealed } of page) {
              try {
                vault.open(place, sealed)
                count.opened += 1
                const id = keyOf(sealed)
                count.byKey[id] = (count.byKey[id] ?? 0) + 1
              } catch (error) {
                if (!(error instanceof SealError)) throw error
                count.failed += 1
                failed.push(`${place.table} ${place.row} ${place.field}`)
              }
            }
          }
          counts.push(count)
        }
      } finally {
        await raw.close()
      }
      const lines = counts.map(({ column, opened, failed: bad, byKey }) => {
        const keys = Object.entries(byKey).map(([id, count]) => `${id} ${count}`)
        return `${column}: ${opened} open${bad === 0 ? "" : `, ${bad} DO NOT`}${keys.length === 0 ? "" : ` (${keys.join(", ")})`}`
      })
      const named = failed.slice(0, MOST_NAMED).map((place) => `does not open: ${place}`)
      const way =
        failed.length === 0
          ? []
          : ["Sign these accounts in again or set these values anew; or restore a backup of before they were changed."]
      return {
        text: [...lines, ...named, ...way].join("\n"),
        data: { columns: counts, failed },
        hasFailed: failed.length > 0,
      }
    })
  },
}
