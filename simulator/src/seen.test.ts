import { describe, expect, it } from "vitest"
import { SeenLog } from "./seen.ts"

const start = (path: string) =>
  ({
    at: 1,
    method: "POST",
    path,
    httpVersion: "2",
    headers: { authorization: "Bearer secret", accept: "*/*" },
  }) as const

describe("the record of requests", () => {
  it("keeps the newest, and of bodies no more than its bytes", () => {
    const log = new SeenLog(3, 100)
    const records = Array.from({ length: 10 }, (_, index) => {
      const record = log.open(start(`/${index}`))
      log.keepBody(record, { index }, 40)
      return record
    })
    expect(log.all().map(({ path }) => path)).toEqual(["/7", "/8", "/9"])
    expect(log.all().map(({ body }) => body)).toEqual([undefined, { index: 8 }, { index: 9 }])
    expect(records[0]?.body).toBeUndefined()
  })

  it("redacts tokens", () => {
    expect(new SeenLog().open(start("/")).headers).toEqual({ authorization: "Bearer redacted", accept: "*/*" })
  })

  it("gives what was refused once, counts it by rule, and keeps no more of it than of the rest", () => {
    const log = new SeenLog(2)
    const records = ["/0", "/1", "/2"].map((path) => log.open(start(path)))
    for (const record of records) log.refuse(record, "role", { status: 400, body: { error: "no" } })
    expect(records[0]?.outcome).toEqual({ status: 400, rule: "role" })
    expect(log.takeRefused()).toEqual(
      records.slice(1).map((request) => ({ rule: "role", answer: { error: "no" }, request })),
    )
    expect(log.takeRefused()).toEqual([])
    expect(log.refusalCounts()).toEqual({ role: 3 })
    log.refuse(log.open(start("/3")), "tool-name", { status: 400 })
    log.clear()
    expect(log.takeRefused()).toEqual([])
    expect(log.refusalCounts()).toEqual({})
  })

  it("counts requests at once, and forgets none that runs", () => {
    const log = new SeenLog()
    const leave = log.enter("a")
    log.enter("a")()
    log.enter("b")()
    expect(log.concurrency()).toEqual({ a: { current: 1, maximum: 2 }, b: { current: 0, maximum: 1 } })
    log.clear()
    expect(log.concurrency()).toEqual({ a: { current: 1, maximum: 1 } })
    leave()
    expect(log.concurrency()["a"]?.current).toBe(0)
  })
})
