import { readdirSync, readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { ERROR_CODES, type ErrorCode } from "./error-code.ts"
import {
  classifyFailure,
  FAILURE_CLASSES,
  type ClassifiedFailure,
  type FailureClass,
  type FailureScope,
  type UpstreamFailure,
} from "./upstream-failure.ts"

const FIXTURES = new URL("./__fixtures__/upstream-failures/", import.meta.url)
const now = Date.parse("2026-05-24T17:17:26Z")
const sample = (name: string): string => readFileSync(new URL(name, FIXTURES), "utf8")
const failed = (given: Partial<UpstreamFailure>): ClassifiedFailure =>
  classifyFailure({ phase: "before-content", now, ...given })
const refused = (
  status: number,
  message: string,
  details: readonly unknown[] = [],
  more: Partial<UpstreamFailure> = {},
) => failed({ status, body: JSON.stringify({ error: { code: status, message, status: "X", details } }), ...more })
const info = (reason: string, metadata: Record<string, string> = {}) => ({
  "@type": "type.googleapis.com/google.rpc.ErrorInfo",
  reason,
  domain: "cloudcode-pa.googleapis.com",
  metadata,
})
const UNTIL_BUDGET = Number.POSITIVE_INFINITY

interface Expected {
  readonly class: FailureClass
  readonly scope: FailureScope
  readonly code: ErrorCode
  /** Same account, its delay, next account. */
  readonly tries: readonly [number, number, number]
  readonly cooldownMs?: number
  readonly accountState?: string
  readonly clientMessage?: string
}

const SAMPLES: Readonly<Record<string, Expected>> = {
  "400-claude-expected-thinking.json": {
    class: "signature",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [1, 0, 0],
    clientMessage: "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.",
  },
  "400-claude-input-schema-required.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage: "tools.0.custom.input_schema: Field required",
  },
  "400-claude-invalid-signature.json": {
    class: "signature",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [1, 0, 0],
    clientMessage: "messages.1.content.0: Invalid `signature` in `thinking` block",
  },
  "400-claude-no-prefill.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage: "This model does not support assistant message prefill.",
  },
  "400-claude-tool-names-unique.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage: "tools: Tool names must be unique.",
  },
  "400-claude-tool-result-role.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage: "messages.11: `tool_result` blocks can only be in `user` messages",
  },
  "400-claude-tool-use-without-result.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage:
      "messages.28: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_vrtx_EXAMPLE1, toolu_vrtx_EXAMPLE2.",
  },
  "400-corrupted-thought-signature.json": {
    class: "signature",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [1, 0, 0],
    clientMessage: "Corrupted thought signature.",
  },
  "400-generic-invalid-argument.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage: "Request contains an invalid argument.",
  },
  "400-location-not-supported.json": {
    class: "location",
    scope: "account-bucket",
    code: "upstream_rejected_request",
    tries: [0, 0, UNTIL_BUDGET],
    cooldownMs: 3_600_000,
  },
  "400-missing-thought-signature.json": {
    class: "signature",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [1, 0, 0],
    clientMessage: "Function call is missing a thought_signature in functionCall parts.",
  },
  "400-mixed-builtin-and-function-tools.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage:
      "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
  },
  "400-unknown-schema-field.json": {
    class: "bad_request",
    scope: "request",
    code: "upstream_rejected_request",
    tries: [0, 0, 0],
    clientMessage:
      "Unknown name \"enumDescriptions\" at 'request.tools[0].function_declarations[42].parameters.properties[3].value': Cannot find field.",
  },
  "401-unauthenticated.json": {
    class: "auth",
    scope: "account",
    code: "no_upstream_account",
    tries: [1, 0, UNTIL_BUDGET],
  },
  "403-service-disabled.json": {
    class: "project_fault",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "NEEDS_PROJECT",
  },
  "403-subscription-required.json": {
    class: "project_fault",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "NEEDS_PROJECT",
  },
  "403-tos-violation-old-no-details.json": {
    class: "tos_disabled",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "DISABLED_BY_PROVIDER",
  },
  "403-tos-violation.json": {
    class: "tos_disabled",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "DISABLED_BY_PROVIDER",
  },
  "403-validation-required.json": {
    class: "validation",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "NEEDS_VERIFICATION",
  },
  "404-entity-not-found.json": {
    class: "model_missing",
    scope: "account-model",
    code: "model_not_found",
    tries: [0, 0, 2],
    cooldownMs: 600_000,
  },
  "429-bare-no-details.json": {
    class: "bare_429",
    scope: "account-model",
    code: "upstream_refused_request",
    tries: [0, 0, 1],
    cooldownMs: 5_000,
  },
  "429-quota-exhausted-individual.json": {
    class: "quota",
    scope: "account-bucket",
    code: "upstream_rate_limited",
    tries: [0, 0, UNTIL_BUDGET],
    cooldownMs: 256_528_292,
  },
  "429-quota-exhausted-model.json": {
    class: "quota",
    scope: "account-bucket",
    code: "upstream_rate_limited",
    tries: [0, 0, UNTIL_BUDGET],
    cooldownMs: 91_226_680,
  },
  "429-rate-limit-subsecond.json": {
    class: "rate_short",
    scope: "account-model",
    code: "upstream_rate_limited",
    tries: [2, 980, UNTIL_BUDGET],
  },
  "500-internal.json": {
    class: "server",
    scope: "account",
    code: "upstream_failed",
    tries: [1, 1_000, 2],
  },
  "503-model-capacity-retryinfo.json": {
    class: "capacity",
    scope: "model",
    code: "upstream_overloaded",
    tries: [3, 1_000, 1],
    cooldownMs: 10_000,
  },
  "503-model-capacity.json": {
    class: "capacity",
    scope: "model",
    code: "upstream_overloaded",
    tries: [3, 1_000, 1],
    cooldownMs: 10_000,
  },
  "oauth-invalid-grant.json": {
    class: "auth",
    scope: "account",
    code: "no_upstream_account",
    tries: [0, 0, UNTIL_BUDGET],
    accountState: "NEEDS_LOGIN",
  },
  "sorry.html": {
    class: "egress_block",
    scope: "egress",
    code: "egress_blocked",
    tries: [0, 0, 0],
    cooldownMs: 60_000,
  },
}

