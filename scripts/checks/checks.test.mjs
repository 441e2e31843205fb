import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { parseSync } from "vite"
import { unreasoned } from "./assertions.mjs"
import * as dependencies from "./dependencies.mjs"
import * as environment from "./environment.mjs"
import * as errorCodes from "./error-codes.mjs"
import { unformatted } from "./format.mjs"
import * as links from "./links.mjs"
import { lintProblems } from "./lint.mjs"
import * as lockfiles from "./lockfiles.mjs"
import { addedEnumValues } from "./migrations.mjs"
import { difference } from "./schema.mjs"
import { findings } from "./secrets.mjs"
import { typeErrors } from "./types.mjs"

let folder
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lagrange-check-"))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Writes a file into the test's folder and returns its path. */
async function given(name, text) {
  await mkdir(join(folder, name, ".."), { recursive: true })
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

describe("types", () => {
  it("passes what fits and names what does not", async () => {
    const options = { compilerOptions: { noEmit: true, strict: true, types: [] }, include: ["*.ts"] }
    const project = await given("tsconfig.json", JSON.stringify(options))
    await given("a.ts", "export const a: number = 1\n")
    expect(await typeErrors(project)).toEqual([])
    await given("b.ts", 'export const b: number = "one"\n')
    expect(await typeErrors(project)).toEqual([expect.stringMatching(/b\.ts\(1,14\): error TS2322/)])
  })
})

describe("lint", () => {
  it("denies warnings too", async () => {
    const fine = await given("fine.ts", "export const a = 1\n")
    expect(await lintProblems([fine])).toEqual([])
    const bad = await given("bad.ts", "export function f(a: number) {\n  return a == 1\n}\n")
    expect(await lintProblems([bad])).toContainEqual(expect.stringMatching(/bad\.ts:2:\d+.*eqeqeq/))
  })
})

describe("format", () => {
  it("names the file that the formatter would change", async () => {
    await given("fine.ts", "export const a = 1\n")
    expect(await unformatted([folder])).toEqual([])
    await given("bad.ts", "export const a = 'one';\n")
    expect(await unformatted([folder])).toEqual([expect.stringMatching(/bad\.ts: not formatted/)])
  })
})

describe("type assertions", () => {
  it("asks for a reason on the line", () => {
    const fine =
      "const a = [1] as const\nconst b = x as T // checked above\nconst c = {\n  d: 1,\n} as T // all fields\n"
    expect(unreasoned("a.ts", fine, parseSync)).toEqual([])
    const bad = "const a = x as T\nconst b = y!.z\n// as a reason elsewhere\nconst c = w as unknown as T\n"
    expect(unreasoned("a.ts", bad, parseSync).map((line) => line.slice(0, 7))).toEqual([
      "a.ts:1:",
      "a.ts:2:",
      "a.ts:4:",
    ])
  })
})

describe("schema", () => {
  it("names the first line in which the two differ", () => {
    expect(difference("a\nb\n", "a\nb\n")).toEqual([])
    expect(difference("a\nb\n", "a\nc\n")).toEqual([
      expect.stringMatching(/schema\.graphql:2: committed "b".*prints "c"/),
    ])
    expect(difference("a\n", "a\nb\n")).toEqual([expect.stringMatching(/schema\.graphql:2: /)])
    expect(difference("a\nb\n", "a\n")).toEqual([expect.stringMatching(/schema\.graphql:2: /)])
  })
})

describe("environment variables", () => {
  const rendered = { example: "PORT=1\n", table: "| `PORT` |" }
  const page = "# Configuration\n\n<!-- environment:begin -->\n\n| `PORT` |\n\n<!-- environment:end -->\n"
  it("holds both documents to the table in the code", () => {
    expect(environment.problems({ example: rendered.example, page, rendered })).toEqual([])
    const stale = page.replace("PORT", "PROT")
    expect(environment.problems({ example: "", page: stale, rendered })).toHaveLength(2)
    expect(environment.problems({ example: "", page: "# no place", rendered })).toHaveLength(2)
  })
})

describe("error codes", () => {
  const source =
    "export const ERROR_CODES = {\n  internal: { status: 500 },\n  not_ready: { status: 503 },\n} as const\n"
  it("compares both directions", () => {
    expect(errorCodes.problems(source, "| `internal` | 500 |\n| `not_ready` | 503 |\n")).toEqual([])
    expect(errorCodes.problems(source, "| `internal` | 500 |\n")).toEqual([
      expect.stringMatching(/no row for `not_ready`/),
    ])
    const more = "| `internal` | a |\n| `not_ready` | b |\n| `gone` | c |\n| `internal` | d |\n"
    expect(errorCodes.problems(source, more)).toHaveLength(2)
    expect(errorCodes.problems("", more)).toEqual([expect.stringMatching(/found no codes/)])
  })
})

describe("links in documents", () => {
  const tree = { "docs/a.md": "# First page\n", src: "" }
  const read = (path) => tree[path]
  it("follows files, folders and headings, and leaves code and addresses alone", () => {
    const text =
      "[a](docs/a.md) [b](docs/a.md#first-page) [c](src) [d](https://x.y/z) `[e](no.md)`\n```\n[f](no.md)\n```\n"
    expect(links.brokenLinks("README.md", text, read)).toEqual([])
  })
  it("names what leads nowhere", () => {
    const text = "one\n[a](docs/b.md) [b](docs/a.md#second)\n\n[c]: ../out.md\n"
    expect(links.brokenLinks("README.md", text, read)).toEqual([
      'README.md:2: "docs/b.md" leads nowhere',
      'README.md:2: "docs/a.md#second": no such heading',
      'README.md:4: "../out.md" leads nowhere',
    ])
  })
})

describe("lockfiles", () => {
  it("refuses a download address and a missing hash", () => {
    const entry = { version: "1.0.0", integrity: "sha512-a" }
    expect(lockfiles.problems("package-lock.json", { packages: { "": {}, a: entry } })).toEqual([])
    const bad = { "": {}, a: { ...entry, resolved: "https://x.y/a.tgz" }, b: { version: "1.0.0" } }
    expect(lockfiles.problems("package-lock.json", { packages: bad })).toHaveLength(2)
  })
  it("asks for the packages of every platform, and adds those that were left out", () => {
    const optionalDependencies = { "@a/native-linux-x64-musl": "1.0.0", "@a/native-darwin-arm64": "1.0.0" }
    const entry = { version: "1.0.0", integrity: "sha512-a" }
    const native = { ...entry, optional: true, os: ["darwin"], cpu: ["arm64"] }
    const lock = {
      packages: { "": {}, "node_modules/a": { ...entry, dev: true, license: "MIT", optionalDependencies } },
    }
    lock.packages["node_modules/a/node_modules/@a/native-darwin-arm64"] = native
    expect(lockfiles.problems("package-lock.json", lock)).toEqual([
      expect.stringMatching(/@a\/native-linux-x64-musl of another platform is left out/),
    ])
    const whole = lockfiles.completed(lock)
    expect(lockfiles.problems("package-lock.json", whole)).toEqual([])
    expect(whole.packages["node_modules/@a/native-linux-x64-musl"]).toEqual({
      version: "1.0.0",
      cpu: ["x64"],
      libc: ["musl"],
      os: ["linux"],
      dev: true,
      license: "MIT",
      optional: true,
    })
  })
})

describe("dependencies", () => {
  const manifest = { dependencies: { a: "1.0.0" }, devDependencies: { "@b/c": "2.0.0" } }
  it("asks for a pinned version and one reason each", () => {
    expect(dependencies.problems(manifest, "| `a` | does this |\n| `@b/c` | does that |\n")).toEqual([])
    expect(dependencies.problems(manifest, "| `a` | does this |\n")).toHaveLength(1)
    expect(dependencies.problems(manifest, "| `a` |  |\n| `@b/c` | x |\n| `d` | y |\n")).toHaveLength(2)
    const loose = { dependencies: { a: "^1.0.0" }, devDependencies: {} }
    expect(dependencies.problems(loose, "| `a` | x |\n")).toEqual(["package.json: a is not pinned (^1.0.0)"])
    const aliased = (version) => ({ dependencies: { a: `npm:@b/c@${version}` }, devDependencies: {} })
    expect(dependencies.problems(aliased("1.0.0"), "| `a` | x |\n")).toEqual([])
    expect(dependencies.problems(aliased("^1.0.0"), "| `a` | x |\n")).toHaveLength(1)
  })
})

describe("secrets and places", () => {
  // In pieces, so that the check does not find this file.
  it.each([
    ["GOC", "SPX-obviously-fake"],
    ["123456789-abc.apps.", "googleusercontent.com"],
    ["AI", `za${"x".repeat(35)}`],
    ["1/", `/0${"x".repeat(20)}`],
    ["ya", `29.${"x".repeat(30)}`],
    ["sk-", `ant-api03-${"x".repeat(20)}`],
    ["sk-", "x".repeat(48)],
    ["AK", `IA${"X".repeat(16)}`],
    ["/ro", "ot/.npmrc"],
    ["/ho", "me/somebody/file"],
    ["https://regis", "try.npmjs.org/a"],
    ["https://packages.example", ".test/a"],
  ])("finds %s%s", (head, tail) => {
    const found = findings("a.ts", `first\n${head}${tail}\n`, ["packages.example.test"])
    expect(found).toEqual([expect.stringMatching(/^a\.ts:2: /)])
  })
  it("leaves ordinary text alone", () => {
    const inside = [".", "root", "x"].join("/")
    const text = `https://example.com/home/a 1//0 sk-test apps.googleusercontent.com ${inside} lagrange_key`
    expect(findings("a.ts", text, ["packages.example.test"])).toEqual([])
  })
})

describe("migrations", () => {
  it("may not add a value to an enum, which a restore could not use in its transaction", async () => {
    await given("prisma/migrations/postgresql/1_first/migration.sql", `CREATE TYPE "Kind" AS ENUM ('A');`)
    await given("prisma/migrations/postgresql/2_second/migration.sql", `ALTER TYPE "Kind" ADD VALUE 'B';`)
    expect(addedEnumValues(folder)).toEqual([
      expect.stringMatching(/^prisma\/migrations\/postgresql\/2_second\/migration\.sql: /),
    ])
  })
})
