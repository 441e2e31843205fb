/** Once before the project `postgresql`: one server for all of its files, and a database with all migrations that they copy. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { migrate } from "../../control-plane/src/database/migrate.ts"
import { askServer, databaseOfServer, startPostgresServer } from "./postgres.ts"
import { NOT_ON_POSTGRESQL } from "./postgresql-files.ts"

declare module "vitest" {
  interface ProvidedContext {
    readonly postgresqlServer: string
    readonly postgresqlTemplate: string
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { root } = project.config
  const gone = Object.keys(NOT_ON_POSTGRESQL).filter((file) => !existsSync(join(root, file)))
  if (gone.length > 0) throw new Error(`postgresql-files.ts names what is not there: ${gone.join(", ")}`)
  const server = await startPostgresServer()
  const template = `lagrange_run_${process.pid}`
  await askServer(server.url, `CREATE DATABASE ${template}`)
  await migrate(databaseOfServer(server.url, template), join(root, "prisma", "migrations"))
  project.provide("postgresqlServer", server.url)
  project.provide("postgresqlTemplate", template)
  return async () => {
    const left = await askServer(server.url, `SELECT datname FROM pg_database WHERE datname LIKE '${template}%'`)
    for (const { datname } of left) await askServer(server.url, `DROP DATABASE ${String(datname)} WITH (FORCE)`)
    await server.stop()
  }
}
