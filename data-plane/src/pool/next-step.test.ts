import { classifyFailure, type ClassifiedFailure } from "#shared/upstream-failure.ts"
import { describe, expect, test } from "vitest"
import { ATTEMPT_BUDGET, newHistory, nextStep, onNextAccount, type Circumstances, type NextStep } from "./next-step.ts"

const circumstances = (more: Partial<Circumstances> = {}): Circumstances => ({
  budget: ATTEMPT_BUDGET,
  hasContent: false,
  isFirstByteTimeout: false,
  elapsedMs: 0,
  hosts: 1,
  random: 0.5,
  hasOtherAccount: () => true,
  repair: () => false,
  spendCredit: () => true,
  ...more,
})

function refused(status: number, error: object): ClassifiedFailure {
  const body = JSON.stringify({ error: { code: status, ...error } })
  return classifyFailure({ phase: "before-content", now: 0, projectId: "p", status, body })
}

const info = (reason: string): object => ({ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason })
const retryIn = (retryDelay: unknown): object => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay })
const capacity = (...details: object[]): ClassifiedFailure =>
  refused(503, { message: "No capacity.", details: [info("MODEL_CAPACITY_EXHAUSTED"), ...details] })

const SERVER = refused(500, { message: "Internal error", status: "INTERNAL" })
const answered = (more: object): ClassifiedFailure =>
  classifyFailure({ phase: "before-content", now: 0, projectId: "p", status: 200, ...more })

const waitOf = (step: NextStep): number => (step.type === "same-account" ? step.afterMs : Number.NaN)

describe("the wait before a repeat", () => {
  test.each(["2s", "2.0s", "2000ms", { seconds: "2" }, { seconds: 1, nanos: 1_000_000_000 }])(
    "is never shorter than was told (%j), and at most a fifth longer",
    (delay) => {
      const waits = [0, 0.5, 1].map((random) =>
        waitOf(nextStep(newHistory(), capacity(retryIn(delay)), circumstances({ random }))),
      )
      expect(waits.map(Math.round)).toEqual([2_000, 2_200, 2_400])
    },
  )

  test("is spread round the usual one where none was told, and doubles with each repeat", () => {
    const history = newHistory()
    const waits = [0, 0.5, 1].map((random) => waitOf(nextStep(history, capacity(), circumstances({ random }))))
    expect(waits.map(Math.round)).toEqual([800, 2_000, 4_800])
  })

  test("is no repeat when it would end after the budget", () => {
    const late = circumstances({ elapsedMs: ATTEMPT_BUDGET.ms - 1_000, random: 0.5 })
    expect(nextStep(newHistory(), capacity(), late)).toEqual({ type: "next-account" })
  })
})

test("another base URL is tried once on each account, however many there are, then the account again, then two others", () => {
  const history = newHistory()
  const budget = { attempts: 100, ms: 1_000_000 }
  const steps: string[] = []
  for (;;) {
    history.attempts++
    const step = nextStep(history, SERVER, circumstances({ budget, hosts: 3 }))
    steps.push(step.type === "same-account" ? `host ${step.host}` : step.type)
    if (step.type === "give-up") break
    if (step.type === "next-account") onNextAccount(history)
  }
  const each = ["host 1", "host 1"]
  expect(steps).toEqual([...each, "next-account", ...each, "next-account", ...each, "give-up"])
})

describe("credit", () => {
  const spending = (failure: ClassifiedFailure): number => {
    let spent = 0
    nextStep(newHistory(), failure, circumstances({ spendCredit: () => ++spent > 0 }))
    return spent
  }

  test("is spent where the same cause is tried again, on whichever account", () => {
    expect(spending(capacity())).toBe(1)
    expect(spending(SERVER)).toBe(1)
    expect(spending(answered({ network: "EMPTY" }))).toBe(1)
    expect(spending(answered({ finish: "MALFORMED_FUNCTION_CALL" }))).toBe(1)
    expect(spending(refused(429, { message: "Resource has been exhausted" }))).toBe(1)
  })

  test("is not where an account's own refusal moves the request on", () => {
    expect(spending(refused(401, { message: "no", status: "UNAUTHENTICATED" }))).toBe(0)
    expect(spending(refused(403, { message: "no", status: "PERMISSION_DENIED" }))).toBe(0)
    expect(spending(refused(429, { message: "used up", details: [info("QUOTA_EXHAUSTED")] }))).toBe(0)
    expect(
      spending(refused(429, { message: "slow down", details: [info("RATE_LIMIT_EXCEEDED"), retryIn("60s")] })),
    ).toBe(0)
  })

  test("is spent on the one attempt that a silent upstream earns after the budget, too", () => {
    const timeout = { network: "FIRST_BYTE_TIMEOUT", phase: "before-content", now: 0, projectId: "p" } as const
    const late = { isFirstByteTimeout: true, elapsedMs: ATTEMPT_BUDGET.ms }
    const silent = classifyFailure(timeout)
    expect(nextStep(newHistory(), silent, circumstances(late))).toEqual({ type: "next-account" })
    const without = circumstances({ ...late, spendCredit: () => false })
    expect(nextStep(newHistory(), silent, without)).toEqual({ type: "give-up" })
  })

  test("that is not there ends what would have cost it", () => {
    const without = circumstances({ spendCredit: () => false })
    expect(nextStep(newHistory(), capacity(), without)).toEqual({ type: "give-up" })
    const quota = refused(429, { message: "used up", details: [info("QUOTA_EXHAUSTED")] })
    expect(nextStep(newHistory(), quota, without)).toEqual({ type: "next-account" })
  })
})
