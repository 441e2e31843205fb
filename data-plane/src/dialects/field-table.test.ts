import { describe, expect, it } from "vitest"
import {
  carried,
  compileFieldTable,
  dropped,
  droppedPaths,
  ignored,
  listedLosses,
  mergeDropped,
  refused,
} from "./field-table.ts"

const tree = compileFieldTable({
  model: carried("x"),
  gone: dropped("x"),
  noise: ignored("x"),
  checked: refused("x"),
  format: dropped("x"),
  "format[text]": ignored("x"),
  options: carried("x"),
  "options.deep": carried("x"),
  "options.lost": dropped("x"),
  names: carried("x"),
  list: carried("x"),
  "list[user]": carried("x"),
  "list[tool]": dropped("x"),
  "list[].role": carried("x"),
  "list[].name": dropped("x"),
  "list[].content": carried("x"),
  "list[].content[text]": carried("x"),
  "list[].content[text].type": carried("x"),
  "list[].content[text].text": carried("x"),
  "list[].content[].cache": ignored("x"),
  "list[].content[]": dropped("x"),
})

describe("droppedPaths", () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ["nothing carried or ignored", { model: "m", noise: { a: 1 }, checked: 2, names: ["a", { b: 1 }] }, []],
    ["dropped and unknown fields", { gone: 1, other: { a: 1 } }, ["gone", "other"]],
    ["fields inside a carried object", { options: { deep: 1, lost: true, new: 0 } }, ["options.lost", "options.new"]],
    ["an object of a kind that loses nothing", { format: { type: "text" } }, []],
    ["an object of another kind", { format: { type: "json" } }, ["format"]],
    [
      "elements by their role",
      { list: [{ role: "user" }, { role: "tool", content: "x" }, { role: "user", name: "n" }] },
      ["list[1]", "list[2].name"],
    ],
    [
      "elements of elements by their type",
      {
        list: [
          {
            content: [
              { type: "text", text: "x", cache: {} },
              { type: "image" },
              { kind: 1 },
              { type: "text", extra: 1 },
            ],
          },
        ],
      },
      ["list[0].content[1]", "list[0].content[2]", "list[0].content[3].extra"],
    ],
    ["a text where a list could stand", { list: [{ content: "hello" }] }, []],
    ["elements that are no objects", { list: [1, null, "x"] }, []],
  ])("lists %s", (_name, wire, paths) => {
    expect(droppedPaths(wire, tree)).toEqual(paths)
  })

  it.each([[null], [undefined], [""], [[]], [{}], ["[undefined]"]])("counts the empty value %j as no loss", (value) => {
    expect(droppedPaths({ gone: value, other: value }, tree)).toEqual([])
  })

  it.each([[0], [false], ["x"], [[0]]])("counts the value %j as a loss", (value) => {
    expect(droppedPaths({ gone: value }, tree)).toEqual(["gone"])
  })

  it("lists two hundred and counts the rest", () => {
    const paths = droppedPaths({ list: Array.from({ length: 250 }, () => ({ role: "tool" })) }, tree)
    expect(paths).toHaveLength(201)
    expect(paths.at(-1)).toBe("and 50 more")
  })

  it("cuts names that only the client knows", () => {
    expect(droppedPaths({ ["x".repeat(1000)]: 1 }, tree)).toEqual(["x".repeat(64)])
  })

  it("is not confused by names of the language", () => {
    const wire: unknown = JSON.parse('{"__proto__": 1, "constructor": 2}')
    expect(droppedPaths(wire as Record<string, unknown>, tree)).toEqual(["__proto__", "constructor"]) // parsed above
  })
})

describe("mergeDropped", () => {
  it("lists what the decoder gave up once, without its fields, and its marks last", () => {
    expect(mergeDropped(["a", "tools[1].x", "tools[1]", "tools[10].x"], ["tools[1]", "+mark", "b"])).toEqual([
      "a",
      "tools[1]",
      "tools[10].x",
      "b",
      "+mark",
    ])
  })

  it("lists two hundred and counts the rest", () => {
    const paths = mergeDropped(
      ["a"],
      Array.from({ length: 250 }, (_, index) => `list[${index}]`),
    )
    expect(paths).toHaveLength(201)
    expect(paths.at(-1)).toBe("and 51 more")
  })
})

describe("listedLosses", () => {
  const list = (name: string, length: number) => Array.from({ length }, (_, index) => `${name}[${index}]`)

  it("adds up what was counted before, and keeps the marks", () => {
    const paths = listedLosses([...list("a", 150), "and 7 more", "+one", ...list("b", 60), "+two", "+one"])
    expect(paths).toEqual([...list("a", 150), ...list("b", 50), "and 17 more", "+one", "+two"])
  })

  it("leaves a short list in its order", () => {
    expect(listedLosses(["+mark", ...list("a", 201)])).toEqual([...list("a", 201), "+mark"])
  })
})
