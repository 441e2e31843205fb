import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { clients, UNKNOWN_KEY, type Proof, type Wanted } from "./clients.ts"

const guide = readFileSync(join(import.meta.dirname, "../../../../docs/guides/clients.md"), "utf8")
const wanted: Wanted = {
  url: "http://127.0.0.1:8088",
  key: UNKNOWN_KEY,
  gemini: "gemini-3-flash",
  claude: "claude-sonnet-4-6",
}

const sectionOf = (heading: string): string => guide.split(`\n### ${heading}\n`)[1]?.split(/\n##/)[0] ?? ""

test.each(clients)("$name: the guide says the same as the page", ({ guide: heading, proof, snippets, entries }) => {
  const section = sectionOf(heading)
  for (const { text } of snippets(wanted)) expect(section).toContain(text)
  const marks: Record<Proof, string> = {
    verified: "**Verified**",
    byHand: "**Tried by hand**",
    unverified: "*Not verified.*",
  }
  expect(section.trimStart().startsWith(marks[proof])).toBe(true)
  for (const { value } of entries?.(wanted) ?? []) if (value.startsWith("http")) expect(guide).toContain(value)
})

test.each(clients)("$name: address, key and model are what was chosen", ({ snippets, entries, readsKey }) => {
  const chosen = {
    url: "https://gateway.example.test",
    key: "lag_fake_canary_0001",
    gemini: "g-model",
    claude: "c-model",
  }
  const texts = [
    ...snippets(chosen).map(({ text }) => text),
    ...(entries?.(chosen) ?? []).map(({ value }) => value),
  ].join("\n")
  expect(texts).toContain(chosen.url)
  expect(texts).not.toContain("127.0.0.1")
  expect(texts.includes(chosen.key)).toBe(readsKey !== true)
})