describe("every recorded refusal", () => {
  it("has an expectation", () => {
    const inTest = [...Object.keys(SAMPLES), "200-text-version-unsupported.json"]
    expect(readdirSync(FIXTURES).toSorted()).toEqual(inTest.toSorted())
  })

  it.each(Object.entries(SAMPLES))("%s", (name, expected) => {
    const status = name.startsWith("oauth") ? 400 : Number(name.slice(0, 3)) || 429
    const result = failed({ status, body: sample(name), projectId: "example-project" })
    expect(result.class).toBe(expected.class)
    expect(result.scope).toBe(expected.scope)
    expect(result.code).toBe(expected.code)
    expect([result.retry.sameAccount, result.retry.sameAccountDelayMs, result.retry.nextAccount]).toEqual(
      expected.tries,
    )
    expect(result.cooldownMs).toBe(expected.cooldownMs)
    expect(result.accountState).toBe(expected.accountState)
    if (expected.clientMessage !== undefined) expect(result.clientMessage).toBe(expected.clientMessage)
    expect(result.clientMessage + result.message).not.toMatch(/example-project|@google\.com/)
    expect(result.clientMessage).not.toMatch(/https?:|\{|\n/)
  })

  it("means the same as an error inside a 200, whatever the order of its details", () => {
    for (const [name, expected] of Object.entries(SAMPLES)) {
      if (!name.endsWith(".json") || name.startsWith("oauth")) continue
      const body = JSON.parse(sample(name)) as { error: { details?: unknown[] } } // the fixtures have this shape
      body.error.details?.reverse()
      expect(failed({ status: 200, body: JSON.stringify(body) }).class, name).toBe(expected.class)
      expect(failed({ status: 200, body: JSON.stringify([body]) }).class, name).toBe(expected.class)
    }
  })

  it("means the same when it is wrapped as JSON inside a message", () => {
    for (const [name, expected] of Object.entries(SAMPLES)) {
      if (!name.endsWith(".json") || name.startsWith("oauth")) continue
      const status = Number(name.slice(0, 3))
      const wrapped = JSON.stringify({ error: { code: status, message: sample(name) } })
      const result = failed({ status, body: wrapped })
      expect(result.class, name).toBe(expected.class)
      expect(result.cooldownMs, name).toBe(expected.cooldownMs)
    }
  })

  it("names every class that a body can name", () => {
    const named = new Set(Object.values(SAMPLES).map((expected) => expected.class))
    expect(named.size).toBe(14)
  })
})

describe("version texts in a 200", () => {
  const { text_variants: texts } = JSON.parse(sample("200-text-version-unsupported.json")) as {
    text_variants: string[]
  } // fixture

  it.each(texts)("%s", (text) => {
    const result = failed({ status: 200, text, finish: "STOP" })
    expect(result).toMatchObject({
      class: "client_version",
      code: "client_version_unsupported",
      retry: { sameAccount: 0, nextAccount: 0, nextHost: false },
    })
    const namesModel = text.includes("no longer available")
    expect(result.scope).toBe(namesModel ? "model" : "configuration")
    expect(result.cooldownMs).toBe(namesModel ? 600_000 : undefined)
    expect(refused(400, text).class).toBe("client_version")
    expect(failed({ status: 200, body: text }).class).toBe("client_version")
  })

  it("are answers once content has gone out, or when they are quoted", () => {
    expect(failed({ status: 200, text: texts[0] ?? "", phase: "after-content" }).class).toBe("truncated")
    expect(failed({ status: 200, text: `The banner says: ${texts[0] ?? ""}`, network: "NO_FINISH" }).class).toBe(
      "empty",
    )
  })
})

describe("what an account is blamed for", () => {
  it("verification: the link is shown only when it is Google's", () => {
    const link = (url: string) => refused(403, "Verify", [info("VALIDATION_REQUIRED", { validation_url: url })]).link
    expect(link("https://accounts.google.com/signin/continue?x=1")).toBe(
      "https://accounts.google.com/signin/continue?x=1",
    )
    for (const url of [
      "http://accounts.google.com/x",
      "https://accounts.google.com.evil.example/x",
      "https://accounts.google.com@evil.example/x",
      "https://evil.example/accounts.google.com",
      "javascript:alert(1)",
      "https://accounts.google.com:8443/x",
    ]) {
      expect(link(url), url).toBeUndefined()
    }
    const help = {
      "@type": "x/google.rpc.Help",
      links: [{ url: "https://evil.example/" }, { url: "https://accounts.google.com/y" }],
    }
    expect(refused(403, "Verify", [help, info("VALIDATION_REQUIRED")]).link).toBe("https://accounts.google.com/y")
    expect(refused(403, "Verify your account to continue.").class).toBe("validation")
  })

  it("terms: the appeal link is kept", () => {
    const result = failed({ status: 403, body: sample("403-tos-violation.json") })
    expect(result.link).toBe("https://forms.gle/REDACTED")
  })

  it("project: a refused permission, and a 500 to a request without a project", () => {
    expect(refused(403, "Permission 'cloudaicompanion.companions.generateChat' denied on resource").class).toBe(
      "project_fault",
    )
    expect(failed({ status: 500, body: sample("500-internal.json"), projectId: "" }).class).toBe("project_fault")
    expect(failed({ status: 500, body: sample("500-internal.json"), projectId: "p-1" }).class).toBe("server")
    expect(failed({ status: 500, body: sample("500-internal.json") }).class).toBe("server")
  })

  it("token: one forced renewal on the same account", () => {
    const result = refused(401, "no")
    expect(result).toMatchObject({
      class: "auth",
      retry: { sameAccount: 1, forceRenewal: true, nextAccount: UNTIL_BUDGET },
    })
    expect(result.accountState).toBeUndefined()
  })

  it("refresh token: a wrong client is the configuration's fault and disables no account", () => {
    for (const error of ["invalid_client", "unauthorized_client"]) {
      const result = failed({ status: 401, body: JSON.stringify({ error }) })
      expect(result.scope).toBe("configuration")
      expect(result.accountState).toBeUndefined()
    }
  })

  it("any other 403 holds the account for ten minutes", () => {
    expect(refused(403, "nope")).toMatchObject({ class: "forbidden_other", scope: "account", cooldownMs: 600_000 })
    expect(failed({ status: 403, body: "<html><body>Forbidden</body></html>" })).toMatchObject({
      class: "forbidden_other",
    })
  })
})

describe("rate, quota and capacity", () => {
  const rate = (delay?: string) =>
    refused(
      429,
      "slow down",
      delay === undefined ? [info("RATE_LIMIT_EXCEEDED")] : [info("RATE_LIMIT_EXCEEDED", { quotaResetDelay: delay })],
    )

  it.each([
    ["0s", "rate_short", undefined],
    ["2.999s", "rate_short", undefined],
    ["3s", "rate", 3_500],
    ["5m", "rate", 300_500],
    ["5m1s", "quota", 301_500],
    [undefined, "rate", 30_000],
  ])("a rate limit of %s is %s", (delay, expected, cooldownMs) => {
    const result = rate(delay)
    expect(result.class).toBe(expected)
    expect(result.cooldownMs).toBe(cooldownMs)
    expect(result.code).toBe("upstream_rate_limited")
  })

  it("a quota without a time waits a minute first", () => {
    expect(refused(429, "x", [info("QUOTA_EXHAUSTED")])).toMatchObject({
      class: "quota",
      cooldownMs: 60_000,
      retryAfterMs: 60_000,
    })
    expect(refused(429, "Individual quota reached. Please upgrade your subscription")).toMatchObject({ class: "quota" })
  })

  it("reads quota violations", () => {
    const violation = (quotaId: string) => ({ "@type": "x/google.rpc.QuotaFailure", violations: [{ quotaId }] })
    expect(refused(429, "x", [violation("GenerateRequestsPerDayPerProject")]).class).toBe("quota")
    expect(refused(429, "x", [violation("GenerateRequestsPerMinutePerProject")])).toMatchObject({
      class: "rate",
      cooldownMs: 60_000,
    })
    expect(refused(429, "Quota exceeded, limit: 0").class).toBe("quota")
  })

  it("text alone decides where no detail does", () => {
    expect(refused(429, "Your quota will reset after 25h20m26s.")).toMatchObject({
      class: "quota",
      cooldownMs: 91_226_500,
    })
    expect(refused(429, "Your quota will reset after 1s.").class).toBe("rate_short")
    expect(refused(429, "Please retry in 20s.")).toMatchObject({ class: "rate", cooldownMs: 20_500 })
  })

  it("a refusal without a reason stays one when a front end adds Retry-After", () => {
    const result = failed({ status: 429, body: sample("429-bare-no-details.json"), headers: { "retry-after": "40" } })
    expect(result).toMatchObject({ class: "bare_429", cooldownMs: 5_000, retryAfterMs: 40_000 })
    expect(failed({ status: 429, body: "" }).class).toBe("bare_429")
    expect(failed({ status: 429, body: "<html><body>Too many</body></html>" }).class).toBe("bare_429")
  })

  it("credits are not the account's end", () => {
    const result = refused(429, "x", [info("INSUFFICIENT_G1_CREDITS_BALANCE")])
    expect(result).toMatchObject({ class: "credits", retry: { sameAccount: 1, nextAccount: UNTIL_BUDGET } })
    expect(result.cooldownMs).toBeUndefined()
  })

  it("capacity goes by its reason, whatever the status, and blames no account", () => {
    for (const status of [400, 403, 404, 429, 500, 503]) {
      const result = refused(status, "No capacity available for model x", [info("MODEL_CAPACITY_EXHAUSTED")])
      expect(result, String(status)).toMatchObject({ class: "capacity", scope: "model" })
    }
    expect(failed({ status: 529 }).class).toBe("capacity")
    expect(failed({ status: 503, body: "<html>busy</html>" }).class).toBe("capacity")
    expect(refused(500, "No capacity available for model x on the server").class).toBe("capacity")
  })

  it("capacity waits as long as it is told, up to ten seconds", () => {
    const waiting = (retryDelay: string) =>
      refused(503, "x", [info("MODEL_CAPACITY_EXHAUSTED"), { "@type": "x/google.rpc.RetryInfo", retryDelay }])
    expect(waiting("4s").retry.sameAccountDelayMs).toBe(4_000)
    expect(waiting("10s").retry.sameAccountDelayMs).toBe(10_000)
    expect(waiting("39s")).toMatchObject({
      retry: { sameAccountDelayMs: 1_000 },
      retryAfterMs: 39_000,
      cooldownMs: 10_000,
    })
    expect(waiting("0s").retry.sameAccountDelayMs).toBe(1_000)
  })
})

describe("the request's own fault", () => {
  it.each([
    "Prompt is too long",
    "prompt_too_long",
    "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
  ])("context: %s", (message) => {
    expect(refused(400, message)).toMatchObject({ class: "bad_request", code: "context_length_exceeded" })
  })

  it.each([400, 405, 413, 414, 415, 422, 431])("status %d is a bad request", (status) => {
    expect(refused(status, "no")).toMatchObject({ class: "bad_request", scope: "request", retry: { nextAccount: 0 } })
  })

  it.each([
    "Invalid thoughtSignature",
    "messages.3.content.0.thinking.signature: Field required",
    "messages.3.content.0.thinking.thinking: Field required",
    "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`.",
    "messages.1.content.0: Expected thinking or redacted_thinking, but found tool_use",
    "Invalid `signature` in `thinking` block",
    "messages.1: bad signature in thinking content",
    "Function call is missing a thought_signature in functionCall parts. function call `default_api:look` , position 2.",
    "Corrupted thought signature.",
  ])("signature: %s", (message) => {
    expect(refused(400, message)).toMatchObject({ class: "signature", retry: { sameAccount: 1, nextAccount: 0 } })
  })

  it("a text that quotes another class does not change its own", () => {
    expect(refused(400, 'Unknown name "no capacity": Cannot find field.').class).toBe("bad_request")
    expect(refused(400, "text: VALIDATION_REQUIRED violation of terms of service").class).toBe("bad_request")
  })
})

describe("the way to the upstream", () => {
  it("a client that left ends it", () => {
    for (const phase of ["connect", "before-content", "after-content"] as const) {
      expect(failed({ network: "ABORT", phase })).toMatchObject({ class: "client_cancel", code: "client_cancelled" })
    }
    expect(failed({ network: "ABORT", status: 499 }).class).toBe("client_cancel")
    expect(failed({ status: 499 }).class).toBe("server")
  })

  it.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CERT_HAS_EXPIRED", "CONNECT_TIMEOUT"])(
    "no connection (%s) blames no account",
    (network) => {
      expect(failed({ network, phase: "connect" })).toMatchObject({
        class: "server",
        scope: "egress",
        code: "upstream_failed",
        retry: { nextHost: true, sameAccount: 1, sameAccountDelayMs: 1_000, nextAccount: 2 },
      })
    },
  )

  it("a proxy that refuses is the same for every host and account", () => {
    expect(failed({ network: "PROXY_AUTH", phase: "connect" }).retry).toMatchObject({ nextHost: false, nextAccount: 0 })
  })

  it.each([500, 502, 504, 408, 409])("status %d tries the next host", (status) => {
    expect(failed({ status })).toMatchObject({
      class: "server",
      scope: "account",
      retry: { nextHost: true, sameAccount: 1, nextAccount: 2 },
    })
  })

  it("a redirect is never taken", () => {
    expect(failed({ status: 302 }).class).toBe("server")
  })

  it("a time-out earns one attempt on another account", () => {
    expect(failed({ network: "FIRST_BYTE_TIMEOUT" })).toMatchObject({
      class: "server",
      code: "upstream_timeout",
      retry: { sameAccount: 0, nextHost: false, nextAccount: 1 },
    })
    expect(failed({ network: "IDLE_TIMEOUT", status: 200 })).toMatchObject({
      class: "server",
      code: "upstream_timeout",
    })
  })
})

