/**
 * `npm run migration -- <name>` writes the SQL that leads from the last migrated schema to `prisma/schema.prisma`, for both
 * databases, without touching any. `npm run migration -- --check` ends with 1 when such a migration is missing.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils"
import { postgresqlSchema } from "./generate.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const migrations = join(root, "prisma", "migrations")
const lastPath = join(migrations, "snapshot.prisma")

async function loadEngine() {
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg")
  const wasmPath = join(root, "node_modules", "@prisma", "schema-engine-wasm", "schema_engine_bg.wasm")
  const { instance } = await WebAssembly.instantiate(await readFile(wasmPath), { "./schema_engine_bg.js": glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return glue.SchemaEngine
}

/** The SQL from one schema to the next, or undefined when nothing changed. The connection is a stub: nothing is asked of it. */
async function difference(SchemaEngine, provider, before, after) {
  const nothing = { columnNames: [], columnTypes: [], rows: [] }
  const connect = async () => ({
    provider,
    adapterName: "stub",
    getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: false }),
    queryRaw: async () => nothing,
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    dispose: async () => undefined,
  })
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider,
    adapterName: "stub",
    connect,
    connectToShadowDb: connect,
  })
  const engine = await SchemaEngine.new({ datamodels: [["schema.prisma", after]] }, () => undefined, factory)
  const model = (content) => ({ tag: "schemaDatamodel", files: [{ path: "schema.prisma", content }] })
  const { stdout, exitCode } = await engine.diff({
    from: before === undefined ? { tag: "empty" } : model(before),
    to: model(after),
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  })
  if (exitCode !== 2) return undefined
  // Creating a schema asks for a right on the whole database even where it exists; `public` always does.
  return stdout.replace(/-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n+/, "")
}

/** What is missing, by database; both undefined when schema and migrations agree. */
export async function pendingMigration() {
  const SchemaEngine = await loadEngine()
  const after = await readFile(join(root, "prisma", "schema.prisma"), "utf8")
  const before = await readFile(lastPath, "utf8").catch(() => undefined)
  const sqlite = await difference(SchemaEngine, "sqlite", before, after)
  const postgresql = await difference(
    SchemaEngine,
    "postgres",
    before === undefined ? undefined : postgresqlSchema(before),
    postgresqlSchema(after),
  )
  return { after, sqlite, postgresql }
}

async function main() {
  const [argument] = process.argv.slice(2)
  const { after, sqlite, postgresql } = await pendingMigration()
  const isCheck = argument === "--check"
  if (sqlite === undefined && postgresql === undefined) {
    console.log("migrations match prisma/schema.prisma")
    return 0
  }
  if (isCheck) {
    console.error("prisma/schema.prisma has changes without a migration: run `npm run migration -- <name>`")
    return 1
  }
  if (argument === undefined || !/^[a-z][a-z0-9_]*$/.test(argument)) {
    console.error("usage: npm run migration -- <name_in_snake_case> | --check")
    return 1
  }
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14)
  for (const [database, sql] of Object.entries({ sqlite, postgresql })) {
    const folder = join(migrations, database, `${stamp}_${argument}`)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, "migration.sql"), sql ?? "-- Nothing to do for this database.\n")
    console.log(`wrote ${folder}/migration.sql`)
  }
  await writeFile(lastPath, after)
  return 0
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main()
