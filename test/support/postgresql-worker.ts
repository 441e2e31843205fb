/** In each worker of the project `postgresql`, before a file's tests: its control planes get databases of the run's server. */
import { afterAll, inject } from "vitest"
import { databasesMade, SERVER_VARIABLE, TEMPLATE_VARIABLE } from "./test-database.ts"

process.env[SERVER_VARIABLE] = inject("postgresqlServer")
process.env[TEMPLATE_VARIABLE] = inject("postgresqlTemplate")

afterAll(() => {
  // Such a file would prove the same as before, and look as if it had proved more.
  if (databasesMade() === 0)
    throw new Error("no test of this file had a database on PostgreSQL; name it in postgresql-files.ts with the reason")
})
