import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { loadMasterKey } from "./master-key.ts"

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "master-key-"))
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

describe("loadMasterKey", () => {
  it.each(["base64", "base64url", "hex"] as const)("takes a key given as %s", (encoding) => {
    const key = randomBytes(32)
    const loaded = loadMasterKey({ masterKey: ` ${key.toString(encoding)}\n`, dataDirectory: join(directory, "none") })
    expect(loaded).toEqual({ key, generated: false })
    expect(existsSync(join(directory, "none"))).toBe(false)
  })

  it("makes a file once, readable by its owner only, and reads it afterwards", () => {
    const data = join(directory, "data", "deep")
    const first = loadMasterKey({ dataDirectory: data })
    expect(first.generated).toBe(true)
    expect(first.file).toBe(join(data, "master.key"))
    expect(statSync(join(data, "master.key")).mode & 0o777).toBe(0o600)
    expect(readdirSync(data)).toEqual(["master.key"])
    const second = loadMasterKey({ dataDirectory: data })
    expect(second.generated).toBe(false)
    expect(second.key).toEqual(first.key)
  })

  it("gives several starters at once the same key", async () => {
    const script = `
      import { loadMasterKey } from ${JSON.stringify(new URL("./master-key.ts", import.meta.url).href)}
      const { key, generated } = loadMasterKey({ dataDirectory: ${JSON.stringify(join(directory, "data"))} })
      console.log(key.toString("hex") + " " + generated)`
    const start = () =>
      promisify(execFile)(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
        timeout: 30_000,
      })
    const answers = (await Promise.all([start(), start(), start()])).map(({ stdout }) => stdout.trim().split(" "))
    expect(new Set(answers.map(([key]) => key)).size).toBe(1)
    expect(answers.filter(([, generated]) => generated === "true")).toHaveLength(1)
  }, 60_000)

  it("reads a given file", () => {
    const file = join(directory, "key")
    const key = randomBytes(32)
    writeFileSync(file, `${key.toString("hex")}\n`, { mode: 0o600 })
    expect(loadMasterKey({ masterKeyFile: file, dataDirectory: directory })).toEqual({ key, generated: false, file })
  })

  it("refuses a file that others can read", () => {
    const file = join(directory, "key")
    writeFileSync(file, randomBytes(32).toString("base64"))
    for (const mode of [0o640, 0o604, 0o660, 0o610]) {
      chmodSync(file, mode)
      expect(() => loadMasterKey({ masterKeyFile: file, dataDirectory: directory })).toThrow(
        /is open to other users: run chmod 600/,
      )
    }
  })

  it("never puts a key in the place of a file that is missing or bad", () => {
    const missing = join(directory, "missing")
    expect(() => loadMasterKey({ masterKeyFile: missing, dataDirectory: directory })).toThrow(/does not exist/)
    writeFileSync(join(directory, "master.key"), "", { mode: 0o600 })
    expect(() => loadMasterKey({ dataDirectory: directory })).toThrow(/must hold 32 random bytes/)
    expect(readFileSync(join(directory, "master.key"), "utf8")).toBe("")
    expect(() => loadMasterKey({ masterKeyFile: directory, dataDirectory: directory })).toThrow(/is not a file/)
  })

  it.each([
    ["zeros", Buffer.alloc(32, 0)],
    ["one byte over and over", Buffer.alloc(32, 0x5a)],
    ["counting", Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
    ["a short pattern", Buffer.from("deadbeef".repeat(8), "hex")],
    ["a sentence", Buffer.from("correct horse battery staple ok!")],
  ])("refuses %s", (_, key) => {
    expect(() => loadMasterKey({ masterKey: key.toString("base64"), dataDirectory: directory })).toThrow(
      /not random enough/,
    )
  })

  it("takes every key that a random generator gives", () => {
    for (let round = 0; round < 2_000; round += 1) {
      const masterKey = randomBytes(32).toString("base64")
      expect(loadMasterKey({ masterKey, dataDirectory: directory }).generated).toBe(false)
    }
  })

  it.each(["", "short", randomBytes(31).toString("hex"), randomBytes(33).toString("base64"), "x".repeat(64)])(
    "refuses %j",
    (masterKey) => {
      expect(() => loadMasterKey({ masterKey, dataDirectory: directory })).toThrow(
        /MASTER_KEY must hold 32 random bytes/,
      )
    },
  )

  it("refuses two sources, and never repeats a key in its message", () => {
    const masterKey = Buffer.alloc(32, 7).toString("base64")
    expect(() => loadMasterKey({ masterKey, masterKeyFile: "x", dataDirectory: directory })).toThrow(/keep one/)
    expect(() => loadMasterKey({ masterKey, dataDirectory: directory })).toThrow(expect.not.stringContaining(masterKey))
  })
})
