import { describe, expect, it } from "vitest"
import { installedMatchesLock } from "./install.mjs"

const lock = {
  packages: {
    "": { name: "lagrange" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/other-platform": { version: "1.0.0", integrity: "sha512-b", optional: true },
  },
}
const installed = (entry) => ({ packages: { "node_modules/a": entry } })

describe("installedMatchesLock", () => {
  it("accepts the same packages, without the optional ones of another platform", () => {
    expect(installedMatchesLock(lock, installed({ version: "1.0.0", integrity: "sha512-a" }))).toBe(true)
  })
  it("refuses another version, another content, a missing package and one that the lockfile does not know", () => {
    expect(installedMatchesLock(lock, installed({ version: "1.0.1", integrity: "sha512-a" }))).toBe(false)
    expect(installedMatchesLock(lock, installed({ version: "1.0.0", integrity: "sha512-c" }))).toBe(false)
    expect(installedMatchesLock(lock, { packages: {} })).toBe(false)
    const extra = installed({ version: "1.0.0", integrity: "sha512-a" })
    extra.packages["node_modules/b"] = { version: "1.0.0" }
    expect(installedMatchesLock(lock, extra)).toBe(false)
  })
})
