/** A real PostgreSQL for tests: `TEST_DATABASE_URL`, or a server of its own in a temporary folder, from Debian's packages. */
import { execFile, spawn, type ChildProcess } from "node:child_process"
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import pg from "pg"
import { freePort } from "./free-port.ts"
import { waitFor } from "./wait-for.ts"

const run = promisify(execFile)
const PACKAGES = "/usr/lib/postgresql"
/** Texts in the order of a language, as most installations have them: nothing of ours may count on the order of bytes. */
const ORDER = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]
/** A control plane holds up to eleven connections, and tests run side by side. */
const MAX_CONNECTIONS = 400
const isRoot = process.getuid?.() === 0

export interface Postgres {
  readonly url: string
  stop(): Promise<void>
}

/** The newest installed server's programs; undefined when there is none. */
function findPrograms(): string | undefined {
  if (!existsSync(PACKAGES)) return undefined
  const versions = readdirSync(PACKAGES).toSorted((left, right) => Number(right) - Number(left))
  const found = versions
    .map((version) => join(PACKAGES, version, "bin"))
    .find((path) => existsSync(join(path, "initdb")))
  return found
}

async function installPrograms(): Promise<string> {
  const found = findPrograms()
  if (found !== undefined) return found
  const sentence =
    "The tests on PostgreSQL need its server: install the package postgresql (Debian: apt-get install postgresql) or set TEST_DATABASE_URL."
  if (!isRoot) throw new Error(sentence)
  console.log("installing PostgreSQL for its tests (apt-get install postgresql)")
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  try {
    await run("apt-get", ["update"], { env, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 })
    await run("apt-get", ["install", "-y", "--no-install-recommends", "postgresql"], {
      env,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 600_000,
    })
  } catch (error) {
    throw new Error(sentence, { cause: error })
  }
  const installed = findPrograms()
  if (installed === undefined) throw new Error(sentence)
  return installed
}

async function idsOfPostgres(): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string): Promise<number> => Number((await run("id", [flag, "postgres"])).stdout.trim())
  return { uid: await id("-u"), gid: await id("-g") }
}

/** One statement over a connection of its own; its rows. */
export async function askServer(serverUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Where another database of the same server is. */
export function databaseOfServer(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}

/** A fresh database, in a server of its own or in that of `TEST_DATABASE_URL`. */
export async function startPostgres(): Promise<Postgres> {
  const server = await startPostgresServer()
  const name = `lagrange_test_${process.pid}_${Date.now().toString(36)}`
  await askServer(server.url, `CREATE DATABASE ${name}`)
  return {
    url: databaseOfServer(server.url, name),
    stop: async () => {
      await askServer(server.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      await server.stop()
    },
  }
}

/**
 * Starts a server (seconds), or uses the one of `TEST_DATABASE_URL`. Fails with one sentence when there can be none. Its URL is that
 * of a database from which others can be made. What is in a folder of its own is removed at the end; a `kept` one stays as it is.
 */
export async function startPostgresServer(kept?: string): Promise<Postgres> {
  const given = process.env.TEST_DATABASE_URL
  if (given && kept === undefined) return { url: given, stop: () => Promise.resolve() }
  const programs = await installPrograms()
  if (kept !== undefined) mkdirSync(kept, { recursive: true })
  const directory = kept ?? mkdtempSync(join(tmpdir(), "lagrange-postgres-"))
  // The server refuses to run as root.
  const identity = isRoot ? await idsOfPostgres() : undefined
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid)
  const data = join(directory, "data")
  const options = { ...identity, cwd: directory }
  const initialise = ["-D", data, "-U", "lagrange", "--auth=trust", "--no-sync", ...ORDER]
  if (!existsSync(data)) await run(join(programs, "initdb"), initialise, options)
  const stopDirectory = (): void => {
    if (kept === undefined) rmSync(directory, { recursive: true, force: true })
  }
  for (let attempt = 1; ; attempt += 1) {
    const server = new Server(join(programs, "postgres"), data, await freePort(), options)
    try {
      await server.started()
      return {
        url: server.url,
        stop: async () => {
          await server.stop()
          stopDirectory()
        },
      }
    } catch (error) {
      await server.stop()
      if (attempt < 5 && server.output.includes("Address already in use")) continue
      stopDirectory()
      throw new Error(`PostgreSQL did not start: ${server.output}`, { cause: error })
    }
  }
}

/** One process of the server. */
class Server {
  readonly url: string
  output = ""
  readonly #process: ChildProcess
  readonly #ended: Promise<void>

  constructor(
    program: string,
    data: string,
    port: number,
    options: { readonly cwd: string; uid?: number; gid?: number },
  ) {
    this.url = `postgresql://lagrange@127.0.0.1:${port}/postgres`
    const flags = ["-c", "listen_addresses=127.0.0.1", "-k", options.cwd, "-c", "fsync=off"]
    flags.push("-c", `max_connections=${MAX_CONNECTIONS}`)
    this.#process = spawn(program, ["-D", data, "-p", String(port), ...flags], {
      ...options,
      stdio: ["ignore", "ignore", "pipe"],
    })
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.output = (this.output + text).slice(-8_192)
    })
    this.#ended = new Promise((resolve) => this.#process.once("close", () => resolve()))
  }

  /** Resolves when it takes connections; rejects when it ended or two minutes have passed. */
  async started(): Promise<void> {
    const answers = waitFor(async () => {
      const client = new pg.Client({ connectionString: this.url })
      await client.connect()
      await client.end()
      return true
    }, 120_000)
    const ended = this.#ended.then(() => {
      throw new Error("the server ended")
    })
    await Promise.race([answers, ended])
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGINT")
    await this.#ended
  }
}
