import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { zhSettings } from "../../i18n/zh-settings.ts"
import { en } from "./en.ts"

const read = (path: string) => readFileSync(join(import.meta.dirname, "../../../..", path), "utf8")

/** As the schema has them. */
const settings = () => {
  const [, body = ""] = /^enum SettingName \{(.*?)^\}/ms.exec(read("control-plane/schema.graphql")) ?? []
  return [...body.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, name = ""]) => name)
}

test("every setting has a name, and what it does is there in Chinese", () => {
  expect(settings().length).toBeGreaterThan(20)
  expect(Object.keys(en.settingName).toSorted()).toEqual(settings().toSorted())
  expect(settings().filter((name) => !/\p{Script=Han}/u.test(zhSettings[`setting.${name}`] ?? ""))).toEqual([])
})

test("what stands as code in English stands as code in Chinese", () => {
  const english = read("docs/reference/configuration.md")
  const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code)
  const missing = settings().flatMap((name) => {
    const row = english.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? ""
    const meaning = row.split(" | ")[3] ?? ""
    const own = codes(zhSettings[`setting.${name}`] ?? "")
    // Patterns of what a person fills in have words of their own in each language.
    return codes(meaning).filter((code) => /^[a-z_-]+$|^[A-Z_]+_MS$/.test(code ?? "") && !own.includes(code))
  })
  expect(codes("`a` and `b`")).toEqual(["a", "b"])
  expect(missing).toEqual([])
})

test("every group of settings has a Chinese name", () => {
  const headings = [...read("docs/reference/configuration.md").matchAll(/^### (.+)$/gm)].map(([, name = ""]) => name)
  const table = read("docs/reference/configuration.md")
  const used = headings.filter((heading) => {
    const [, body = ""] = table.split(`### ${heading}\n`)
    const [own = ""] = body.split("\n### ")
    return settings().some((name) => own.includes(`| \`${name}\` |`))
  })
  expect(used.length).toBeGreaterThan(4)
  expect(used.filter((group) => zhSettings[`settingGroup.${group}`] === undefined)).toEqual([])
})
