import { accountId, apiKeyId } from "#shared/ids.ts"
import { seal } from "#shared/sealing.ts"
import fc from "fast-check"
import { expect, test } from "vitest"
import { factKey, openFacts, sealFacts, type Fact } from "./fact.ts"

const KEY = factKey(Buffer.alloc(32, "a pepper"))
const OTHER = factKey(Buffer.alloc(32, "another pepper"))

const FACTS: readonly Fact[] = [
  { type: "signature", record: { key: "k", usedAt: 5, value: { signature: "s", upstreamId: "u", position: 0 } } },
  {
    type: "home",
    conversation: "12",
    key: apiKeyId("key"),
    home: accountId("a"),
    standIn: accountId("b"),
    usedAt: 5,
  },
  { type: "home", conversation: "12", key: apiKeyId("key"), home: accountId("a"), usedAt: 5 },
  { type: "release", of: { accountId: accountId("a") } },
  { type: "release", of: { apiKeyId: apiKeyId("key") } },
  { type: "release", of: { conversation: "12" } },
]

test("facts open as they were sealed, by whom it says, and under their installation's key alone", () => {
  const sealed = sealFacts(KEY, "boot", FACTS)
  expect(openFacts(KEY, "boot", sealed)).toEqual(FACTS)
  expect(openFacts(KEY, "another", sealed)).toBeUndefined()
  expect(openFacts(OTHER, "boot", sealed)).toBeUndefined()
  expect(openFacts({ ...KEY, stream: OTHER.stream }, "boot", sealed)).toBeUndefined()
  expect(KEY.stream).toMatch(/^lagrange:facts:[0-9a-f]{16}$/)
  expect(KEY.stream).not.toBe(OTHER.stream)
})

test("what is no fact is left out of the rest, whatever it is", () => {
  const strange = [
    {},
    { type: "lease", of: "tomorrow" },
    { type: "signature", record: { key: 1 } },
    { type: "home", conversation: "12", key: "key", home: 5, usedAt: 5 },
    { type: "home", conversation: "x".repeat(2_000), key: "key", home: "a", usedAt: 5 },
    { type: "release" },
    { type: "release", of: { everything: true } },
    null,
    "home",
    [],
  ]
  const sealed = seal(KEY.key, JSON.stringify([...strange, FACTS[0]]), [KEY.stream, "boot"])
  expect(openFacts(KEY, "boot", sealed)).toEqual([...strange.map(() => undefined), FACTS[0]])
})

test("neither garbage nor sealed garbage is more than unreadable", () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (text, value) => {
      expect(openFacts(KEY, "boot", text)).toBeUndefined()
      expect(openFacts(KEY, "boot", `s1.${Buffer.from(text).toString("base64url")}`)).toBeUndefined()
      const opened = openFacts(KEY, "boot", seal(KEY.key, JSON.stringify(value), [KEY.stream, "boot"]))
      if (Array.isArray(value)) expect(opened).toHaveLength(value.length)
      else expect(opened).toBeUndefined()
    }),
  )
})
