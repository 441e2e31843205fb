import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { accountId, exchangeId } from "./ids.ts"
import type { ReportItem } from "./link-protocol.ts"
import { parseReportBatch } from "./report-batch.ts"
import { hashBody } from "./snapshot-check.ts"

const head = (id: string) => ({ id, at: 1_750_000_000_000 })
const CENSUS = { known: 6, unusable: 1, notOffered: 1, resting: 1, modelOff: 1, candidates: 2, busy: 1 }
const ITEMS: readonly ReportItem[] = [
  { ...head("1"), type: "snapshot-ack", epoch: 1, version: 7, hash: hashBody("x") },
  { ...head("2"), type: "snapshot-refuse", epoch: 1, version: 7, reason: "snapshot is not JSON." },
  {
    ...head("3"),
    type: "heartbeat",
    version: "0.1.0",
    url: "http://127.0.0.1:8088",
    startedAt: 1_750_000_000_000,
    ready: true,
    reasons: [],
    snapshotEpoch: 1,
    snapshotVersion: 7,
    inFlight: 2,
    rssBytes: 80_000_000,
    eventLoopDelayMs: 1.25,
    exchanges: 10,
    refusals: 1,
    promptCache: { windowMs: 600_000, inputTokens: 900, cachedInputTokens: 450 },
    inFlightByAccount: { a: 2, ["__proto__"]: 1 },
    sharesConversations: true,
    sharing: { isUp: false, since: 1_750_000_000_000, reason: "it does not answer" },
  },
  {
    ...head("4"),
    type: "exchange",
    exchangeId: exchangeId("req_01"),
    startedAt: 1_750_000_000_000,
    dialect: "anthropic-messages",
    stream: true,
    requestedModel: "claude-opus-4-5",
    outcome: "failed",
    status: 502,
    errorCode: "upstream_failed",
    errorMessage: "The upstream failed.",
    usage: { inputTokens: 5 },
    durationMs: 12.5,
    receivedMs: 0.5,
    fetchedMs: 7,
    overheadUs: 412,
    refusal: { waitedMs: 8, renewalMs: 9, census: { ...CENSUS, probing: 1, tried: 1, modelLimit: 2, keyLimit: 3 } },
    attempts: [
      {
        accountId: accountId("a"),
        reason: "next in turn",
        startedMs: 0,
        endedMs: 12,
        upstreamStatus: 500,
        failureClass: "server",
        failureScope: "account-model",
        askedMs: 0.5,
        waitedMs: 1.5,
        renewalMs: 2.5,
        connectMs: 0.25,
        firstPartMs: 3,
        census: CENSUS,
      },
    ],
    dropped: ["metadata"],
    schemaReport: { total: 2, listed: [{ tool: "look", path: "properties.at", change: "added: string" }] },
  },
  { ...head("5"), type: "credential-refused", accountId: accountId("a"), generation: 3, again: false },
  {
    ...head("6"),
    type: "account-fact",
    accountId: accountId("a"),
    failureClass: "validation",
    message: "Verify",
    link: "https://accounts.google.com/x",
  },
  { ...head("7"), type: "dropped", count: 3 },
  {
    ...head("8"),
    type: "cooldown",
    accountId: accountId("a"),
    bucket: "gemini",
    cause: "quota",
    evidence: "used up",
    since: 5,
    until: 6,
  },
]
const batch = (items: readonly unknown[]): unknown =>
  JSON.parse(JSON.stringify({ node: "node-1", boot: "boot-1", items }))

