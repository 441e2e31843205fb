import { mkdtemp, readdir, rm, stat, writeFile, chmod } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { localLinkToken } from "./link-token.ts"

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-link-token-"))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe("localLinkToken", () => {
  it("makes a token once, keeps it, and closes the file to others", async () => {
    const path = join(folder, "data", "link-token")
    const first = await localLinkToken(join(folder, "data"))
    expect(first.isNew).toBe(true)
    expect(first.token.length).toBeGreaterThanOrEqual(43)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await chmod(path, 0o644)
    expect(await localLinkToken(join(folder, "data"))).toEqual({ token: first.token, isNew: false })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it("gives two starters at once the same token", async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => localLinkToken(folder)))
    expect(tokens.filter((one) => one.isNew)).toHaveLength(1)
    expect(new Set(tokens.map((one) => one.token)).size).toBe(1)
    expect(await readdir(folder)).toEqual(["link-token"])
  })

  it("refuses an empty file in one sentence", async () => {
    await writeFile(join(folder, "link-token"), "")
    await expect(localLinkToken(folder)).rejects.toThrow(/holds no token; remove it/)
  })
})
