/** A real Valkey or Redis for tests, on a port of its own and with nothing on disk. `npm test` brings it; see scripts/lib/valkey.mjs. */
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { Connection } from "#data-plane/sharing/connection.ts"
import type { Command } from "#data-plane/sharing/connection.ts"
import type { Reply } from "#data-plane/sharing/resp.ts"
import { parseStoreAddress } from "#shared/store-address.ts"
import { systemClock } from "#data-plane/clock.ts"
import { freePort } from "./free-port.ts"
import { waitFor } from "./wait-for.ts"

export interface Valkey {
  readonly url: string
  ask(command: Command): Promise<Reply | undefined>
  /** It takes connections and says nothing. */
  pause(): void
  resume(): void
  /** Ends it at once. */
  kill(): Promise<void>
  /** Begins again, empty, where it was. */
  start(): Promise<void>
}

const PASSWORD = "store-password-for-tests"

function findProgram(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter)
  const onPath = ["valkey-server", "redis-server"].flatMap((name) => folders.map((folder) => join(folder, name)))
  // Debian's package of tools holds the server too, under this name.
  const candidates = [process.env["VALKEY_SERVER_PATH"], ...onPath, "/usr/bin/redis-check-rdb"]
  const program = candidates.find((path) => path !== undefined && existsSync(path))
  if (!program)
    throw new Error("no Valkey found: install Debian's `redis-tools`, or set VALKEY_SERVER_PATH to a server")
  return program
}

export async function startValkey(): Promise<Valkey> {
  const program = findProgram()
  const port = await freePort()
  const url = `redis://:${PASSWORD}@127.0.0.1:${port}/0`
  let server: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()

  const valkey: Valkey = {
    url,
    async ask(command) {
      const address = parseStoreAddress(url)
      if (address === undefined) throw new Error("no address")
      const connection = await Connection.open({ address, certificateAuthorities: undefined, clock: systemClock })
      try {
        return (await connection.ask([command]))[0]
      } finally {
        connection.close()
      }
    },
    pause: () => void server?.kill("SIGSTOP"),
    resume: () => void server?.kill("SIGCONT"),
    async kill() {
      server?.kill("SIGKILL")
      await ended
    },
    async start() {
      const flags = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
      // By its name it knows that it is to be a server.
      server = spawn(program, [...flags, "--dir", tmpdir(), "--requirepass", PASSWORD], {
        argv0: "redis-server",
        stdio: "ignore",
      })
      ended = new Promise((resolve) => server?.once("close", resolve))
      await waitFor(() => valkey.ask(["PING"]))
    },
  }
  await valkey.start()
  return valkey
}
