import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import { redactForClient, redactPrivate, redactSecrets } from "./redact.ts"

describe("redaction", () => {
  it("leaves ordinary text as it is", () => {
    for (const text of [
      "The project is a good one.",
      "tokens: 5, key figures, Basic usage",
      "messages.1.content.0: Invalid `signature` in `thinking` block",
      "models/gemini-3-pro",
      "simple access, similar tokens",
      "simulator",
      "Cannot find project settings",
    ]) {
      expect(redactForClient(text)).toBe(text)
    }
  })

  it("keeps addresses for operators without their secrets, and none for clients", () => {
    const text = "see https://example.com/a?plt=EXAMPLE&x=1 (or http://user:pw@host/)"
    expect(redactPrivate(text)).toBe("see https://example.com/a?plt=[redacted]&x=1 (or http://[redacted]@host/)")
    expect(redactForClient(text)).toBe("see [link] (or [link])")
  })

  it("takes the project out wherever it stands, unless its id is a word", () => {
    expect(redactPrivate("in my-proj-12: no", "my-proj-12")).toBe("in [project]: no")
    expect(redactPrivate("a test of it", "test")).toBe("a test of it")
    expect(redactPrivate("consumer projects/123456 and ?project=abc-1")).toBe(
      "consumer [project] and ?project=[project]",
    )
  })

  it.each([
    ["a bearer token", ["Bearer ", "abc1"]],
    ["basic credentials", ["basic ", "dXNlcjpwdw=="]],
    ["a gateway key", ["lag", "_abcd"]],
    ["a link token", ["laglink", "_abcd"]],
    ["a Google token", ["ya29", ".abcd"]],
    ["a Google key", ["AIza", "abcdefgh"]],
    ["a client secret", ["GOCSPX", "-abcd"]],
    ["a refresh token", ["1", "//abcd"]],
    ["a token of the simulator", ["sim", "-refresh-token.abcd"]],
    ["a signed token", ["eyJ", "abcdef.abcd.ef"]],
    ["a sealed value", ["s1", `.${"a".repeat(24)}`]],
    ["another vendor's key", ["sk", "-abcdefgh"]],
    ["a parameter", ["?client_secret", "=abcd"]],
    ["a password in an address", ["https", "://user:abcd@host"]],
  ])("takes out %s, alone and inside of a text", (_name, [head = "", tail = ""]) => {
    const secret = head + tail
    for (const text of [secret, `before ${secret} after`, `"${secret}"`]) {
      expect(redactSecrets(text)).toContain("[redacted]")
      expect(redactSecrets(text)).not.toContain(tail.replace(/^:\/\/|@host$/g, ""))
    }
  })

  it("takes linear time", () => {
    const spent = cpuMs(() => {
      for (const unit of ["a", "@", "a@", "a.", "://a:", "Bearer ", "project ", "sim-", "eyJ", "?key=", "1//", "-"]) {
        redactForClient(unit.repeat(50_000))
      }
    })
    expect(spent).toBeLessThan(5_000)
  })

  it("takes every secret of a text out", () => {
    expect(redactSecrets("Bearer abcd1234 and lag_abcd1234 and Bearer efgh5678")).toBe(
      "Bearer [redacted] and [redacted] and Bearer [redacted]",
    )
  })
})
