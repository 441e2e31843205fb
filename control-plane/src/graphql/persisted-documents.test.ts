import fc from "fast-check"
import { expect, test } from "vitest"
import { documentHash } from "./persisted-documents.ts"

const hash = "ab".repeat(32)

test.each([
  [{ documentId: `sha256:${hash}` }, hash],
  [{ documentId: hash.toUpperCase() }, hash],
  [{ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }, hash],
  [{ documentId: "md5:1234" }, undefined],
  [{ query: "{ viewer { name } }" }, undefined],
  [{ documentId: "__proto__" }, undefined],
])("%j names %s", (parameters, expected) => expect(documentHash(parameters)).toBe(expected))

test("anything else names nothing", () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => documentHash(json) === undefined))
})
