import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { refusalCodes } from "./refusal-name.ts"

const root = join(import.meta.dirname, "../../../..")
const read = (path: string) => readFileSync(join(root, path), "utf8")

/** What refuses with its code, as it is written at the control plane; the code may come after what it is refused for. */
const REFUSALS =
  /\b(?:InvalidInputError|RefusedError|refuseField|refuseDocument|refusePassphrase|refused?|tell|problem)\(\s*(?:\w+, )*"([a-z_]+)"[,)\s]/g
/** These are fields of an input, of which a function says itself what is wrong. */
const FIELDS = new Set(["bucket", "text"])

test("every code that the control plane refuses with has a name, and no other", () => {
  const sources = readdirSync(join(root, "control-plane/src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => read(`control-plane/src/${name}`))
  const codes = [...sources, read("shared/src/routing-check.ts")].flatMap((source) =>
    [...source.matchAll(REFUSALS), ...source.matchAll(/\bcode: "([a-z_]+)"/g)].map(([, code = ""]) => code),
  )
  const ofSignIns = [...read("control-plane/src/accounts/oauth/words.ts").matchAll(/^ {2}(\w+): \{$/gm)].map(
    ([, code = ""]) => code,
  )
  expect(ofSignIns).toContain("access_denied")
  expect(codes).toContain("not_ready")
  const all = new Set([...codes, ...ofSignIns].filter((code) => !FIELDS.has(code)))
  expect(refusalCodes.toSorted()).toEqual([...all].toSorted())
})
