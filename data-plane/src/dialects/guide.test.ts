import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { clientDialects } from "./index.ts"
import { REQUESTS } from "./testing/fixtures.ts"

/** `docs/guides/add-a-dialect.md` sends its reader to places that are there. */

const root = new URL("../../../", import.meta.url)
const guide = readFileSync(new URL("docs/guides/add-a-dialect.md", root), "utf8")
const codes = [...guide.matchAll(/`([^`\s]+)`/g)].map(([, code = ""]) => code)

describe("the guide to a new dialect", () => {
  it.each(codes.filter((code) => /^(data-plane|test|docs|scripts)\//.test(code) && !code.includes("<")))(
    "names %s, which is there",
    (path) => {
      expect(existsSync(new URL(path, root))).toBe(true)
    },
  )

  const section = guide.split("## The folder")[1]?.split("Others as they are needed")[0] ?? ""
  const files = [...section.matchAll(/^\| `([\w.-]+)` \|/gm)].map(([, file = ""]) => file)

  it("says of these files that every folder has them", () => {
    expect(files).toContain("wire.ts")
  })

  it.each(Object.keys(clientDialects))("says so of %s, which is in the tests' lists too", (name) => {
    for (const file of files) expect(existsSync(new URL(`${name}/${file}`, import.meta.url)), file).toBe(true)
    expect(Object.keys(REQUESTS)).toContain(name)
    // The recorded streams are conversations; most of them are no answer at all where only images are.
    const lists = name === "openai-images" ? ["carried", "docs"] : ["matrix", "carried", "docs"]
    for (const list of lists) {
      expect(readFileSync(new URL(`${list}.test.ts`, import.meta.url), "utf8")).toMatch(new RegExp(`\\b${name}\\b`))
    }
  })

  it("speaks of the lists by their names", () => {
    for (const name of ["DialectName", "clientDialects", "ClientSide", "REQUESTS"])
      expect(codes.join(" ")).toContain(name)
  })
})