describe("answers that are none", () => {
  it("nothing usable", () => {
    expect(failed({ status: 200, network: "EMPTY" })).toMatchObject({
      class: "empty",
      code: "upstream_empty_answer",
      retry: { sameAccount: 2, sameAccountDelayMs: 500, nextAccount: 1 },
    })
    expect(failed({ status: 200, finish: "NO_IMAGE" }).class).toBe("empty")
  })

  it("a stream without an end before content", () => {
    for (const network of ["NO_FINISH", "ECONNRESET"]) {
      expect(failed({ status: 200, network })).toMatchObject({ class: "empty", code: "upstream_interrupted" })
    }
    expect(failed({ network: "ECONNRESET" }).class).toBe("server")
    expect(failed({ status: 200, network: "NOT_JSON" }).class).toBe("server")
  })

  it.each(["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"])(
    "%s is tried once more, then said",
    (finish) => {
      expect(failed({ status: 200, finish })).toMatchObject({
        class: "malformed_call",
        code: "upstream_malformed_call",
        retry: { sameAccount: 1, nextAccount: 0 },
      })
      expect(failed({ status: 200, finish, phase: "after-content" }).retry.sameAccount).toBe(0)
    },
  )

  it.each(["NO_FINISH", "ECONNRESET", "NOT_JSON", "IDLE_TIMEOUT"])(
    "after content %s is a truncated answer",
    (network) => {
      const result = failed({ status: 200, network, phase: "after-content", text: "Hello" })
      expect(result).toMatchObject({ class: "truncated", scope: "request" })
      expect(result.code).toBe(network === "IDLE_TIMEOUT" ? "upstream_timeout" : "upstream_interrupted")
    },
  )

  it("after content an error event keeps its class and is never retried", () => {
    const result = failed({ status: 200, body: sample("503-model-capacity.json"), phase: "after-content" })
    expect(result).toMatchObject({ class: "capacity", retry: { sameAccount: 0, nextAccount: 0, nextHost: false } })
  })
})

