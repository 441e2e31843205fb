/**
 * Writes the two Prisma clients into `generated/` without any download: SQLite from `prisma/schema.prisma`, PostgreSQL from a
 * twin derived from it. Does nothing when the schema, this script and Prisma are those of the last run.
 */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = fileURLToPath(new URL("..", import.meta.url))
const schemaPath = join(root, "prisma", "schema.prisma")
const generated = join(root, "generated")
const stampPath = join(generated, ".stamp")
const bin = join(root, "node_modules", ".bin")
const command = join(root, "node_modules", "prisma", "build", "index.js")

/** The schema for PostgreSQL: another provider and output, without the generator that needs to run only once. */
export function postgresqlSchema(schema) {
  return schema
    .replace(/generator pothos \{[^}]*\}\n*/, "")
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace('output                 = "../generated/sqlite"', 'output                 = "./postgresql"')
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function generate(schema) {
  // Prisma would download its schema engine; a client needs none, so any existing file is named in its place.
  const environment = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: command,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
    PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
  }
  await promisify(execFile)(process.execPath, [command, "generate", "--schema", schema], {
    cwd: root,
    env: environment,
    timeout: 120_000,
    maxBuffer: 16 * 1024 * 1024,
  })
}

/** Generates what is missing or stale; true when something was written. */
export async function generateClients() {
  const schema = await readFile(schemaPath, "utf8")
  const version = await readFile(join(root, "node_modules", "prisma", "package.json"), "utf8")
  const script = await readFile(fileURLToPath(import.meta.url), "utf8")
  const stamp = createHash("sha256")
    .update(JSON.stringify([schema, JSON.parse(version).version, script]))
    .digest("hex")
  const outputs = ["sqlite/client.ts", "postgresql/client.ts", "pothos-types.ts"].map((name) => join(generated, name))
  const present = (await Promise.all(outputs.map(exists))).every(Boolean)
  const last = await readFile(stampPath, "utf8").catch(() => "")
  if (present && last === stamp) return false
  for (const stale of ["sqlite", "postgresql", "pothos-types.ts", ".stamp"]) {
    await rm(join(generated, stale), { recursive: true, force: true })
  }
  await mkdir(generated, { recursive: true })
  await writeFile(join(generated, "postgresql.prisma"), postgresqlSchema(schema))
  await generate(schemaPath)
  await generate(join(generated, "postgresql.prisma"))
  await writeFile(stampPath, stamp)
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const wrote = await generateClients()
  console.log(
    wrote
      ? `generated both database clients in ${Math.round(performance.now() - started)} ms`
      : "database clients are up to date",
  )
}
