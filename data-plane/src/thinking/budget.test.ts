import { EFFORT_TABLE, type EffortTable } from "#shared/effort-table.ts"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { REASONING_LEVELS, type ReasoningAsk, type ReasoningWish } from "../canonical/reasoning.ts"
import { modelFamily } from "../dialects/model-family.ts"
import { thinkingConfigFor } from "./budget.ts"

const ask = (wish: ReasoningWish, show = true): ReasoningAsk => ({ ...wish, show })
const effort = (level: (typeof REASONING_LEVELS)[number]) => ask({ kind: "effort", level })

function budgetFor(id: string, asked: ReasoningAsk | undefined, more: object = {}) {
  const catalogue = { id, maxOutputTokens: 65_536 }
  return thinkingConfigFor({
    family: modelFamily(id),
    model: { id, catalogue },
    asked,
    maxOutputTokens: 32_000,
    ...more,
  })
}

describe("the effort table (G54)", () => {
  const claude = { model: { id: "claude-sonnet-4-6", catalogue: { id: "x", maxOutputTokens: 64_000 } } }
  const columns = ["gemini-3-flash", "gemini-2.5-flash", "gemini-pro-agent", "gemini-3.8-flash-high"] as const

  it.each([
    ["minimal", 512, 512, 512, 512, 1024],
    ["low", 1024, 1024, 1024, 1024, 1024],
    ["medium", 8192, 8192, 8192, 8192, 8192],
    ["high", 24_576, 24_576, 24_576, 24_576, 24_576],
    ["xhigh", 32_768, 24_576, 32_768, 32_768, 32_768],
    ["max", 32_768, 24_576, 32_768, 32_768, 62_976],
  ] as const)("%s", (level, ...budgets) => {
    const got = [
      ...columns.map((id) => budgetFor(id, effort(level))),
      budgetFor("claude-sonnet-4-6", effort(level), claude),
    ]
    expect(got.map(({ config }) => config)).toEqual(
      budgets.map((thinkingBudget) => ({ includeThoughts: true, thinkingBudget })),
    )
    for (const { config, maxOutputTokens } of got) expect(maxOutputTokens).toBeGreaterThan(config?.thinkingBudget ?? 0)
  })

  it("none: off, or the least with thoughts hidden", () => {
    const off = ask({ kind: "off" }, false)
    const got = [...columns, "claude-sonnet-4-6", "gpt-oss-120b-medium"].map((id) => budgetFor(id, off).config)
    expect(got).toEqual([128, 1, 128, 0, 0, 0].map((thinkingBudget) => ({ includeThoughts: false, thinkingBudget })))
  })

  it("auto: dynamic for Gemini, a number for others", () => {
    const auto = ask({ kind: "auto" })
    const got = [...columns, "claude-sonnet-4-6", "gpt-oss-120b-medium"].map((id) => budgetFor(id, auto).config)
    expect(got.map((config) => config?.thinkingBudget)).toEqual([-1, -1, -1, -1, 8192, 8192])
  })

  it("takes another table from the settings", () => {
    const efforts = { ...EFFORT_TABLE, low: 2000, high: "maximum" as const, max: 100_000, auto: 4096 }
    const budget = (id: string, asked: ReasoningAsk) => {
      const model = { id, catalogue: { id, maxOutputTokens: 65_536 }, efforts }
      return budgetFor(id, asked, { model }).config?.thinkingBudget
    }
    expect(budget("gemini-3.8-flash-high", effort("low"))).toBe(2000)
    expect(budget("gemini-3.8-flash-high", effort("high"))).toBe(32_768)
    expect(budget("gemini-3.8-flash-high", effort("max"))).toBe(32_768)
    expect(budget("claude-sonnet-4-6", effort("max"))).toBe(64_512)
    expect(budget("claude-sonnet-4-6", ask({ kind: "auto" }))).toBe(4096)
    expect(budget("gemini-3.8-flash-high", ask({ kind: "auto" }))).toBe(-1)
    expect(budget("gpt-oss-120b-medium", ask({ kind: "auto" }))).toBe(4096)
  })
})

describe("nobody asked", () => {
  it("tells Claude not to think and leaves the others alone", () => {
    expect(budgetFor("claude-sonnet-4-6", undefined)).toEqual({
      config: { includeThoughts: false, thinkingBudget: 0 },
      maxOutputTokens: 32_000,
      dropped: [],
    })
    expect(budgetFor("gemini-3-flash", undefined)).toEqual({ maxOutputTokens: 32_000, dropped: [] })
    expect(budgetFor("gpt-oss-120b-medium", undefined, { maxOutputTokens: undefined })).toEqual({ dropped: [] })
  })
})

