import { parseSync } from "vite"
import { describe, expect, it } from "vitest"
import { problems, sentencesOf } from "./server-words.mjs"

const FILE = "control-plane/src/keys.ts"

const keys = (text, { file = FILE, names = [] } = {}) =>
  sentencesOf(file, text, parseSync, names).flatMap(({ key, isSentence }) => (isSentence ? [key] : []))

describe("what a source says", () => {
  it("is found wherever it stands, with what is filled in", () => {
    const text = `
      const WAIT = "Try again later."
      throw new RefusedError("busy", \`There are \${count} of them already.\`)
      const of = few ? "one of the few" : "many"
      say("The first half " + "and the second of " + name + ".")
      const row = { reason: reason("changed", "The limit {asked} became {sent}.") }`
    expect(keys(text)).toEqual([
      "Try again later.",
      "There are {} of them already.",
      "one of the few",
      "The first half and the second of {}.",
      "The limit {} became {}.",
    ])
  })

  it("is no sentence where it is a name, a log, a statement or for the schema", () => {
    const text = `
      import x from "some module of ours"
      log.warn("link.lost", { message: "for the log only" })
      const rows = sql\`select all from here\`
      builder.objectType(Thing, { description: "What a thing is." })
      throw new StartError("It cannot start here.")
      const kind = "ACCOUNT"
      const TABLE = { A: "Only for the reference." }`
    expect(keys(text, { names: ["TABLE"] })).toEqual([])
  })

  it("counts of a dialect's table however short it is", () => {
    const file = "data-plane/src/dialects/mine/wire.ts"
    expect(keys('const table = { a: dropped("text"), b: ignored("`as it is`"), c: "text" }', { file })).toEqual([
      "text",
    ])
  })

  it("is a failure only where descriptions stand beside it", () => {
    const file = "control-plane/src/graphql/mutations/keys.ts"
    const text = 'field("What it is for."); throw new InvalidInputError("empty", "A name is needed.", [])'
    expect(keys(text, { file })).toEqual(["A name is needed."])
  })
})

describe("the tables", () => {
  const sentences = sentencesOf(FILE, 'say("It is here."); say(`It has ${a} of ${b}.`); say("pair")', parseSync)

  it("pass when each sentence has its Chinese", () => {
    expect(problems(sentences, { "It is here.": "它在这里。", "It has {} of {}.": "它有 {2} 的 {1}。" }, "T")).toEqual(
      [],
    )
    // A single word may be told, and need not be.
    expect(problems(sentences, { "It is here.": "在", "It has {} of {}.": "有", pair: "一对" }, "T")).toEqual([])
  })

  it("fail for a sentence without Chinese, one that nobody says, one that is not Chinese and one that fills in too much", () => {
    const table = { "It is here.": "It is here.", "It has {} of {}.": "有 {3}", "It was here.": "它曾在这里。" }
    expect(problems(sentences, table, "T")).toEqual([
      'T: no server says "It was here."',
      'T: "It is here." is not Chinese',
      'T: "有 {3}" fills in {3}, which is not there',
    ])
    expect(problems(sentences, {}, "T")).toEqual([
      `${FILE}:1: T has no Chinese for "It is here."`,
      `${FILE}:1: T has no Chinese for "It has {} of {}."`,
    ])
  })
})
