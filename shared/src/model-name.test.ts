import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cpuMs } from "../../test/support/cpu-time.ts"
import type { Catalogue } from "./catalogue.ts"
import { shownName } from "./model-alias.ts"
import { readWishedName, type NameWish } from "./name-wish.ts"
import { DEFAULT_ALIASES, isHiddenModel, resolveModel, type ModelResolution } from "./model-name.ts"

const LIVE = [
  "claude-opus-4-6-thinking",
  "claude-sonnet-4-6",
  "gpt-oss-120b-medium",
  "gemini-3.8-flash-high",
  "gemini-3.8-flash-medium",
  "gemini-3.8-flash-low",
  "gemini-3.8-flash-tiered",
  "gemini-pro-agent",
  "gemini-3.1-pro-low",
  "gemini-3.1-pro-high",
  "gemini-3.1-flash-lite",
  "gemini-3.1-flash-image",
  "chat_20706",
]

const catalogue = (ids: readonly string[], deprecatedModelIds: Record<string, string> = {}): Catalogue => ({
  models: ids.map((id) => ({ id })),
  deprecatedModelIds,
})

const resolve = (
  asked: string,
  live: readonly string[] = LIVE,
  deprecated: Record<string, string> = {},
): ModelResolution =>
  resolveModel({ asked, aliases: DEFAULT_ALIASES, catalogues: live.length === 0 ? [] : [catalogue(live, deprecated)] })

/** The generation before, as some accounts still have it. */
const OLDER = [
  "claude-opus-4-6-thinking",
  "claude-sonnet-4-6",
  "gpt-oss-120b-medium",
  "gemini-3-flash-agent",
  "gemini-3.5-flash-low",
  "gemini-3.5-flash-extra-low",
  "gemini-3.8-flash-tiered",
  "gemini-pro-agent",
  "gemini-3.1-pro-low",
  "gemini-3-flash",
  "gemini-3.1-flash-lite",
  "gemini-3-pro-image",
]

/** The models of the project that this one grew from: its users keep their settings. */
const SEED_NAMES = [
  "gemini-3-flash",
  "gemini-3-flash-thinking",
  "gemini-3-pro-high",
  "gemini-3-pro-low",
  "gemini-2.5-pro",
  "gemini-2.5-flash",
  "gemini-3-pro-image",
  "claude-opus-4-5",
  "claude-opus-4-5-thinking",
  "claude-sonnet-4-5",
  "claude-sonnet-4-5-thinking",
  "gpt-oss-120b-medium",
]

/** What gemini-cli asks for by itself. */
const GEMINI_CLI_NAMES = [
  "gemini-3-pro",
  "gemini-3.1-pro",
  "gemini-3-flash",
  "gemini-3.1-flash-lite",
  "gemini-3.5-flash",
  "gemini-3.8-flash",
  "gemini-2.5-pro",
  "gemini-2.5-flash",
  "gemini-2.5-flash-lite",
]
  .flatMap((name) => [name, `${name}-preview`])
  .concat("gemini-3.5-flash-lite", "gemini-3.1-pro-preview-customtools")

const CLAUDE_CODE_NAMES = [
  "claude-opus-4-6",
  "claude-opus-4-6[1m]",
  "claude-opus-4-5-20251101",
  "claude-opus-4-1-20250805",
  "claude-opus-4-20250514",
  "claude-sonnet-4-6",
  "claude-sonnet-4-5-20250929",
  "claude-sonnet-4-20250514",
  "claude-haiku-4-5",
  "claude-haiku-4-5-20251001",
  "claude-3-5-haiku-20241022",
  "claude-3-7-sonnet-latest",
]

