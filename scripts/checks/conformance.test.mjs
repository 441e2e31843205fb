import { describe, expect, it } from "vitest"
import { parseSync } from "vite"
import { casesIn, numbersIn, problems, titlesOf } from "./conformance.mjs"

const titles = (text) => titlesOf("a.test.ts", text, parseSync).map((title) => title.text)

describe("the numbers of a title", () => {
  it.each([
    ["G65: a stream", ["G65"]],
    ["is found again (G59, G60)", ["G59", "G60"]],
    ["G41 G42 one after the other", ["G41", "G42"]],
    ["G28–G31 and R7", ["G28", "G29", "G30", "G31", "R7"]],
    ["G28-30", ["G28", "G29", "G30"]],
    ["INSUFFICIENT_G1_CREDITS, G1x, xG1", []],
  ])("of %j", (title, numbers) => {
    expect(numbersIn(title)).toEqual(numbers)
  })
})

describe("titles of a test file", () => {
  it("are those of tests and groups, with the rows that fill them", () => {
    const text = `
      const CASES = [["a row (G3)"]]
      describe("G1 group", () => {
        it("G2 test", () => {})
        test.each(CASES)("%s", () => {})
        it.each([{ name: "G4 row" }])("$name", () => {})
        it.each(["G99"])("no place for a row", () => {})
        test.skipIf(old)(\`G5 \${text}\`, () => {})
      })`
    expect(titles(text).flatMap(numbersIn)).toEqual(["G1", "G2", "G3", "G4", "G5"])
  })
  it("are not those of tests that never run, nor any other text", () => {
    const text =
      'it.skip("G1", () => {})\nit.todo("G2")\nit.skip.each([1])("G3 %s", () => {})\nsay("G4", "G5")\n// it("G6")\n'
    expect(titles(text)).toEqual([])
  })
  it("know their lines", () => {
    expect(titlesOf("a.test.ts", '\n\nit("G1", () => {})', parseSync)).toEqual([{ line: 3, text: "G1" }])
  })
})

describe("the page and the titles", () => {
  const page = "| Case | Given |\n|---|---|\n| R1 | a |\n| G1 | b |\n| G2 | G7 |\n"
  const title = (text) => ({ file: "a.test.ts", line: 4, text })
  it("fit when every case has its test", () => {
    expect(casesIn(page).map(({ number }) => number)).toEqual(["R1", "G1", "G2"])
    expect(problems(casesIn(page), [title("R1"), title("G1–G2")])).toEqual([])
  })
  it("name all cases without a test in one line", () => {
    expect(problems(casesIn(page), [title("G1")])).toEqual(["no test's title carries R1 G2"])
  })
  it("name the test of an unknown case", () => {
    expect(problems(casesIn(page), [title("R1 G1 G2 G3")])).toEqual([expect.stringMatching(/^a\.test\.ts:4: G3 is no/)])
  })
  it("agree on what waits for a feature", () => {
    const waiting = page.replace("| G7 |", "| a key | not yet: it waits |")
    expect(problems(casesIn(waiting), [title("R1 G1")])).toEqual([])
    expect(problems(casesIn(waiting), [title("R1 G1 G2")])).toEqual([
      expect.stringMatching(/G2 has a test and is still/),
    ])
    // Only the last cell says so.
    expect(problems(casesIn(page.replace("| G7 |", "| not yet: b | c |")), [title("R1 G1")])).toHaveLength(1)
  })
  it("name a case that stands twice, and a hole", () => {
    const twice = ["G1", "G1", "G3"].map((number) => ({ number, isWaiting: false }))
    expect(problems(twice, [title("G1 G3")])).toEqual([
      expect.stringMatching(/G1 stands twice/),
      expect.stringMatching(/G2 is missing/),
    ])
    expect(problems([], [title("G1")])).toEqual([expect.stringMatching(/found no cases/)])
  })
})
