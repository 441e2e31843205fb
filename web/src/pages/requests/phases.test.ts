import { expect, test } from "vitest"
import type { Attempt, RequestRecord } from "./create-record.ts"
import { phasesBefore, phasesOf, phasesOfRefusal, type Phase } from "./phases.ts"

const told = (phases: readonly Phase[]) => phases.map(({ name, startMs, endMs }) => `${name} ${startMs}–${endMs}`)

const attempt: Attempt = {
  account: null,
  reason: "next in turn",
  askedMs: 3,
  waitedMs: null,
  renewalMs: null,
  startedMs: 4,
  connectMs: null,
  firstByteMs: 300,
  firstPartMs: 310,
  endedMs: 900,
  upstreamStatus: 200,
  failureClass: null,
  failureScope: null,
  standsInFor: null,
  census: null,
}

const request = {
  receivedMs: 1,
  fetchedMs: null,
  durationMs: 901,
  refusal: null,
  attempts: [attempt],
} as unknown as RequestRecord // what the phases are made of, and nothing else

const CENSUS = {
  outside: 0,
  known: 1,
  unusable: 0,
  notOffered: 0,
  resting: 0,
  modelOff: 0,
  candidates: 1,
  busy: 1,
  probing: 0,
  tried: 0,
  modelLimit: null,
  keyLimit: null,
}

test("an answer at once", () => {
  expect(told(phasesBefore(request))).toEqual(["received 0–1", "prepared 1–3"])
  expect(told(phasesOf(attempt, undefined))).toEqual([
    "chosen 3–4",
    "firstByte 4–300",
    "firstPart 300–310",
    "answer 310–900",
  ])
  expect(phasesOfRefusal(request)).toEqual([])
})

test("everything that can be waited for stands in its order", () => {
  const slow = { ...attempt, waitedMs: 100, renewalMs: 50, startedMs: 160, connectMs: 40 }
  expect(told(phasesOf(slow, undefined))).toEqual([
    "slot 3–103",
    "chosen 103–110",
    "token 110–160",
    "connected 160–200",
    "firstByte 200–300",
    "firstPart 300–310",
    "answer 310–900",
  ])
  expect(told(phasesBefore({ ...request, fetchedMs: 1.5 }))).toEqual([
    "received 0–1",
    "fetched 1–2.5",
    "prepared 2.5–3",
  ])
})

test("a repeat begins with the pause before it, and a failure may come without a byte", () => {
  const failed = { ...attempt, askedMs: null, startedMs: 1_900, firstByteMs: null, firstPartMs: null, endedMs: 2_000 }
  expect(told(phasesOf(failed, attempt))).toEqual(["pause 900–1900", "silence 1900–2000"])
})

test("a refusal ends with what was waited for in vain", () => {
  const refused = {
    ...request,
    attempts: [],
    durationMs: 60_002,
    refusal: { waitedMs: 60_000, renewalMs: null, census: CENSUS },
  }
  expect(told(phasesBefore(refused))).toEqual(["received 0–1", "prepared 1–2"])
  expect(told(phasesOfRefusal(refused))).toEqual(["slot 2–60002"])
})

test("of an older data plane what it told", () => {
  const old = { ...attempt, askedMs: null, firstPartMs: null }
  expect(phasesBefore({ ...request, receivedMs: null, attempts: [old] })).toEqual([])
  expect(told(phasesOf(old, undefined))).toEqual(["firstByte 4–300", "answer 300–900"])
})
