import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { nameIn, type NameKind, names } from "./names.ts"

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../..", path), "utf8")

const schema = read("control-plane/schema.graphql")

/** The values of an enum of the schema. */
const valuesOf = (name: string) => {
  const [, body = ""] = new RegExp(String.raw`^enum ${name} \{(.*?)^\}`, "ms").exec(schema) ?? []
  return [...body.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, value = ""]) => value)
}

/** The codes in the first column of a table. */
const codesOf = (path: string) => [...read(path).matchAll(/^\| `(\w+)` \|/gm)].map(([, code = ""]) => code)

const scopes = () =>
  [...read("shared/src/upstream-failure/failure.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, scope = ""]) => scope)

const nodeReasons = () =>
  [...read("data-plane/src/server/health.ts").matchAll(/reasons\.push\("(\w+)"\)/g)].map(([, reason = ""]) => reason)

/** What each kind names, as those who make the codes have them. */
const sources: Partial<Record<NameKind, () => readonly string[]>> = {
  alertKind: () => valuesOf("AlertKind"),
  bucket: () => valuesOf("QuotaBucket"),
  capture: () => valuesOf("CaptureState"),
  errorCode: () => codesOf("docs/reference/errors.md"),
  failureClass: () => codesOf("docs/reference/blame.md"),
  failureScope: scopes,
  nodeReason: nodeReasons,
  outcome: () => valuesOf("RequestOutcome"),
  quotaUnknown: () => valuesOf("QuotaUnknownReason"),
  strategy: () => valuesOf("PoolStrategy"),
  strategyWhy: () => valuesOf("PoolStrategy"),
  trait: () => valuesOf("RequestTrait"),
  translation: () => valuesOf("TranslationKind"),
  window: () => valuesOf("QuotaWindow"),
}

test.each(Object.entries(sources))("every %s that there is has a name, and no other", (kind, codes) => {
  const named = Object.keys(names[kind as NameKind]) // the record's own keys
  expect(named.length).toBeGreaterThan(2)
  expect(named.toSorted()).toEqual([...codes()].toSorted())
})

test("every kind is held against what makes its codes", () => {
  expect(Object.keys(names).filter((kind) => !Object.hasOwn(sources, kind))).toEqual([])
})

test("every name is there in both languages", () => {
  for (const [kind, list] of Object.entries(names)) {
    for (const [code, name] of Object.entries(list)) {
      expect(name.en, `${kind}.${code}`).toMatch(/\S/)
      expect(name.zh, `${kind}.${code}`).toMatch(/\p{Script=Han}|^Gemini$/u)
    }
  }
})

test("a code that has no name is shown as it came", () => {
  expect(nameIn("zh", "bucket", "quantum")).toBe("quantum")
  expect(nameIn("en", "bucket", "toString")).toBe("toString")
})