describe("Claude", () => {
  it.each<[string, ReasoningWish, number, number]>([
    ["-1 is the default budget (G132)", { kind: "auto" }, 8192, 32_000],
    ["500 is raised (G132)", { kind: "budget", tokens: 500 }, 1024, 32_000],
    ["200000 is clamped below the model's maximum (G132)", { kind: "budget", tokens: 200_000 }, 62_976, 64_000],
    ["a budget over the client's limit raises the limit", { kind: "budget", tokens: 32_000 }, 32_000, 64_000],
  ])("%s", (_name, wish, budget, maxOutputTokens) => {
    const model = { id: "claude-sonnet-4-6", catalogue: { id: "x", maxOutputTokens: 64_000 } }
    expect(budgetFor("claude-sonnet-4-6", ask(wish), { model })).toEqual({
      config: { includeThoughts: true, thinkingBudget: budget },
      maxOutputTokens,
      dropped: [],
    })
  })

  it("does not think while a tool is forced (G134)", () => {
    expect(budgetFor("claude-sonnet-4-6", effort("high"), { forcesTool: true })).toEqual({
      config: { includeThoughts: false, thinkingBudget: 0 },
      maxOutputTokens: 32_000,
      dropped: ["reasoning"],
    })
    expect(budgetFor("gemini-3-flash", effort("high"), { forcesTool: true }).config?.thinkingBudget).toBe(24_576)
  })

  it("does not think where no budget fits", () => {
    const model = { id: "claude-tiny", catalogue: { id: "x", maxOutputTokens: 1024 } }
    expect(budgetFor("claude-tiny", effort("low"), { model })).toEqual({
      config: { includeThoughts: false, thinkingBudget: 0 },
      maxOutputTokens: 1024,
      dropped: ["reasoning"],
    })
  })

  it("asks for the thoughts even where they are not shown, because the signature comes with them", () => {
    const hidden = ask({ kind: "auto" }, false)
    expect(budgetFor("claude-sonnet-4-6", hidden).config?.includeThoughts).toBe(true)
    expect(budgetFor("gemini-3-flash", hidden).config?.includeThoughts).toBe(false)
  })
})

it("sends nothing to a model that cannot think, and records the wish", () => {
  const model = { id: "gemini-x", catalogue: { id: "gemini-x", supportsThinking: false } }
  expect(budgetFor("gemini-x", effort("high"), { model })).toEqual({ maxOutputTokens: 32_000, dropped: ["reasoning"] })
})

describe("whatever a catalogue says", () => {
  const tokens = fc.option(fc.integer({ min: -5, max: 200_000 }), { nil: undefined })
  const wish: fc.Arbitrary<ReasoningWish> = fc.oneof(
    fc.constant({ kind: "off" } as const),
    fc.constant({ kind: "auto" } as const),
    fc.constantFrom(...REASONING_LEVELS).map((level) => ({ kind: "effort", level }) as const),
    fc.double({ min: 0.5, max: 1e9, noNaN: true }).map((count) => ({ kind: "budget", tokens: count }) as const),
  )
  const given = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constant("maximum" as const))
  const tables = fc.record<EffortTable>({
    minimal: given,
    low: given,
    medium: given,
    high: given,
    xhigh: given,
    max: given,
    auto: fc.integer({ min: 1, max: 1_000_000 }),
  })
  const input = fc.record({
    id: fc.constantFrom(
      "claude-sonnet-4-6",
      "gemini-3-flash",
      "gemini-2.5-flash",
      "gemini-3.8-flash-low",
      "gpt-oss-1",
      "z",
    ),
    wish: fc.option(wish, { nil: undefined }),
    show: fc.boolean(),
    forcesTool: fc.boolean(),
    limit: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
    most: tokens,
    least: tokens,
    efforts: fc.option(tables, { nil: undefined }),
  })

  it("budgets are whole, in range and under the limit, and no level is ever sent", () => {
    fc.assert(
      fc.property(input, ({ id, wish: asked, show, forcesTool, limit, most, least, efforts }) => {
        const family = modelFamily(id)
        const catalogue = {
          id,
          ...(most === undefined ? {} : { maxOutputTokens: most }),
          ...(least === undefined ? {} : { minThinkingBudget: least }),
        }
        const got = thinkingConfigFor({
          family,
          model: { id, catalogue, ...(efforts === undefined ? {} : { efforts }) },
          asked: asked && { ...asked, show },
          maxOutputTokens: limit,
          forcesTool,
        })
        expect(JSON.stringify(got)).not.toContain("thinkingLevel")
        const budget = got.config?.thinkingBudget
        if (got.maxOutputTokens !== undefined && most !== undefined && most > 0)
          expect(got.maxOutputTokens).toBeLessThanOrEqual(most)
        if (family === "claude") expect(got.config).toBeDefined()
        if (got.config === undefined) return
        expect(Object.keys(got.config)).toEqual(["includeThoughts", "thinkingBudget"])
        expect(Number.isSafeInteger(budget)).toBe(true)
        expect(budget).toBeGreaterThanOrEqual(family === "gemini" ? -1 : 0)
        if (budget === undefined || budget <= 0) return
        if (family === "claude") expect(budget).toBeGreaterThanOrEqual(1024)
        else expect(budget).toBeLessThanOrEqual(32_768)
        if (limit !== undefined) expect(got.maxOutputTokens).toBeDefined()
        if (got.maxOutputTokens !== undefined) expect(got.maxOutputTokens).toBeGreaterThan(budget)
      }),
      { numRuns: 2000 },
    )
  })
})
