import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isObject } from "../json.ts"
import { accepted } from "./cases.ts"
import { violationsOf } from "./payload.ts"
import { isAtLeast, versionIn } from "./version.ts"

describe("the payload reader", () => {
  it("names the place in the upstream's spelling, maps by index", () => {
    const properties = { a: { type: "string" }, b: { type: "string", enumDescriptions: ["x"] } }
    const body = {
      request: { tools: [{ functionDeclarations: [{ name: "t", parameters: { type: "object", properties } }] }] },
    }
    const path = "request.tools[0].function_declarations[0].parameters.properties[1].value"
    expect(violationsOf(body, "Envelope")).toEqual([
      { kind: "schema", path, text: `Unknown name "enumDescriptions" at '${path}': Cannot find field.` },
    ])
  })

  it("lists every violation, in the payload's order", () => {
    const found = violationsOf(
      { one: 1, request: { two: 2, contents: [{ parts: [{ text: 3 }] }], systemInstruction: "no" } },
      "Envelope",
    )
    expect(found.map(({ kind, path }) => [kind, path])).toEqual([
      ["unknown", ""],
      ["unknown", "request"],
      ["type", "request.contents[0].parts[0].text"],
      ["type", "request.system_instruction"],
    ])
  })

  it("says of a type list that the field is not repeating", () => {
    const schema = { type: ["string", "null"] }
    const body = { request: { tools: [{ functionDeclarations: [{ name: "t", parameters: schema }] }] } }
    expect(violationsOf(body, "Envelope")[0]?.text).toBe(
      "Unknown name \"type\" at 'request.tools[0].function_declarations[0].parameters': Proto field is not repeating, cannot start list.",
    )
  })

  it("takes null for unset, numbers as strings, both spellings, and refuses null in a list", () => {
    expect(
      violationsOf(
        { request: { toolConfig: null, generation_config: { max_output_tokens: "12", topK: 1.5 } } },
        "Envelope",
      ),
    ).toEqual([])
    expect(violationsOf({ request: { contents: [null] } }, "Envelope")).toMatchObject([
      { kind: "type", path: "request.contents[0]" },
    ])
    expect(violationsOf({ request: { generationConfig: { max_Output_tokens: 1 } } }, "Envelope")).toMatchObject([
      { kind: "unknown" },
    ])
  })

  it("survives any JSON and any depth", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => Array.isArray(violationsOf(value, "Envelope"))))
    let deep: object = { type: "string" }
    for (let level = 0; level < 5000; level += 1) deep = { type: "array", items: deep }
    const body = { request: { tools: [{ functionDeclarations: [{ name: "t", parameters: deep }] }] } }
    expect(violationsOf(body, "Envelope")).toMatchObject([{ kind: "type" }])
  })

  it("finds a strange name wherever it stands", () => {
    const places = accepted.flatMap(([, body]) => objectsIn(body).map((place) => ({ body, place })))
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.stringMatching(/^zz[a-z]{1,8}$/), ({ body, place }, name) => {
        const copy: unknown = structuredClone(body)
        const target = place.reduce<unknown>(
          (value, key) => (isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : value),
          copy,
        )
        if (!isObject(target)) throw new Error("the place is an object")
        target[name] = 1
        return violationsOf(copy, "Envelope").some(({ text }) => text.includes(`"${name}"`))
      }),
    )
  })
})

/** Paths of every object whose members are fields: no maps, no free structures. */
function objectsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, [...path, String(index)]))
  if (!isObject(value) || ["args", "response"].includes(path.at(-1) ?? "")) return []
  const own = path.at(-1) === "properties" && path.at(-2) !== "properties" ? [] : [[...path]]
  return [...own, ...Object.entries(value).flatMap(([key, member]) => objectsIn(member, [...path, key]))]
}

describe("the version in a User-Agent", () => {
  it.each([
    ["lagrange/0.1.0", [0, 1, 0]],
    ["antigravity/hub/2.9.0 darwin/arm64", [2, 9, 0]],
    ["antigravity/cli/1.20.3 (aidev_client; x)", [1, 20, 3]],
    ["node", [0, 0, 0]],
    ["", [0, 0, 0]],
    ["darwin/arm64 other/1.2", [0, 0, 0]],
  ])("of %j is %j", (agent, version) => expect(versionIn(agent)).toEqual(version))

  it("is compared by number, not by letter", () => {
    expect(isAtLeast("a/0.10.0", "0.9.0")).toBe(true)
    expect(isAtLeast("a/0.9.0", "0.10.0")).toBe(false)
    expect(isAtLeast("a/1.0.0", "1.0.0")).toBe(true)
    expect(isAtLeast(undefined, "0.0.1")).toBe(false)
  })
})
