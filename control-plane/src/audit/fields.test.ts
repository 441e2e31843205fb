import fc from "fast-check"
import { expect, test } from "vitest"
import { Secret } from "#shared/secret.ts"
import { changesText } from "./fields.ts"

const fingerprint = (secret: string): string => `hmac:${secret.length}`
const changes = (...sides: [Parameters<typeof changesText>[0], Parameters<typeof changesText>[1]]) =>
  changesText(...sides, fingerprint)

test("only what changed is kept, on both sides", () => {
  const before = { name: "one", tags: ["a"], weight: 1, gone: true, limit: null }
  expect(changes(before, { name: "two", tags: ["a"], weight: 1, limit: 5n })).toEqual({
    before: '{"name":"one","gone":true,"limit":null}',
    after: '{"name":"two","limit":"5"}',
  })
})

test("of something new, what is not set tells nothing", () => {
  expect(changes(undefined, { name: "one", limit: null, note: undefined })).toEqual({
    before: null,
    after: '{"name":"one"}',
  })
  expect(changes({ name: "one", limit: null }, undefined)).toEqual({ before: '{"name":"one"}', after: null })
  expect(changes(undefined, undefined)).toEqual({ before: null, after: null })
})

test("a secret is a fingerprint, and nothing of it is left where one is hidden deeper", () => {
  const secret = new Secret("canary")
  expect(changes(undefined, { token: secret, list: [{ secret }] }).after).toBe(
    '{"token":"hmac:6","list":[{"secret":"[redacted]"}]}',
  )
})

test("a long value is cut, and says so", () => {
  const { after } = changes(undefined, { text: "x".repeat(100_000) })
  expect(after?.length).toBeLessThan(5_000)
  expect(after).toContain("(100002 characters)")
})

test("whatever the fields are, both sides are JSON objects without what is alike", () => {
  const names = fc.constantFrom("a", "b", "c")
  const fields = fc.dictionary(
    names,
    fc.oneof(fc.constantFrom(1, 2), fc.jsonValue(), fc.bigInt(), fc.date({ noInvalidDate: true })),
  )
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      const texts = changesText(before, after, fingerprint)
      const [was, is] = [texts.before, texts.after].map((text): Map<string, unknown> => {
        const parsed: unknown = JSON.parse(text ?? "{}")
        expect(parsed).toBeTypeOf("object")
        return new Map(Object.entries(parsed ?? {}))
      })
      for (const [name, value] of was ?? []) expect(JSON.stringify(is?.get(name))).not.toBe(JSON.stringify(value))
    }),
  )
})
