import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { formatDuration } from "../duration.ts"
import {
  classifyFailure,
  FAILURE_CLASSES,
  type ClassifiedFailure,
  type FailureClass,
  type UpstreamFailure,
} from "../upstream-failure.ts"

/** `docs/reference/blame.md` says what the table of classes says, row by row. */

const page = readFileSync(new URL("../../../docs/reference/blame.md", import.meta.url), "utf8")

const refused = (status: number, message: string, reason?: string): Partial<UpstreamFailure> => ({
  status,
  body: JSON.stringify({
    error: {
      code: status,
      message,
      details: reason === undefined ? [] : [{ "@type": "x/google.rpc.ErrorInfo", reason }],
    },
  }),
})

/** One plain example of each. */
const EXAMPLES: Readonly<Record<FailureClass, Partial<UpstreamFailure>>> = {
  client_cancel: { network: "ABORT" },
  egress_block: { status: 429, body: "<html><title>Sorry...</title></html>" },
  client_version: { status: 200, text: "This version of Antigravity is no longer supported. Please update." },
  validation: refused(403, "Verify your account to continue.", "VALIDATION_REQUIRED"),
  tos_disabled: refused(403, "Disabled.", "TOS_VIOLATION"),
  project_fault: refused(403, "Disabled.", "SERVICE_DISABLED"),
  auth: refused(401, "No."),
  forbidden_other: refused(403, "No."),
  location: refused(400, "User location is not supported for the API use."),
  signature: refused(400, "Corrupted thought signature."),
  bad_request: refused(400, "Request contains an invalid argument."),
  model_missing: refused(404, "Requested entity was not found."),
  credits: refused(429, "No.", "INSUFFICIENT_G1_CREDITS_BALANCE"),
  capacity: refused(503, "No capacity available.", "MODEL_CAPACITY_EXHAUSTED"),
  rate_short: refused(429, "Please retry in 1s.", "RATE_LIMIT_EXCEEDED"),
  rate: refused(429, "No.", "RATE_LIMIT_EXCEEDED"),
  quota: refused(429, "No.", "QUOTA_EXHAUSTED"),
  bare_429: refused(429, "Resource has been exhausted (e.g. check quota)."),
  server: refused(500, "Internal error."),
  empty: { status: 200, network: "EMPTY" },
  malformed_call: { status: 200, finish: "MALFORMED_FUNCTION_CALL" },
  truncated: { status: 200, network: "NO_FINISH", phase: "after-content" },
}

/** Repeats after a change that Lagrange cannot make by itself do not happen. */
const WITHOUT_REPEAT: ReadonlySet<FailureClass> = new Set(["credits", "project_fault"])

function restOf({ cooldownMs, accountState }: ClassifiedFailure): string {
  if (cooldownMs !== undefined) return formatDuration(cooldownMs)
  return accountState === undefined ? "–" : "until it is mended"
}

const rows = (page.split("<!-- classes -->")[1]?.split("<!-- end -->")[0] ?? "")
  .trim()
  .split("\n")
  .slice(2)
  .map((line) => line.slice(2, -2).split(" | "))

it("names every class once, in the order in which they are tried", () => {
  expect(rows.map(([name]) => name)).toEqual(Object.keys(FAILURE_CLASSES).map((name) => `\`${name}\``))
})

it.each(Object.keys(FAILURE_CLASSES) as FailureClass[])("%s", (name) => {
  const verdict = classifyFailure({ phase: "before-content", now: 0, projectId: "p", ...EXAMPLES[name] })
  expect(verdict.class).toBe(name)
  const row = rows.find(([cell]) => cell === `\`${name}\``)
  expect(row).toHaveLength(9)
  const [, scope, same, others, rests = "", code] = row ?? []
  expect(scope).toBe(verdict.scope)
  expect(same).toBe(String(WITHOUT_REPEAT.has(name) ? 0 : verdict.retry.sameAccount))
  expect(others).toBe(verdict.retry.nextAccount === Infinity ? "all" : String(verdict.retry.nextAccount))
  expect(rests).toContain(restOf(verdict))
  expect(code).toBe(`\`${verdict.code}\``)
})