describe("parseReportBatch", () => {
  it("takes every kind of item whole", () => {
    expect(parseReportBatch(batch(ITEMS))).toEqual({ node: "node-1", boot: "boot-1", items: ITEMS, ignored: [] })
  })

  it("leaves unknown fields out and tells which items it does not know", () => {
    const known = { ...head("7"), type: "dropped", count: 3 }
    const parsed = parseReportBatch(
      batch([
        { ...known, future: 1 },
        { ...head("8"), type: "future" },
      ]),
    )
    expect(parsed).toEqual({ node: "node-1", boot: "boot-1", items: [known], ignored: ["8"] })
  })

  it.each([
    ["no address", "8088"],
    ["another scheme", "javascript:alert(1)"],
    ["credentials", "http://user:word@127.0.0.1:1"],
    ["a path", "http://127.0.0.1:1/$(id)"],
    ["a query", "http://127.0.0.1:1/?x"],
    ["a number", 5],
  ])("leaves a listener's address out that is %s", (_name, url) => {
    const parsed = parseReportBatch(batch([{ ...ITEMS[2], url }]))
    expect(parsed).toMatchObject({ items: [{ type: "heartbeat" }] })
    expect(JSON.stringify(parsed)).not.toContain('"url"')
  })

  it("cuts what is free text and refuses what is not", () => {
    const parsed = parseReportBatch(
      batch([{ ...ITEMS[3], requestedModel: "m".repeat(100_000), dropped: Array.from({ length: 9_999 }, () => "x") }]),
    )
    expect(parsed).toMatchObject({ items: [{ requestedModel: "m".repeat(300), dropped: { length: 500 } }] })
    const change = { tool: "t".repeat(1000), path: "", change: "x", later: true }
    const schemaReport = { total: 9_999, listed: Array.from({ length: 9_999 }, () => change) }
    expect(parseReportBatch(batch([{ ...ITEMS[3], schemaReport }]))).toMatchObject({
      items: [
        {
          schemaReport: { total: 9_999, listed: { length: 100, 0: { tool: "t".repeat(300), path: "", change: "x" } } },
        },
      ],
    })
    expect(parseReportBatch(batch([{ ...ITEMS[3], schemaReport: { total: -1, listed: [] } }]))).toHaveProperty(
      "refused",
    )
    expect(parseReportBatch(batch([{ ...ITEMS[3], id: "i".repeat(300) }]))).toEqual({
      refused: "batch.items[0].id is longer than 200 characters.",
    })
  })

  it.each([
    ["an outcome", 3, { outcome: "fine" }],
    ["a status", 3, { status: "200" }],
    ["a negative count", 3, { usage: { inputTokens: -1 } }],
    ["a code", 3, { errorCode: "<script>" }],
    ["a class", 5, { failureClass: "Validation!" }],
    ["a generation", 4, { generation: 1.5 }],
    ["a time", 0, { at: "now" }],
    ["a hash", 0, { hash: "zz" }],
    ["an id", 6, { id: "" }],
    ["a moment of sharing", 2, { sharing: { isUp: true, since: 9e15 } }],
    ["in-flight counts", 2, { inFlightByAccount: { a: "many" } }],
  ])("refuses %s that is none", (_, index, change) => {
    expect(parseReportBatch(batch([{ ...ITEMS[index], ...change }]))).toHaveProperty(
      "refused",
      expect.stringMatching(/^batch\.items\[0\]/),
    )
  })

  it("leaves a link out that must not be shown", () => {
    for (const link of [
      "http://x.example/",
      "javascript:alert(1)",
      "https://user:pass@x.example/",
      "x",
      5,
      "https://x/".padEnd(5_000, "y"),
    ]) {
      const parsed = parseReportBatch(batch([{ ...ITEMS[5], link }]))
      expect(parsed).toHaveProperty("items[0].message")
      expect(parsed).not.toHaveProperty("items[0].link")
    }
  })

  it("takes a heartbeat whose histogram had nothing to say", () => {
    const load = { ...ITEMS[2], eventLoopDelayMs: Number.NaN }
    expect(parseReportBatch(batch([load]))).toHaveProperty("items[0].eventLoopDelayMs", 0)
  })

  it.each([undefined, null, 5, "x", [], {}, { node: "n", boot: "b", items: {} }, { node: "", boot: "b", items: [] }])(
    "refuses %j",
    (value) => {
      expect(parseReportBatch(value)).toHaveProperty("refused")
    },
  )

  it("refuses more items than one batch may hold", () => {
    expect(parseReportBatch(batch(Array.from({ length: 20_001 }, () => ITEMS[6])))).toHaveProperty("refused")
  })

  it("never throws, whatever stands in a field", () => {
    const fields = ITEMS.flatMap((item, index) => Object.keys(item).map((name) => [index, name] as const))
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.anything(), ([index, name], value) => {
        const parsed = parseReportBatch({ node: "n", boot: "b", items: [{ ...ITEMS[index], [name]: value }] })
        expect("refused" in parsed || parsed.items.length + parsed.ignored.length === 1).toBe(true)
      }),
      { numRuns: 1_000 },
    )
    fc.assert(fc.property(fc.anything(), (value) => typeof parseReportBatch(value) === "object"))
  })
})