describe("resolveModel with the default aliases", () => {
  it.each([
    ["claude-opus-4-6", "claude-opus-4-6-thinking"],
    ["claude-opus-4.6", "claude-opus-4-6-thinking"],
    ["claude-opus-4-5", "claude-opus-4-6-thinking"],
    ["claude-opus-4-5-thinking", "claude-opus-4-6-thinking"],
    ["claude-opus-4-5-20251101", "claude-opus-4-6-thinking"],
    ["claude-opus-4-6-20260205", "claude-opus-4-6-thinking"],
    ["claude-sonnet-4-6-thinking", "claude-sonnet-4-6"],
    ["claude-sonnet-4-5", "claude-sonnet-4-6"],
    ["claude-sonnet-4-5-thinking", "claude-sonnet-4-6"],
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-6"],
    ["claude-3-5-sonnet-20241022", "claude-sonnet-4-6"],
    ["claude-haiku-4-5-20251001", "claude-sonnet-4-6"],
    ["gemini-3.1-pro", "gemini-pro-agent"],
    ["gemini-3.1-pro-preview", "gemini-pro-agent"],
    ["gemini-3.1-pro-high", "gemini-pro-agent"],
    ["gemini-3-pro-high", "gemini-pro-agent"],
    ["gemini-3-pro-low", "gemini-3.1-pro-low"],
    ["gemini-3-pro-image", "gemini-3.1-flash-image"],
    ["gemini-2.5-pro", "gemini-pro-agent"],
    ["gemini-2.5-flash-image", "gemini-3.1-flash-image"],
    ["gemini-3-pro-image-preview", "gemini-3.1-flash-image"],
    ["gemini-3.5-flash-lite", "gemini-3.1-flash-lite"],
    ["claude-opus-4", "claude-opus-4-6-thinking"],
    ["gemini-2.5-flash", "gemini-3.8-flash-tiered"],
    ["gemini-2.5-flash-lite", "gemini-3.1-flash-lite"],
    ["gemini-3-flash", "gemini-3.8-flash-tiered"],
    ["gemini-3-flash-thinking", "gemini-3.8-flash-tiered"],
    ["gemini-3.8-flash", "gemini-3.8-flash-tiered"],
    ["gemini-pro-agent-thinking", "gemini-pro-agent"],
    ["models/claude-opus-4-5", "claude-opus-4-6-thinking"],
  ])("%s means %s", (asked, model) => {
    expect(resolve(asked)).toMatchObject({ model, via: "alias" })
  })

  it.each(LIVE.filter((id) => id !== "gemini-3.1-pro-high"))("%s is sent unchanged", (id) => {
    expect(resolve(id)).toMatchObject({ model: id, via: "exact" })
    expect(resolve(`models/${id}`)).toEqual(resolve(id))
  })

  it.each([...SEED_NAMES, ...GEMINI_CLI_NAMES, ...CLAUDE_CODE_NAMES])(
    "%s answers whatever generation is offered",
    (name) => {
      for (const live of [LIVE, OLDER, [...LIVE, name]])
        expect(resolve(name, live), live.join(" ")).toHaveProperty("model")
    },
  )

  it("leaves a name that is still offered alone, unless an exact alias speaks of it", () => {
    for (const id of [
      "gemini-2.5-flash",
      "gemini-2.5-pro",
      "gemini-3-flash",
      "gemini-2.5-flash-thinking",
      "claude-haiku-9",
    ]) {
      expect(resolve(id, [...LIVE, id])).toMatchObject({ model: id, via: "exact" })
    }
    expect(resolve("claude-opus-4-6", [...LIVE, "claude-opus-4-6"])).toEqual({
      model: "claude-opus-4-6-thinking",
      via: "alias",
    })
  })

  it("applies no alias whose target is not offered", () => {
    expect(resolve("claude-opus-4-6", ["claude-opus-4-6"])).toEqual({ model: "claude-opus-4-6", via: "exact" })
    expect(resolve("claude-opus-4-5", ["gemini-pro-agent"])).toEqual({
      notFound: "claude-opus-4-5",
      nearest: ["gemini-pro-agent"],
    })
    expect(resolve("gemini-3.1-pro-high", ["gemini-3.1-pro-high"])).toEqual({
      model: "gemini-3.1-pro-high",
      via: "exact",
    })
  })

  it("prefers deprecatedModelIds, where their target is offered", () => {
    const deprecated = { "gemini-3-pro-high": "gemini-3.8-flash-high", "claude-opus-4-5": "gone" }
    expect(resolve("gemini-3-pro-high", LIVE, deprecated)).toEqual({
      model: "gemini-3.8-flash-high",
      via: "deprecated",
    })
    expect(resolve("claude-opus-4-5", LIVE, deprecated)).toEqual({ model: "claude-opus-4-6-thinking", via: "alias" })
  })

  it("follows a chain of retired names, and never a circle", () => {
    expect(resolve("a", ["d"], { a: "b", b: "c", c: "d" })).toEqual({ model: "d", via: "deprecated" })
    expect(resolve("a", ["d"], { a: "b", b: "a" })).toEqual({ notFound: "a", nearest: ["d"] })
  })

  it("passes an unknown name through while no list is known, and applies aliases", () => {
    expect(resolve("something-new", [])).toEqual({ model: "something-new", via: "pass-through" })
    expect(resolve("models/something-new", [])).toEqual({ model: "something-new", via: "pass-through" })
    expect(resolve("claude-opus-4-5", [])).toEqual({ model: "claude-opus-4-6-thinking", via: "alias" })
    expect(resolve("claude-3-5-haiku-20241022", [])).toEqual({ model: "claude-sonnet-4-6", via: "alias" })
    expect(resolve("gemini-2.5-flash", [])).toEqual({ model: "gemini-2.5-flash", via: "pass-through" })
    expect(resolveModel({ asked: "x", aliases: {}, catalogues: [catalogue([])] })).toEqual({
      model: "x",
      via: "pass-through",
    })
  })

  it("names the three nearest visible ids of an unknown name", () => {
    expect(resolve("gemini-3.8-flash-hi")).toEqual({
      notFound: "gemini-3.8-flash-hi",
      nearest: ["gemini-3.8-flash-high", "gemini-3.8-flash-low", "gemini-3.1-flash-lite"],
    })
    const chat = resolve("chat_20707")
    expect(chat).toHaveProperty("nearest.length", 3)
    expect(chat).not.toHaveProperty("nearest", expect.arrayContaining(["chat_20706"]))
  })

  it.each([
    "gemini-2.5-flash-nope",
    "gemini-3-flsh",
    "gemini-3-pro-nope",
    "gemini-nope-thinking",
    "claude-opus-9",
    "gpt-5",
    "",
  ])("does not make up what %j could mean", (asked) => {
    expect(resolve(asked)).toHaveProperty("notFound", asked)
  })

  it.each([
    ["gemini-3-flash-agent", "gemini-3.8-flash-high"],
    ["gemini-3.5-flash-low", "gemini-3.8-flash-medium"],
    ["gemini-3.5-flash-extra-low", "gemini-3.8-flash-low"],
    ["gemini-3.6-flash-high", "gemini-3.8-flash-high"],
    ["gemini-3.6-flash-minimal", "gemini-3.8-flash-low"],
    ["gemini-3-flash-high", "gemini-3.8-flash-high"],
    ["gemini-2.5-flash-thinking", "gemini-3.8-flash-tiered"],
  ])("leads the retired %s to %s", (asked, model) => {
    expect(resolve(asked)).toMatchObject({ model, via: "alias" })
  })

  it("takes the nearest of what a name can mean: the tier of its own family before a successor's", () => {
    const asked = "gemini-3-flash-high"
    expect(resolve(asked, [...LIVE, "gemini-3-flash"])).toEqual({ model: "gemini-3-flash", via: "alias", wish: HIGH })
    expect(resolve(asked, ["gemini-3.8-flash-tiered"])).toMatchObject({ model: "gemini-3.8-flash-tiered", wish: HIGH })
    expect(resolve(asked, ["gemini-3.8-flash-high"])).toEqual({ model: "gemini-3.8-flash-high", via: "alias" })
  })

  it("joins the lists of all catalogues", () => {
    const catalogues = [catalogue(["one"]), catalogue(["two"], { old: "one" })]
    expect(resolveModel({ asked: "two", aliases: {}, catalogues })).toEqual({ model: "two", via: "exact" })
    expect(resolveModel({ asked: "old", aliases: {}, catalogues })).toEqual({ model: "one", via: "deprecated" })
  })

  it("keeps what the star stood for, and takes the most specific pattern", () => {
    const aliases = { "my-*-model": "their-*-model", "my-*": "fallback" }
    const catalogues = [catalogue(["their-fast-model", "fallback"])]
    expect(resolveModel({ asked: "my-fast-model", aliases, catalogues })).toEqual({
      model: "their-fast-model",
      via: "alias",
    })
    expect(resolveModel({ asked: "my-own", aliases, catalogues })).toEqual({ model: "fallback", via: "alias" })
  })

  it("does not measure or follow a name that no model could have", () => {
    expect(resolve("gemini-2.5-flash".padEnd(300, "x"))).toHaveProperty("nearest.length", 3)
    expect(resolve("x".repeat(300), [])).toEqual({ notFound: "x".repeat(300), nearest: [] })
  })

  it("never throws, and gives only offered ids while a list is known", () => {
    const hostile = fc.constantFrom(
      "__proto__",
      "constructor",
      "toString",
      "hasOwnProperty",
      "",
      "*",
      "models/",
      "$&",
      "claude-3-*",
    )
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), hostile),
        fc.dictionary(fc.oneof(fc.string(), hostile), fc.string()),
        (asked, aliases) => {
          const resolution = resolveModel({ asked, aliases, catalogues: [catalogue(LIVE)] })
          if ("model" in resolution) expect(LIVE).toContain(resolution.model)
          else expect(resolution.nearest).toHaveLength(3)
        },
      ),
    )
  })

  it("measures a long name in bounded time", () => {
    expect(cpuMs(() => void resolve("x".repeat(1_000_000)))).toBeLessThan(5_000)
  })
})

