/**
 * The database of a control plane of a test: a SQLite file in its data directory, or, in the project `postgresql`, a database of the
 * run's server that belongs to that directory. It is made when it is first asked for, with all migrations applied.
 */
import { createHash } from "node:crypto"
import { readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { askServer, databaseOfServer } from "./postgres.ts"

/** In which variables the project `postgresql` tells its workers of the server, and of the database that is copied. */
export const SERVER_VARIABLE = "LAGRANGE_TEST_SERVER"
export const TEMPLATE_VARIABLE = "LAGRANGE_TEST_TEMPLATE"

let made = 0

/** How many databases this file of tests has had made on PostgreSQL. */
export function databasesMade(): number {
  return made
}

function place(dataDirectory: string): { readonly server: string; readonly template: string; readonly name: string } {
  const { [SERVER_VARIABLE]: server = "", [TEMPLATE_VARIABLE]: template = "" } = process.env
  const name = `${template}_${createHash("sha256").update(dataDirectory).digest("hex").slice(0, 16)}`
  return { server, template, name }
}

/** Whether control planes of tests have PostgreSQL now. */
export function isOnPostgresql(): boolean {
  return process.env[SERVER_VARIABLE] !== undefined
}

/** `DATABASE_URL` of the control plane of a data directory. */
export async function databaseUrlOf(dataDirectory: string): Promise<string> {
  if (!isOnPostgresql()) return `file:${join(dataDirectory, "lagrange.db")}`
  const { server, template, name } = place(dataDirectory)
  const found = await askServer(server, `SELECT 1 FROM pg_database WHERE datname = '${name}'`)
  if (found.length === 0) {
    await askServer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
    made += 1
  }
  return databaseOfServer(server, name)
}

/** What such a control plane has to be told of it: on SQLite nothing. */
export async function databaseEnvironment(dataDirectory: string): Promise<{ readonly DATABASE_URL?: string }> {
  return isOnPostgresql() ? { DATABASE_URL: await databaseUrlOf(dataDirectory) } : {}
}

/** Ends with it, on either. Files go with their folder anyway. */
export async function removeDatabaseOf(dataDirectory: string): Promise<void> {
  if (isOnPostgresql()) {
    const { server, name } = place(dataDirectory)
    await askServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    return
  }
  const names = readdirSync(dataDirectory).filter((name) => name.startsWith("lagrange.db"))
  if (names.length === 0) throw new Error(`there is no database in ${dataDirectory}`)
  for (const name of names) rmSync(join(dataDirectory, name))
}
