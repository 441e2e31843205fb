import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { InvalidInputError } from "../../failure.ts"
import { checkPassphrase, openUnderPassphrase, sealUnderPassphrase } from "./passphrase.ts"

const PHRASE = "correct horse battery"
/** The cheapest that is opened; the real one takes half a second. */
const CHEAP = 14

async function refusalOf(work: () => unknown): Promise<InvalidInputError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
  throw new Error("it was taken")
}

test("what was sealed opens under its passphrase, however the letters of it were typed", async () => {
  const sealed = await sealUnderPassphrase("pässword für später 1", "the text", CHEAP)
  expect(sealed).toMatchObject({ keyFrom: "scrypt", log2N: CHEAP, cipher: "aes-256-gcm" })
  expect(await openUnderPassphrase("pässword für später 1".normalize("NFD"), sealed)).toBe("the text")
})

test("a sealed text of the real strength opens too, and says how it was made", async () => {
  const sealed = await sealUnderPassphrase(PHRASE, "the text")
  expect(sealed.log2N).toBe(17)
  expect(await openUnderPassphrase(PHRASE, JSON.parse(JSON.stringify(sealed)))).toBe("the text")
})

test("another passphrase is told as one, and so is a text that was changed", async () => {
  const sealed = await sealUnderPassphrase(PHRASE, "the text", CHEAP)
  const others = [
    { ...sealed, text: `${sealed.text.slice(0, -2)}${sealed.text.endsWith("AA") ? "BB" : "AA"}` },
    { ...sealed, salt: "AAAAAAAAAAAAAAAAAAAAAA" },
    { ...sealed, log2N: CHEAP + 1 },
  ]
  for (const changed of others) {
    expect(await refusalOf(() => openUnderPassphrase(PHRASE, changed))).toMatchObject({ code: "wrong_passphrase" })
  }
  const { code, message, path } = await refusalOf(() => openUnderPassphrase("another long phrase", sealed))
  expect([code, path]).toEqual(["wrong_passphrase", ["input", "passphrase"]])
  expect(message).not.toContain("another long phrase")
})

describe("a header that would take the machine, or that nobody knows, is refused before any work", () => {
  const sealed = {
    keyFrom: "scrypt",
    log2N: CHEAP,
    salt: "AAAAAAAAAAAAAAAAAAAAAA",
    cipher: "aes-256-gcm",
    text: "s1.AAAA",
  }
  test.each<[string, object]>([
    ["too much memory", { log2N: 30 }],
    ["hardly any work", { log2N: 1 }],
    ["no whole number", { log2N: 14.5 }],
    ["another way to a key", { keyFrom: "none" }],
    ["another cipher", { cipher: "none" }],
    ["no text", { text: "" }],
    ["no salt", { salt: "" }],
  ])("%s", async (_name, change) => {
    expect(await refusalOf(() => openUnderPassphrase(PHRASE, { ...sealed, ...change }))).toMatchObject({
      code: "malformed",
    })
  })

  test("any JSON at all is opened or refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (json) => {
        expect(await refusalOf(() => openUnderPassphrase(PHRASE, json))).toBeInstanceOf(InvalidInputError)
      }),
    )
  })
})

test.each(["short", "passwordpassword", "x".repeat(2_000)])("%.20s is no passphrase", async (phrase) => {
  expect(await refusalOf(() => checkPassphrase(phrase))).toMatchObject({ path: ["input", "passphrase"] })
})
