import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { cpuMs } from "../../../test/support/cpu-time.ts"
import { GatewayError } from "../canonical/error.ts"
import { isDeeperThan, MAX_DEPTH, parseBody } from "./parse-body.ts"

/** How deep a value is nested, by its parsed form. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

test("any JSON comes through as JSON.parse gives it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value)
      if (text.includes("__proto__")) return
      expect(parseBody(Buffer.from(text))).toEqual(JSON.parse(text))
    }),
  )
})

test("depth is counted on the bytes as parsing would find it", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ noUnicodeString: false, maxDepth: 4 }),
      fc.integer({ min: 1, max: 6 }),
      (value, limit) => {
        expect(isDeeperThan(Buffer.from(JSON.stringify(value)), limit)).toBe(depthOf(value) > limit)
      },
    ),
  )
})

test("any bytes give a value or a 400, soon", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300, size: "max" }),
        fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', ",", ":", "\\", "u", "0", "x", " ", "\n") }),
      ),
      (bytes) => {
        try {
          parseBody(Buffer.from(bytes as string)) // a string or bytes, both of which Buffer.from takes
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
          expect(error).toMatchObject({ code: "invalid_json", status: 400 })
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

describe("limits", () => {
  const nested = (depth: number): Buffer => Buffer.from("[".repeat(depth) + "]".repeat(depth))
  test("the deepest that is allowed, and one more", () => {
    expect(() => parseBody(nested(MAX_DEPTH))).not.toThrow()
    expect(() => parseBody(nested(MAX_DEPTH + 1))).toThrow(/levels deep/)
  })

  test("brackets inside strings do not count", () => {
    const text = JSON.stringify({ text: '["\\'.repeat(1_000) })
    expect(() => parseBody(Buffer.from(text))).not.toThrow()
  })

  test("millions of brackets or backslashes cost no more than reading them", () => {
    const hostile = [
      Buffer.alloc(8_000_000, 0x5b),
      Buffer.from(`"${"\\".repeat(8_000_000)}`),
      Buffer.from(`"${'\\"'.repeat(4_000_000)}`),
    ]
    for (const bytes of hostile) {
      expect(cpuMs(() => void isDeeperThan(bytes, MAX_DEPTH))).toBeLessThan(1_000)
    }
  })

  test("prototypes stay as they were", () => {
    expect(() => parseBody(Buffer.from('{"a":{"__proto__":{"x":1}}}'))).toThrow(/__proto__/)
    expect(() => parseBody(Buffer.from('{"\\u005f\\u005fproto__":1}'))).toThrow(/__proto__/)
    expect(parseBody(Buffer.from('{"text":"__proto__"}'))).toEqual({ text: "__proto__" })
  })
})

test.each([
  ['{"a":"secret" "b":1}', ": it breaks at character 14"],
  ['{"a": secret, "b": " in JSON at position 3"}', ""],
  ["{", ": it breaks at character 1"],
])("%s is refused without a word of it", (text, where) => {
  expect(() => parseBody(Buffer.from(text))).toThrow(
    new GatewayError("invalid_json", `The request body is not valid JSON${where}.`),
  )
})
