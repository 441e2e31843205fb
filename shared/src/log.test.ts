import { Secret } from "./secret.ts"
import { describe, expect, it } from "vitest"
import * as fc from "fast-check"
import { createLogger, type LogFields, type LogFormat, type LogLevel } from "./log.ts"

/** Any code units at all, control characters and halves of pairs included. */
const ANY_TEXT = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))
const now = (): number => Date.parse("2026-05-24T17:17:26.123Z")

function logged(fields: LogFields, format: LogFormat = "json", event = "tried"): string {
  const lines: string[] = []
  createLogger({ level: "debug", format, now, write: (line) => void lines.push(line) }).info(event, fields)
  expect(lines).toHaveLength(1)
  return lines[0] ?? ""
}

const parsed = (fields: LogFields): Record<string, unknown> => JSON.parse(logged(fields)) as Record<string, unknown> // a JSON line is an object

describe("createLogger", () => {
  it("writes one JSON object a line", () => {
    expect(logged({ port: 8088, ready: true, names: ["a"], missing: undefined, none: null })).toBe(
      '{"time":"2026-05-24T17:17:26.123Z","level":"info","event":"tried","port":8088,"ready":true,"names":["a"],"none":null}\n',
    )
  })

  it("writes text for people", () => {
    expect(logged({ port: 8088, text: "two words", list: [1] }, "pretty")).toBe(
      '17:17:26.123 INFO  tried port=8088 text="two words" list=[1]\n',
    )
  })

  it("keeps its own names when a field has the same", () => {
    expect(parsed({ level: "x", event: "y", time: "z" })).toMatchObject({
      level: "info",
      event: "tried",
      time: "2026-05-24T17:17:26.123Z",
    })
  })

  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const)("at level %s writes %j", (level: LogLevel, expected) => {
    const seen: unknown[] = []
    const log = createLogger({
      level,
      format: "json",
      write: (line) => void seen.push((JSON.parse(line) as { level: string }).level),
    }) // our own line
    log.debug("a")
    log.info("b")
    log.warn("c")
    log.error("d")
    expect(seen).toEqual(expected)
  })

  it.each(["json", "pretty"] as const)("never breaks a %s line", (format) => {
    fc.assert(
      fc.property(ANY_TEXT, fc.dictionary(ANY_TEXT, ANY_TEXT), (event, fields) => {
        const line = logged(fields, format, event)
        expect(line.endsWith("\n")).toBe(true)
        for (const character of "\n\r\u001b\u0000\u009b\u2028") expect(line.slice(0, -1)).not.toContain(character)
      }),
    )
  })
})

describe("what a log must not say", () => {
  const canary = "canary0123456789"

  it.each([
    "password",
    "accessToken",
    "refresh_token",
    "clientSecret",
    "Authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "apiKey",
    "masterKey",
    "privateKey",
    "apiKeyPepper",
    "credential",
    "key",
  ])("the field %s", (name) => {
    for (const value of [canary, { deep: canary }, [canary], Buffer.from(canary)]) {
      expect(logged({ [name]: value })).not.toContain("canary")
      expect(logged({ outer: { [name]: value } }, "pretty")).not.toContain("canary")
    }
  })

  it.each([
    ["Bearer", `authorization was Bearer ${canary}`],
    ["Basic", `Basic ${canary}`],
    ["an API key", `sent lag_${canary} twice`],
    ["a link token", `laglink_${canary}`],
    ["an admin token", `lagadm_${canary}`],
    ["a Google token", `ya29.${canary}`],
    ["a simulated token", `sim-access-token-${canary}`],
    ["a simulated refresh token", `sim_refresh_${canary}`],
    ["a key in an address", `GET /v1beta/models?key=${canary}&alt=sse`],
    ["a verification link", `https://accounts.google.com/x?plt=${canary}`],
    ["credentials in an address", `http://user:${canary}@proxy.example:3128`],
    ["a sealed value", `s1.${canary}${canary}`],
  ])("%s in a text", (_, text) => {
    for (const fields of [{ note: text }, { nested: [{ text }] }, { error: new Error(text) }, { [text]: 1 }]) {
      expect(logged(fields)).not.toContain("canary")
    }
    expect(logged({}, "pretty", text)).not.toContain("canary")
    expect(logged({ note: text })).toContain("[redacted]")
  })

  it("a Secret, a Buffer, and the cause of an error", () => {
    const error = new Error("outer", { cause: new Error(`Bearer ${canary}`) })
    expect(logged({ value: new Secret(canary), bytes: Buffer.from(canary), error })).not.toContain("canary")
    expect(parsed({ bytes: Buffer.from(canary) })).toMatchObject({ bytes: "[16 bytes]" })
  })

  it("but counts, ids and names of keys are said", () => {
    const fields = {
      inputTokens: 5,
      tokenCount: 6,
      apiKeyId: "key_1",
      apiKeyName: "laptop",
      apiKeyPrefix: "lag_Ab…",
      hasToken: true,
    }
    expect(parsed(fields)).toMatchObject({
      inputTokens: 5,
      tokenCount: 6,
      apiKeyId: "key_1",
      apiKeyName: "laptop",
      hasToken: true,
    })
  })
})

describe("a log never throws and never waits", () => {
  it("whatever it is given", () => {
    const circular: Record<string, unknown> = { a: 1 }
    circular.self = circular
    expect(parsed({ circular })).toMatchObject({ circular: { a: 1 } })
    const throwing = {
      get value(): never {
        throw new Error("boo")
      },
    }
    expect(logged({ throwing })).toContain("unprintable")
    expect(
      parsed({
        big: 5n,
        symbol: Symbol("s"),
        run: () => 1,
        nan: Number.NaN,
        at: new Date(0),
        bad: new Date(Number.NaN),
      }),
    ).toMatchObject({
      big: "5",
      nan: "NaN",
      at: "1970-01-01T00:00:00.000Z",
    })
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string(),
          fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        ),
        (fields) => logged(fields).length > 0,
      ),
    )
  })

  it("bounds long texts, long lists and deep objects", () => {
    let deep: unknown = 1
    for (let level = 0; level < 10_000; level += 1) deep = { deep }
    const line = logged({ deep, text: "x".repeat(1_000_000), list: Array.from({ length: 100_000 }, () => 1) })
    expect(line.length).toBeLessThan(10_000)
  })

  it("and counts what a blocked sink did not take, then says it", () => {
    const lines: string[] = []
    let isBlocked = false
    const log = createLogger({
      level: "info",
      format: "pretty",
      now,
      write: (line) => (isBlocked ? false : void lines.push(line)),
    })
    log.info("one")
    isBlocked = true
    log.info("two")
    log.info("three")
    expect(log.dropped).toBe(2)
    isBlocked = false
    log.info("four")
    expect(lines.map((line) => line.slice(13).trim())).toEqual([
      "INFO  one",
      "WARN  log lines dropped count=2",
      "INFO  four",
    ])
    expect(log.dropped).toBe(2)
  })

  it("and takes a sink that throws for a blocked one", () => {
    const log = createLogger({
      level: "info",
      format: "json",
      write: () => {
        throw new Error("EPIPE")
      },
    })
    log.error("one")
    expect(log.dropped).toBe(1)
  })
})
