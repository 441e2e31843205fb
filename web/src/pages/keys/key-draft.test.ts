import { expect, test } from "vitest"
import type { ApiKey } from "./create-keys.ts"
import { draftOf, emptyDraft, readDraft } from "./key-draft.ts"

const now = Date.parse("2026-01-01T00:00:00Z")
const NONE = {
  models: null,
  dialects: null,
  addresses: null,
  requestsPerMinute: null,
  maxConcurrent: null,
  tokensPerMinute: null,
  tokensPerDay: null,
  tokensPerMonth: null,
  tags: [],
  note: null,
  mayExplain: true,
}

test("a form that is empty but for the name limits nothing", () => {
  const read = readDraft({ ...emptyDraft, name: " laptop " }, now)
  expect(read).toEqual({ type: "input", input: { name: "laptop", ...NONE, expiresAt: null } })
})

test("what is typed becomes numbers and lists, however it is written", () => {
  const draft = {
    ...emptyDraft,
    name: "ci",
    expiry: 30,
    models: "claude-*, gemini-3-flash\n",
    dialects: ["GEMINI" as const],
    addresses: "10.0.0.0/8 ::1",
    counts: { ...emptyDraft.counts, requestsPerMinute: "60", tokensPerDay: "2,000 000", tokensPerMonth: "3_000_000" },
    tags: "team a, ci,",
    note: " two\nlines ",
  }
  expect(readDraft(draft, now)).toMatchObject({
    input: {
      models: ["claude-*", "gemini-3-flash"],
      dialects: ["GEMINI"],
      addresses: ["10.0.0.0/8", "::1"],
      requestsPerMinute: 60,
      tokensPerDay: "2000000",
      tokensPerMonth: "3000000",
      tags: ["team a", "ci"],
      note: "two\nlines",
      expiresAt: "2026-01-31T00:00:00.000Z",
    },
  })
})

test("what is no whole number is named", () => {
  const counts = { ...emptyDraft.counts, requestsPerMinute: "many", maxConcurrent: "-1", tokensPerDay: "." }
  expect(readDraft({ ...emptyDraft, counts }, now)).toEqual({
    type: "wrong",
    fields: ["name", "requestsPerMinute", "tokensPerDay", "maxConcurrent"],
  })
})

test("what only looks like groups of thousands is no whole number, and never ten times what was meant", () => {
  for (const text of ["1.5", "0,5", "1.50", "1.5000", "1..000", ",100", "1,000,"]) {
    const counts = { ...emptyDraft.counts, tokensPerDay: text }
    expect([text, readDraft({ ...emptyDraft, name: "ci", counts }, now)]).toEqual([
      text,
      { type: "wrong", fields: ["tokensPerDay"] },
    ])
  }
  for (const text of ["1.500", "1'500", "1 500", "1500", " 1_500 ", "1,500"]) {
    const counts = { ...emptyDraft.counts, tokensPerDay: text }
    expect(readDraft({ ...emptyDraft, name: "ci", counts }, now)).toMatchObject({ input: { tokensPerDay: "1500" } })
  }
  const counts = { ...emptyDraft.counts, tokensPerDay: "10,00,000" }
  expect(readDraft({ ...emptyDraft, name: "ci", counts }, now)).toMatchObject({ input: { tokensPerDay: "1000000" } })
})

test("a number that is larger than any there may be reaches the control plane, which says what may", () => {
  const counts = { ...emptyDraft.counts, requestsPerMinute: "99999999999" }
  expect(readDraft({ ...emptyDraft, name: "ci", counts }, now)).toMatchObject({
    input: { requestsPerMinute: 2_147_483_647 },
  })
})

test("a key is read back as it was written, and keeps its expiry", () => {
  const limits = {
    ...NONE,
    name: "ci",
    models: ["claude-*", "x"],
    dialects: ["GEMINI"],
    addresses: ["::1"],
    requestsPerMinute: 1,
    maxConcurrent: 2,
    tokensPerMinute: "3",
    tokensPerDay: "4",
    tokensPerMonth: "5",
    tags: ["a", "b c"],
    note: "n",
    mayExplain: false,
  }
  const key = { ...limits, expiresAt: "2026-05-01T00:00:00Z" } as unknown as ApiKey // what a form reads of one
  expect(readDraft(draftOf(key), now)).toEqual({ type: "input", input: limits })
})
