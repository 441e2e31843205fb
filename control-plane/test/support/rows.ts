/** All that a control plane's database holds, read past everything that stands before it. */
import { databaseUrlOf } from "../../../test/support/test-database.ts"
import { openRaw, quote, readTables } from "../../src/database/raw.ts"
import type { TestControlPlane } from "./control-plane.ts"

/** Of each table its rows, each as one text, in the order of these texts. */
export async function readRows({
  dataDirectory,
}: Pick<TestControlPlane, "dataDirectory">): Promise<Readonly<Record<string, readonly string[]>>> {
  const raw = await openRaw(await databaseUrlOf(dataDirectory))
  const rows: Record<string, readonly string[]> = {}
  for (const { name } of await readTables(raw)) {
    const found = await raw.query(`SELECT * FROM ${quote(name)}`)
    rows[name] = found.map((row) => Object.values(row).map(String).join("\n")).toSorted()
  }
  await raw.close()
  return rows
}