describe("messages", () => {
  const leaky =
    "Project projects/my-proj-1 of someone@example.com with Bearer ya29.EXAMPLETOKEN failed, see https://example.com/a?plt=EXAMPLE in project other-proj-22. More."

  it("for clients hold no project, e-mail, address or token", () => {
    const { clientMessage } = refused(400, leaky)
    expect(clientMessage).toBe(
      "Project [project] of [e-mail] with Bearer [redacted] failed, see [link] in project [project].",
    )
  })

  it("for operators hold no project, e-mail or token", () => {
    const { message } = refused(400, `${leaky} secretproject77`, [], { projectId: "secretproject77" })
    for (const secret of ["my-proj-1", "someone@", "ya29", "plt=EXAMPLE", "other-proj-22", "secretproject77"]) {
      expect(message).not.toContain(secret)
    }
    expect(message.startsWith("HTTP 400: Project")).toBe(true)
  })

  it("of accounts are never the upstream's own words", () => {
    for (const name of ["403-tos-violation.json", "403-validation-required.json", "401-unauthenticated.json"]) {
      const { clientMessage } = failed({ status: Number(name.slice(0, 3)), body: sample(name) })
      expect(clientMessage).toBe("No account can serve this model now. The panel shows what each account needs.")
    }
  })

  it("are bounded", () => {
    const result = refused(400, "x".repeat(100_000))
    expect(result.clientMessage.length).toBeLessThanOrEqual(400)
    expect(result.message.length).toBeLessThanOrEqual(500)
  })
})

