import { format, inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { Secret } from "./secret.ts"

describe("Secret", () => {
  const secret = new Secret("canary-value")

  it("is printed as [redacted] everywhere", () => {
    const printed = [
      String(secret),
      [secret].join(""),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ nested: { secret } }, { showHidden: true, depth: 9 }),
      format("%s %o %j", secret, secret, secret),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(structuredClone(Object.fromEntries(Object.entries(secret)))),
    ]
    for (const text of printed) expect(text).not.toContain("canary")
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}')
    expect(inspect({ secret })).toContain("[redacted]")
  })

  it("gives its value when asked", () => {
    expect(secret.reveal()).toBe("canary-value")
    expect(new Secret({ a: 1 }).reveal()).toEqual({ a: 1 })
  })
})
