import { describe, expect, it } from "vitest"
import { eventsOf, problems } from "./log-events.mjs"

const source = 'log.info("link.opened", { node })\nthis.#log.warn(\n  "link.lost",\n)\noptions.log.debug("link.lost")\n'
const page = "| Event | Level |\n|---|---|\n| `link.opened` | info | … |\n| `link.lost` | warn, debug | … |\n"

describe("events of the log", () => {
  it("are found over lines and behind any owner", () => {
    expect(eventsOf("a.ts", source)).toEqual([
      { level: "info", event: "link.opened", place: "a.ts:1" },
      { level: "warn", event: "link.lost", place: "a.ts:2" },
      { level: "debug", event: "link.lost", place: "a.ts:5" },
    ])
  })

  it("are those of the page, at its levels", () => {
    expect(problems(eventsOf("a.ts", source), page)).toEqual([])
    expect(problems(eventsOf("a.ts", source), page.replace("warn, debug", "warn"))).toEqual([
      expect.stringMatching(/^a\.ts:5: .*no row for `link\.lost` at debug$/),
    ])
    expect(problems(eventsOf("a.ts", 'log.info("link.opened")\n'), page)).toHaveLength(2)
    expect(problems(eventsOf("a.ts", "log.error(event)\n"), "")).toEqual([expect.stringMatching(/is a literal/)])
  })
})
