/** The simulator as a process of its own. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"
import { overHttp1 } from "./client.ts"

it("prints one line when it listens, writes its authority, and ends in order on SIGTERM", async () => {
  const folder = mkdtempSync(join(tmpdir(), "simulator-"))
  const caFile = join(folder, "ca.pem")
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    env: {
      PATH: process.env["PATH"],
      SIMULATOR_PORT: "0",
      SIMULATOR_TLS_PORT: "0",
      SIMULATOR_ACCOUNTS: "3",
      SIMULATOR_CA_FILE: caFile,
    },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 80_000,
  })
  try {
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve))
    const lines = createInterface(child.stdout)
    const first = await new Promise<string>((resolve) => lines.once("line", resolve))
    const told = JSON.parse(first) as { url: string; httpsUrl: string; accounts: number } // checked by use
    expect(told.accounts).toBe(3)
    const answer = await overHttp1(
      told.httpsUrl,
      { method: "GET", path: "/simulator/state" },
      readFileSync(caFile, "utf8"),
    )
    expect(JSON.parse(answer.body)).toMatchObject({ seed: "simulator", accounts: { length: 3 } })
    child.kill("SIGTERM")
    expect(await ended).toBe(0)
  } finally {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true })
  }
})
