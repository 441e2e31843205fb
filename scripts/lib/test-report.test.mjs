import { describe, expect, it } from "vitest"
import { errorsOutside } from "./outside-reporter.mjs"
import { countTests, listFailures } from "./test-report.mjs"

const file = (status, ...tests) => ({ status, assertionResults: tests.map((one) => ({ status: one })) })

describe("countTests", () => {
  it("counts what the report counts", () => {
    const report = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 2, testResults: [file("failed", "failed")] }
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 2, isBroken: true })
    expect(countTests({ numPassedTests: 3, testResults: [file("passed", "passed")] }, 0)).toEqual({
      passed: 3,
      failed: 0,
      skipped: 0,
      isBroken: false,
    })
  })
  it("counts a file that could not be loaded, an error outside the tests and a run without report as failures", () => {
    const report = { numPassedTests: 3, testResults: [file("failed"), file("failed", "passed")] }
    expect(countTests(report, 1)).toMatchObject({ failed: 2, isBroken: true })
    expect(countTests({ numPassedTests: 3, testResults: [] }, 1)).toMatchObject({ failed: 1, isBroken: true })
    expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0, isBroken: true })
  })
})

describe("listFailures", () => {
  it("names each failed test and each file that could not be loaded, with the first line of what was wrong", () => {
    const failed = { status: "failed", fullName: "pool waits", failureMessages: ["expected 1\nto be 2"] }
    const report = {
      testResults: [
        {
          name: "a.test.ts",
          status: "failed",
          assertionResults: [failed, { status: "passed", fullName: "pool ends" }],
        },
        { name: "b.test.ts", status: "failed", message: "no such module\n at b", assertionResults: [] },
        { name: "c.test.ts", status: "passed", assertionResults: [{ status: "passed", fullName: "c" }] },
      ],
    }
    expect(listFailures(report)).toEqual(["a.test.ts > pool waits: expected 1", "b.test.ts: no such module"])
    expect(listFailures(undefined)).toEqual([])
  })
})

describe("errorsOutside", () => {
  it("names what no test caught, with the first place of ours", () => {
    const stack =
      "Error: read ECONNRESET\n    at TCP.onRead (node:internal/stream:1:1)\n    at hear (/lagrange/test/support/a.ts:3:5)"
    expect(errorsOutside([{ name: "Error", message: "read ECONNRESET\nmore", stack }, { message: "x" }])).toEqual([
      "Failed: outside any test: Error: read ECONNRESET (at hear (/lagrange/test/support/a.ts:3:5))",
      "Failed: outside any test: Error: x",
    ])
  })
})
