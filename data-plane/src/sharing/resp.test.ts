import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeCommand, ErrorReply, NotResp, ReplyDecoder, type Reply } from "./resp.ts"

const LIMITS = { textBytes: 1_000, replyBytes: 4_000 }

function read(bytes: Buffer, cuts: readonly number[] = [], limits = LIMITS): Reply[] {
  const replies: Reply[] = []
  const decoder = new ReplyDecoder(limits, (reply) => replies.push(reply))
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((left, right) => left - right)
  for (const [index, start] of [0, ...at].entries()) decoder.push(bytes.subarray(start, at[index]))
  return replies
}

const bytesOf = (reply: Reply): string => {
  if (reply === null) return "$-1\r\n"
  if (typeof reply === "string") return `$${reply.length}\r\n${reply}\r\n`
  if (typeof reply === "number") return `:${reply}\r\n`
  if (reply instanceof ErrorReply) return `-${reply.code} and more\r\n`
  return `*${reply.length}\r\n${reply.map(bytesOf).join("")}`
}

const leaf: fc.Arbitrary<Reply> = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }),
  fc.constant(null),
  fc.constantFrom("NOAUTH", "ERR", "OOM").map((code) => new ErrorReply(code)),
)
const anyReply = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("reply"), { maxLength: 5 })),
})).reply

test("replies come whole wherever their bytes are cut", () => {
  const cuts = fc.array(fc.nat(10_000), { maxLength: 12 })
  fc.assert(
    fc.property(fc.array(anyReply, { maxLength: 4 }), cuts, (replies, where) => {
      const limits = { textBytes: 1_000, replyBytes: 1_000_000 }
      expect(read(Buffer.from(replies.map(bytesOf).join(""), "latin1"), where, limits)).toEqual(replies)
    }),
  )
})

test("garbage is refused as such or waited out, and nothing else is thrown", () => {
  const pieces = fc.constantFrom("*", "$", ":", "+", "-", "\r\n", "\n", "3", "-1", "999999999", "x", "\0")
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc.array(pieces, { maxLength: 20 }).map((parts) => Buffer.from(parts.join(""))),
  )
  fc.assert(
    fc.property(garbage, (bytes) => {
      try {
        read(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(NotResp)
      }
    }),
  )
})

test("the simple kinds", () => {
  const text = "+OK\r\n:-7\r\n$-1\r\n*-1\r\n*0\r\n$0\r\n\r\n"
  expect(read(Buffer.from(text))).toEqual(["OK", -7, null, null, [], ""])
})

test.each([
  ["WRONGPASS invalid username-password pair for somebody", "WRONGPASS"],
  ["NOAUTH", "NOAUTH"],
  ["the user somebody is disabled", "ERR"],
  ["", "ERR"],
])("of the error %j only its first word is kept", (line, code) => {
  expect(read(Buffer.from(`-${line}\r\n`))).toEqual([new ErrorReply(code)])
})

describe("what is larger than anything of ours", () => {
  test("is read past, and the next reply is read as ever", () => {
    const long = "x".repeat(LIMITS.textBytes + 1)
    expect(read(Buffer.from(bytesOf([long, "short"]) + bytesOf("next")), [3, 500, 1_008])).toEqual([
      [null, "short"],
      "next",
    ])
  })

  test("counts for the reply as a whole, and anew for the next", () => {
    const text = "x".repeat(LIMITS.textBytes)
    const list = [text, text, text, text, text]
    const held = [text, text, text, text, null]
    expect(read(Buffer.from(bytesOf(list) + bytesOf(list)))).toEqual([held, held])
  })

  test.each([
    ["a text without an end in sight", "$536870913\r\n"],
    ["a list without an end in sight", "*2097153\r\n"],
    ["a length below none", "$-2\r\n"],
    ["a length that is none", "$1e3\r\n"],
    ["lists in lists", "*1\r\n".repeat(9)],
    ["a line without an end", "+".repeat(5_000)],
    ["a text that goes on", "$1\r\nxyz"],
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n"],
  ])("%s is refused", (_what, text) => {
    expect(() => read(Buffer.from(text))).toThrow(NotResp)
  })
})

test("a command is a list of texts, each with its length in bytes", () => {
  expect(encodeCommand(["XREAD", 5, "é"])).toBe("*3\r\n$5\r\nXREAD\r\n$1\r\n5\r\n$2\r\né\r\n")
})
