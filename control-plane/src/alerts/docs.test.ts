import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { ALERT_KINDS } from "./kinds.ts"

it("the reference lists every kind of rule with what is built in, and no other", () => {
  const text = readFileSync(new URL("../../../docs/reference/alerts.md", import.meta.url), "utf8")
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \|.*\| ([^|]+) \|$/gm)].map(([, kind, builtIn]) => [kind, builtIn])
  const told = Object.entries(ALERT_KINDS).map(([kind, { threshold, builtIn }]) => {
    const window = builtIn.windowMinutes === undefined ? "" : ` in ${builtIn.windowMinutes} minutes`
    return [kind, `${threshold === undefined ? "–" : builtIn.threshold}${window}, ${builtIn.forSeconds}`]
  })
  expect(rows).toEqual(told)
})
