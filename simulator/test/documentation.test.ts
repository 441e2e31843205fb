/** The reference page and the code name the same rules, faults, keys, endpoints and variables. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { rules } from "#simulator/checker/index.ts"
import { assistRules } from "#simulator/checker/rules-assist.ts"
import { byteFaults, eventFaults, httpFaults, isKnownFault, wireFaults } from "#simulator/faults.ts"

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8")
const page = read("../../docs/reference/simulator.md")

describe("the reference page", () => {
  it.each([...rules, ...assistRules])("has the rule $id as the code has it", ({ id, about, source }) => {
    const cells = page
      .split("\n")
      .find((line) => line.startsWith(`| \`${id}\` `))
      ?.split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
    expect(cells?.slice(2, 4)).toEqual([about, source])
  })

  it("has every fault, and no other", () => {
    const faults = page.slice(page.indexOf("## Faults"), page.indexOf("## Rules"))
    const kinds = [...Object.keys(httpFaults), ...wireFaults, ...byteFaults, ...eventFaults]
    expect(kinds.filter((kind) => !faults.includes(`\`${kind}\``))).toEqual([])
    const hyphened = [...faults.matchAll(/`([a-z]+(?:-[a-z0-9]+)+)`/g)].map(([, kind]) => kind ?? "")
    expect(hyphened.filter((kind) => !isKnownFault(kind))).toEqual([])
  })

  it("has every variable and every endpoint", () => {
    const variables = [...read("../src/config.ts").matchAll(/"(SIMULATOR_[A-Z_]+)"/g)].map(([, name]) => name ?? "")
    expect(variables.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
    const controls = [...read("../src/control.ts").matchAll(/"(GET|POST) ([a-z/]+)"/g)].map(
      ([, method, path]) => `\`${method} /simulator/${path}\``,
    )
    expect(controls.length).toBeGreaterThan(10)
    expect(controls.filter((endpoint) => !page.includes(endpoint))).toEqual([])
  })
})