const HIGH = { reasoning: { kind: "effort", level: "high" } } as const

describe("what a name asks beside the model", () => {
  it.each<[string, string, NameWish | undefined]>([
    // Only the name as it was asked counts: who asks for the bare name does not ask for thinking.
    ["claude-opus-4-6", "claude-opus-4-6-thinking", undefined],
    ["claude-opus-4-6-thinking", "claude-opus-4-6-thinking", { reasoning: { kind: "auto" } }],
    ["claude-opus-4-5-thinking", "claude-opus-4-6-thinking", { reasoning: { kind: "auto" } }],
    ["claude-sonnet-4-6-thinking", "claude-sonnet-4-6", { reasoning: { kind: "auto" } }],
    ["gemini-pro-agent-thinking", "gemini-pro-agent", { reasoning: { kind: "auto" } }],
    ["gemini-3-flash-thinking", "gemini-3.8-flash-tiered", { reasoning: { kind: "auto" } }],
    ["gemini-3.8-flash-high", "gemini-3.8-flash-high", undefined],
    ["gemini-3.8-flash-minimal", "gemini-3.8-flash-low", { reasoning: { kind: "effort", level: "minimal" } }],
    ["gemini-3.1-pro-medium", "gemini-pro-agent", { reasoning: { kind: "effort", level: "medium" } }],
    ["claude-sonnet-4-6-high", "claude-sonnet-4-6", HIGH],
    ["gpt-oss-120b-low", "gpt-oss-120b-medium", { reasoning: { kind: "effort", level: "low" } }],
    ["claude-opus-4-5(8192)", "claude-opus-4-6-thinking", { reasoning: { kind: "budget", tokens: 8192 } }],
    ["claude-opus-4-5-thinking(none)", "claude-opus-4-6-thinking", { reasoning: { kind: "off" } }],
    ["models/gemini-pro-agent(high)", "gemini-pro-agent", HIGH],
    ["gemini-3.8-flash-minimal(high)", "gemini-3.8-flash-low", HIGH],
    ["claude-sonnet-4-6[1m]", "claude-sonnet-4-6", undefined],
    ["claude-sonnet-4-6[1m](high)", "claude-sonnet-4-6", HIGH],
    ["gemini-3.1-flash-image-16x9", "gemini-3.1-flash-image", { image: { aspectRatio: "16:9" } }],
    ["gemini-3-pro-image-4k-9x16", "gemini-3.1-flash-image", { image: { aspectRatio: "9:16", size: "4K" } }],
    ["claude-gw-gemini-pro-agent", "gemini-pro-agent", undefined],
    ["claude-gw-gpt-oss-120b-medium", "gpt-oss-120b-medium", undefined],
    ["claude-gw-gemini-3-flash-high[1m]", "gemini-3.8-flash-high", undefined],
  ])("%s", (asked, model, wish) => {
    const resolution = resolve(asked)
    expect(resolution).toHaveProperty("model", model)
    expect("model" in resolution ? resolution.wish : asked).toEqual(wish)
  })

  it("is read while no list is known too", () => {
    const pass = { model: "gemini-9", via: "pass-through" }
    expect(resolve("gemini-9(high)", [])).toEqual({ ...pass, wish: HIGH })
    expect(resolve("gemini-9[1m]", [])).toEqual(pass)
    expect(resolve("claude-gw-gemini-9", [])).toEqual(pass)
    expect(resolve("claude-gw-claude-opus-4-5", [])).toEqual({ model: "claude-opus-4-6-thinking", via: "alias" })
    expect(resolve("claude-opus-4-6-thinking", ["claude-opus-4-6"])).toMatchObject({ model: "claude-opus-4-6" })
    expect(resolve("x-thinking", [])).toEqual({
      model: "x-thinking",
      via: "pass-through",
      wish: { reasoning: { kind: "auto" } },
    })
  })

  it("can be an operator's own", () => {
    const aliases = { fast: "gemini-pro-agent(low)", "deep-*": "*(high)", "gemini-pro-agent": "gemini-pro-agent(max)" }
    const of = (asked: string) => resolveModel({ asked, aliases, catalogues: [catalogue(LIVE)] })
    expect(of("fast")).toMatchObject({ wish: { reasoning: { level: "low" } } })
    expect(of("deep-claude-sonnet-4-6")).toMatchObject({ model: "claude-sonnet-4-6", wish: HIGH })
    expect(of("gemini-pro-agent")).toMatchObject({ wish: { reasoning: { level: "max" } } })
    expect(of("gemini-pro-agent(low)")).toMatchObject({ wish: { reasoning: { level: "low" } } })
  })

  it("is no part of an id that ends in brackets itself", () => {
    expect(resolve("odd(high)", ["odd(high)", "odd"])).toEqual({ model: "odd(high)", via: "exact" })
    expect(resolve("odd(loud)")).toHaveProperty("notFound", "odd(loud)")
  })
})