describe("classifyFailure", () => {
  const anyFailure: fc.Arbitrary<UpstreamFailure> = fc.record(
    {
      status: fc.oneof(fc.integer({ min: 100, max: 599 }), fc.constantFrom(200, 400, 403, 404, 429, 500, 503)),
      headers: fc.dictionary(fc.string(), fc.string()),
      body: fc.oneof(
        fc.string(),
        fc.json(),
        fc
          .record({
            error: fc.record({
              code: fc.anything(),
              message: fc.anything(),
              details: fc.anything(),
              status: fc.anything(),
            }),
          })
          .map(safeJson),
      ),
      network: fc.oneof(
        fc.string(),
        fc.constantFrom("ABORT", "EMPTY", "NO_FINISH", "NOT_JSON", "IDLE_TIMEOUT", "ECONNRESET"),
      ),
      phase: fc.constantFrom("connect", "before-content", "after-content"),
      text: fc.string(),
      finish: fc.string(),
      projectId: fc.string(),
      now: fc.constant(now),
    },
    { requiredKeys: ["phase", "now"] },
  )

  it("is total, and never retries after content", () => {
    fc.assert(
      fc.property(anyFailure, (failure) => {
        const result = classifyFailure(failure)
        expect(Object.hasOwn(FAILURE_CLASSES, result.class)).toBe(true)
        expect(Object.hasOwn(ERROR_CODES, result.code)).toBe(true)
        expect(result.clientMessage).not.toBe("")
        expect(result.message).not.toBe("")
        const { sameAccount, nextAccount, nextHost, forceRenewal } = result.retry
        if (failure.phase === "after-content")
          expect([sameAccount, nextAccount, nextHost, forceRenewal]).toEqual([0, 0, false, false])
        if (result.scope === "request") expect(result.cooldownMs).toBeUndefined()
        expect(result.cooldownMs ?? 1).toBeGreaterThan(0)
        // The client's own key is what a 401 and a 403 speak of: no upstream answer may become one.
        expect([401, 403]).not.toContain(ERROR_CODES[result.code].status)
      }),
      { numRuns: 500 },
    )
  })

  it("reads hostile bodies in linear time", () => {
    const read = (unit: string): void => {
      const text = unit.repeat(Math.ceil(200_000 / unit.length))
      for (const status of [400, 403, 429]) {
        refused(status, text)
        failed({ status, body: text })
      }
    }
    const units = [
      "a ",
      "project ",
      "violation of ",
      "`",
      "1/",
      "a@",
      "https://a:",
      "thinking failed to deserialise ",
      "\t",
      "<title>",
      "exceeds ",
    ]
    expect(cpuMs(() => units.forEach(read))).toBeLessThan(10_000)
  })
})

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ""
  } catch {
    return "" // a generated value that JSON cannot write, such as a bigint
  }
}
