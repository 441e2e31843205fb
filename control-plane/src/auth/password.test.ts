import fc from "fast-check"
import { expect, test } from "vitest"
import { generatePassword, hashPassword, passwordWeakness, verifyNobody, verifyPassword } from "./password.ts"

test("a hash proves its password and no other, and differs each time", async () => {
  const [first, second] = [await hashPassword("correct horse"), await hashPassword("correct horse")]
  expect(first).toMatch(/^scrypt\$15\$8\$1\$[\w-]+\$[\w-]+$/)
  expect(first).not.toBe(second)
  expect(await verifyPassword("correct horse", first)).toBe(true)
  expect(await verifyPassword("correct horsf", first)).toBe(false)
  expect(await verifyPassword("correct horse", "not a hash")).toBe(false)
  expect(await verifyNobody("correct horse")).toBe(false)
})

test("more than two running and 32 waiting are refused, and those that were taken come to an end", async () => {
  const all = await Promise.allSettled(Array.from({ length: 36 }, () => verifyPassword("x", "scrypt$4$1$1$AAAA$AAAA")))
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(34)
  expect(all.filter(({ status }) => status === "rejected")).toHaveLength(2)
  expect(await verifyPassword("x", "scrypt$4$1$1$AAAA$AAAA")).toBe(false)
})

test.each([
  "short",
  "passwordpassword",
  "Passw0rd!!!!!",
  "lagrange2026!",
  "123456789012",
  "abababababab",
  "qwertyuiop123",
])("%s is weak", (password) => expect(passwordWeakness(password)).toBeTypeOf("string"))

test.each(["correct horse battery", "tR7-mmqp-42xx-zzA", "a long test phrase 42"])("%s is not", (password) => {
  expect(passwordWeakness(password)).toBeUndefined()
})

test("a generated password is never weak", () => {
  fc.assert(fc.property(fc.constant(undefined), () => passwordWeakness(generatePassword()) === undefined))
})

test("judging a password never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) =>
      ["string", "undefined"].includes(typeof passwordWeakness(text)),
    ),
  )
})