describe("the default aliases", () => {
  it("have at most one star, and a target without one where the name has none", () => {
    for (const [name, target] of Object.entries(DEFAULT_ALIASES)) {
      expect(name.split("*").length, name).toBeLessThanOrEqual(2)
      if (!name.includes("*")) expect(target).not.toContain("*")
      expect(target).not.toBe(name)
      expect(readWishedName(target).name, name).not.toMatch(/[()[\]]/)
    }
  })

  it("show bare names of retired models and no beginnings", () => {
    const shown = Object.keys(DEFAULT_ALIASES).map(shownName)
    expect(shown).toEqual(
      expect.arrayContaining(["gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-flash", "claude-opus-4-5"]),
    )
    for (const name of shown) {
      if (name !== undefined) expect(name).not.toMatch(/\*|-$|claude-3$|4-[12]$|4-[56]-2?$/)
    }
  })
})

describe("isHiddenModel", () => {
  it.each(["chat_20706", "chat_23310", "tab_flash_lite_preview", "tab_jump_flash_lite_preview", "rev19-uic3-1p"])(
    "hides %s",
    (id) => {
      expect(isHiddenModel(id)).toBe(true)
    },
  )

  it.each(["gemini-pro-agent", "claude-sonnet-4-6", "gpt-oss-120b-medium", "new-family-1"])("shows %s", (id) => {
    expect(isHiddenModel(id)).toBe(false)
  })
})
