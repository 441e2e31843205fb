import { expect, test } from "vitest"
import { type Alert, groupEpisodes } from "./episodes.ts"

const now = Date.UTC(2026, 2, 2)
const day = 86_400_000
const alert = (given: Partial<Alert> & { id: string }): Alert => ({
  kind: "NODE_STALE",
  name: "Node is silent",
  summary: "",
  wayOut: "",
  firing: false,
  since: "2026-03-01T06:00:00Z",
  until: "2026-03-01T12:00:00Z",
  ...given,
})

test("alerts of one name are one line, and what goes on comes first", () => {
  const groups = groupEpisodes(
    [
      alert({ id: "3" }),
      alert({ id: "2", name: "Pool paused", firing: true, since: "2026-03-01T18:00:00Z", until: null }),
      alert({ id: "1", since: "2026-02-20T00:00:00Z", until: "2026-02-20T01:00:00Z" }),
    ],
    now,
    day,
  )
  expect(groups.map(({ name, count, spans }) => ({ name, count, spans }))).toEqual([
    { name: "Pool paused", count: 1, spans: [{ from: 0.75, to: 1 }] },
    { name: "Node is silent", count: 2, spans: [{ from: 0.25, to: 0.5 }] },
  ])
  expect(groups[1]?.last.id).toBe("3")
})
