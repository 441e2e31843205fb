import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { parseExposition, valueOf } from "../testing/exposition.ts"
import { MAX_SERIES, Metrics } from "./metrics.ts"

describe("the text", () => {
  it("is read by a strict reader, whatever help and labels hold", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), async (values) => {
        const metrics = new Metrics()
        const counter = metrics.counter({ name: "a_total", type: "counter", help: "back\\slash\nline", labels: ["x"] })
        for (const value of values) counter.add([value])
        const families = parseExposition(await metrics.render())
        for (const value of values)
          expect(valueOf(families, "a_total", { x: value })).toBe(values.filter((one) => one === value).length)
      }),
    )
  })

  it("counts into the buckets of a histogram, each with those below it", async () => {
    const metrics = new Metrics()
    const histogram = metrics.histogram({ name: "h", type: "histogram", help: "h", labels: ["x"], buckets: [1, 2, 5] })
    for (const value of [0.5, 1, 1.5, 4, 9]) histogram.observe(["a"], value)
    const families = parseExposition(await metrics.render())
    const counts = ["1", "2", "5", "+Inf"].map((le) => valueOf(families, "h_bucket", { x: "a", le }))
    expect(counts).toEqual([2, 3, 4, 5])
    expect([valueOf(families, "h_sum", { x: "a" }), valueOf(families, "h_count", { x: "a" })]).toEqual([16, 5])
  })

  it("has a series without labels from the beginning, and shows what is read as it is then", async () => {
    const metrics = new Metrics()
    metrics.counter({ name: "a_total", type: "counter", help: "a" })
    let value = 1
    metrics.read({ name: "g", type: "gauge", help: "g" }, () => Promise.resolve([[[], value]]))
    expect(await metrics.render()).toBe(
      "# HELP a_total a\n# TYPE a_total counter\na_total 0\n# HELP g g\n# TYPE g gauge\ng 1\n",
    )
    value = 2
    expect(await metrics.render()).toContain("\ng 2\n")
  })

  it("holds a bounded number of series, and counts what is beyond together", async () => {
    const metrics = new Metrics()
    const counter = metrics.counter({ name: "a_total", type: "counter", help: "a", labels: ["x"] })
    for (let index = 0; index < MAX_SERIES + 50; index++) counter.add([`value-${index}`])
    const [family] = parseExposition(await metrics.render())
    expect(family?.samples.length).toBe(MAX_SERIES + 1)
    expect(valueOf(family === undefined ? [] : [family], "a_total", { x: "other" })).toBe(50)
  })

  it("takes a name once, and fails as a whole when something cannot be read, until it can", async () => {
    const metrics = new Metrics()
    let isBroken = true
    const read = (): never[] => {
      if (isBroken) throw new Error("away")
      return []
    }
    metrics.read({ name: "g", type: "gauge", help: "g" }, read)
    expect(() => metrics.read({ name: "g", type: "gauge", help: "g" }, read)).toThrow("twice")
    await expect(metrics.render()).rejects.toThrow("away")
    isBroken = false
    expect(await metrics.render()).toContain("# TYPE g gauge")
  })
})
