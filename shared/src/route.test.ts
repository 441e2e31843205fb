import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Catalogue } from "./catalogue.ts"
import { createModelResolver } from "./model-name.ts"
import { REQUEST_TRAITS, traitMask, type RequestTrait } from "./request-trait.ts"
import { bareName, createRouter, type Route, type RouteAsk, type RouteStep } from "./route.ts"
import { routingProblems } from "./routing-check.ts"
import { NO_ROUTING, type RuleAction, type RuleMatch, type Routing } from "./routing.ts"

const LIVE = ["fast", "slow", "image-1", "third"]
const catalogue = (ids: readonly string[]): Catalogue => ({
  models: ids.map((id) => ({ id })),
  deprecatedModelIds: { retired: "slow" },
})

interface World {
  readonly routing?: Partial<Routing>
  readonly live?: readonly string[]
}

function router({ routing = {}, live = LIVE }: World) {
  const whole: Routing = { ...NO_ROUTING, ...routing }
  expect(routingProblems(whole)).toEqual([])
  const catalogues = live.length === 0 ? [] : [catalogue(live)]
  const aliases = { "built-in": "slow", "built-*": "third" }
  return createRouter(whole, createModelResolver({ aliases, ownAliases: whole.aliases, catalogues }))
}

interface Asked extends Partial<Omit<RouteAsk, "traits">> {
  readonly traits?: readonly RequestTrait[]
}

function ask({ traits = [], ...more }: Asked = {}): RouteAsk {
  const own = { traits: traitMask(traits), saysThinking: false }
  return { asked: "fast", key: { id: "key" }, dialect: "openai-chat", traits: () => own, ...more }
}

const rule = (match: RuleMatch, action: RuleAction, name = "one") => ({ name, match, action })
const modelOf = (route: Route): string | undefined => (route.type === "model" ? route.model : undefined)

describe("a name", () => {
  test("that no rule looks at goes where it leads", () => {
    const { route } = router({})
    expect(route(ask())).toEqual({ type: "model", model: "fast", via: "exact", fallbacks: [] })
    expect(route(ask({ asked: "retired" }))).toMatchObject({ model: "slow", via: "deprecated" })
    expect(route(ask({ asked: "fst" }))).toMatchObject({
      type: "not-found",
      notFound: "fst",
      nearest: ["fast", "slow", "third"],
    })
  })

  test("that is longer than any is not read for words: a client could send millions of them", () => {
    const long = `fast${"(high)".repeat(50)}`
    expect(bareName(long)).toBe(long)
    const { route } = router({ routing: { rules: [rule({}, { model: "third" })] } })
    expect(route(ask({ asked: long }))).toEqual({
      type: "model",
      model: "third",
      via: "exact",
      rule: "one",
      fallbacks: [],
    })
  })

  test("means what the operator says before what is built in, and a pattern before built-in names too", () => {
    const own = (aliases: Record<string, string>) => (asked: string) =>
      modelOf(router({ routing: { aliases } }).route(ask({ asked })))
    expect(own({ "built-in": "fast" })("built-in")).toBe("fast")
    expect(own({ "built-*": "fast" })("built-in")).toBe("fast")
    expect(own({ "bu*": "fast" })("built-other")).toBe("fast")
    // What is offered is what it is, and a target that nobody offers counts for nothing.
    expect(own({ "s*": "fast" })("slow")).toBe("slow")
    expect(own({ "built-in": "nobody" })("built-in")).toBe("slow")
    expect(own({ mine: "fast", "mi*": "slow" })("mine")).toBe("fast")
  })
})

describe("a rule", () => {
  const leads = (match: RuleMatch, asked: Asked): boolean =>
    modelOf(router({ routing: { rules: [rule(match, { model: "third" })] } }).route(ask(asked))) === "third"

  test.each<[string, RuleMatch, Asked, Asked]>([
    ["a key", { apiKeyIds: ["key"] }, {}, { key: { id: "other" } }],
    [
      "a key's tag",
      { keyTags: ["team"] },
      { key: { id: "x", tags: ["a", "team"] } },
      { key: { id: "x", tags: ["a"] } },
    ],
    ["one of both", { apiKeyIds: ["y"], keyTags: ["team"] }, { key: { id: "y" } }, { key: { id: "x" } }],
    ["a dialect", { dialects: ["gemini"] }, { dialect: "gemini" }, {}],
    ["a name", { models: ["retired"] }, { asked: "retired" }, { asked: "slow" }],
    ["a name without its words", { models: ["fast"] }, { asked: "models/fast(high)" }, { asked: "slow(high)" }],
    ["the model behind a name", { models: ["sl*"] }, { asked: "retired" }, { asked: "fast" }],
    ["a name that nobody offers", { models: ["gpt-*"] }, { asked: "gpt-9" }, { asked: "gp-9" }],
    ["both parts of the same pattern not twice", { models: ["fas*st"] }, { asked: "fasst" }, { asked: "fast" }],
    ["all traits", { traits: ["tools", "stream"] }, { traits: ["stream", "tools", "thinking"] }, { traits: ["tools"] }],
    ["no trait", { withoutTraits: ["tools"] }, { traits: ["stream"] }, { traits: ["tools"] }],
    ["all of it", { apiKeyIds: ["key"], dialects: ["gemini"] }, { dialect: "gemini" }, {}],
  ])("matches %s", (_what, match, yes, no) => {
    expect(leads(match, yes)).toBe(true)
    expect(leads(match, no)).toBe(false)
  })

  test("decides where it is the first that matches, and by nobody's model it is passed over", () => {
    const rules = [
      rule({ models: ["none*"] }, { model: "slow" }, "no"),
      rule({}, { model: "nobody" }, "gone"),
      rule({}, { model: "third" }, "yes"),
      rule({}, { model: "slow" }, "late"),
    ]
    const steps: RouteStep[] = []
    const route = router({ routing: { rules } }).route(ask(), (step) => steps.push(step))
    expect(route).toMatchObject({ model: "third", rule: "yes" })
    expect(steps.map((step) => (step.type === "rule" ? [step.rule, step.miss] : step.type))).toEqual([
      "name",
      ["no", "model"],
      ["gone", "not-offered"],
      ["yes", undefined],
    ])
  })

  test("names accounts and a strategy, and leaves the model as it is", () => {
    const rules = [rule({}, { accountTags: ["b", "a", "b"], strategy: "fill-first" })]
    const { route, tags } = router({ routing: { rules } })
    expect(route(ask())).toMatchObject({
      model: "fast",
      via: "exact",
      strategy: "fill-first",
      group: { tags: ["a", "b"] },
    })
    expect(tags).toEqual(new Set(["a", "b"]))
    expect(route(ask({ asked: "unknown" }))).toMatchObject({ type: "not-found", notFound: "unknown" })
  })

  test("refuses in its own words", () => {
    const rules = [rule({ traits: ["background"] }, { refuse: "no side calls" })]
    const { route } = router({ routing: { rules } })
    expect(route(ask({ traits: ["background"] }))).toEqual({ type: "refused", rule: "one", message: "no side calls" })
    expect(modelOf(route(ask()))).toBe("fast")
  })

  test("keeps what the name asked for, over what its own target asks", () => {
    const rules = [rule({}, { model: "slow(low)" })]
    const { route } = router({ routing: { rules } })
    const effort = (level: string) => ({ model: "slow", wish: { reasoning: { kind: "effort", level } } })
    expect(route(ask())).toMatchObject(effort("low"))
    expect(route(ask({ asked: "fast(high)" }))).toMatchObject(effort("high"))
  })

  test("asks for traits once, and only where one is wanted", () => {
    let asked = 0
    const traits = () => {
      asked++
      return { traits: 0, saysThinking: false }
    }
    const rules = [
      rule({ traits: ["tools"] }, { model: "slow" }),
      rule({ traits: ["stream"] }, { model: "slow" }, "two"),
    ]
    router({ routing: { rules: [rule({ dialects: ["gemini"], traits: ["tools"] }, { model: "slow" })] } }).route({
      ...ask(),
      traits,
    })
    expect(asked).toBe(0)
    router({ routing: { rules } }).route({ ...ask(), traits })
    expect(asked).toBe(1)
  })
})

describe("fallbacks", () => {
  const chains = (fallbacks: Routing["fallbacks"], world: World = {}) => {
    const { route } = router({ ...world, routing: { ...world.routing, fallbacks } })
    return (asked: string) => {
      const found = route(ask({ asked }))
      return found.type === "model" ? [found.model, ...found.fallbacks] : found.type
    }
  }

  test("follow one another, each once, with what follows them", () => {
    const of = chains([
      { model: "fast", next: ["slow", "third"] },
      { model: "slow", next: ["third", "image-1"] },
    ])
    expect(of("fast")).toEqual(["fast", "slow", "third", "image-1"])
    expect(of("retired")).toEqual(["slow", "third", "image-1"])
    expect(of("third")).toEqual(["third"])
  })

  test("look up each name once when they are compiled, in however many chains it stands", () => {
    const lookedUp: string[] = []
    const fallbacks = Array.from({ length: 50 }, (_, at) => ({
      model: `house-${at}`,
      next: [`house-${at + 1}`, "fast", `gone-${at}`],
    }))
    createRouter({ ...NO_ROUTING, fallbacks }, (asked) => {
      lookedUp.push(asked)
      return asked === "fast" ? { model: "fast", via: "exact" } : { notFound: asked, nearest: [] }
    })
    expect(lookedUp.length).toBe(new Set(lookedUp).size)
  })

  test("are named as clients name models, and pass over what nobody offers", () => {
    const of = chains([
      { model: "built-in", next: ["nobody", "fast"] },
      { model: "nobody", next: ["third"] },
    ])
    expect(of("slow")).toEqual(["slow", "third", "fast"])
  })

  test("lead on from a model that nobody offers", () => {
    const { route } = router({ routing: { fallbacks: [{ model: "gone", next: ["slow", "third"] }] } })
    const expected = { type: "model", model: "slow", unoffered: "gone", fallbacks: ["third"] }
    expect(route(ask({ asked: "gone" }))).toEqual({ ...expected, via: "alias" })
    // What the name asks goes with the request, and counts for its traits.
    const wish = { reasoning: { kind: "effort", level: "high" } }
    expect(route(ask({ asked: "models/gone(high)" }))).toMatchObject({ ...expected, wish })
    const led = router({ routing: { rules: [rule({ traits: ["thinking"] }, { model: "third" })] } })
    expect(led.route(ask({ asked: "nobody(high)" }))).toMatchObject({ model: "third", wish })
    const rules = [rule({}, { model: "gone" })]
    const ruled = router({ routing: { rules, fallbacks: [{ model: "gone", next: ["slow"] }] } })
    expect(ruled.route(ask())).toMatchObject({ model: "slow", unoffered: "gone", rule: "one" })
  })
})

describe("a routing as a whole", () => {
  const wrong = (routing: Partial<Routing>): string[] =>
    routingProblems({ ...NO_ROUTING, ...routing }).map(({ code, path }) => [code, ...path].join(" "))

  test.each<[string, Partial<Routing>, string]>([
    ["a circle of aliases", { aliases: { a: "b", b: "c", c: "a" } }, "cycle aliases 0 target"],
    ["a circle over patterns", { aliases: { "a*": "b", b: "a-1" } }, "cycle aliases 0 target"],
    ["an alias of itself", { aliases: { a: "a" } }, "cycle aliases 0 target"],
    ["two stars", { aliases: { "a*b*": "c" } }, "malformed_pattern aliases 0 name"],
    ["a star from nowhere", { aliases: { a: "b*" } }, "malformed_pattern aliases 0 target"],
    ["a blank", { aliases: { " a": "b" } }, "blank aliases 0 name"],
    ["an empty target", { aliases: { a: "" } }, "empty aliases 0 target"],
    ["two rules of one name", { rules: [rule({}, { model: "a" }), rule({}, { model: "b" })] }, "twice rules 1 name"],
    ["a rule that does nothing", { rules: [rule({}, {})] }, "empty rules 0 action"],
    ["a rule that does both", { rules: [rule({}, { refuse: "x", model: "a" })] }, "contradiction rules 0 action"],
    ["an empty list", { rules: [rule({ models: [] }, { model: "a" })] }, "empty_list rules 0 match models"],
    ["a pattern as a place", { rules: [rule({}, { model: "a*" })] }, "malformed_pattern rules 0 action model"],
    [
      "a trait that is had and lacked",
      { rules: [rule({ traits: ["tools"], withoutTraits: ["tools"] }, { model: "a" })] },
      "never_matches rules 0 match withoutTraits",
    ],
    ["a chain of none", { fallbacks: [{ model: "a", next: [] }] }, "empty_list fallbacks 0 next"],
    ["a pattern in a chain", { fallbacks: [{ model: "a*", next: ["b"] }] }, "malformed_pattern fallbacks 0"],
    [
      "a chain twice",
      {
        fallbacks: [
          { model: "a", next: ["b"] },
          { model: "models/a", next: ["c"] },
        ],
      },
      "twice fallbacks 1 model",
    ],
    [
      "a circle of fallbacks",
      {
        fallbacks: [
          { model: "a", next: ["x", "b"] },
          { model: "b", next: ["c"] },
          { model: "c", next: ["a(high)"] },
        ],
      },
      "cycle fallbacks 0 next",
    ],
    ["a fallback to itself", { fallbacks: [{ model: "a", next: ["a"] }] }, "cycle fallbacks 0 next"],
    ["too many", { fallbacks: [{ model: "a", next: "b c d e f g h i j".split(" ") }] }, "too_many fallbacks 0 next"],
  ])("is refused for %s", (_what, routing, code) => {
    expect(wrong(routing)).toEqual([code])
  })

  test.each<[string, Partial<Routing>]>([
    ["a family to one of its members", { aliases: { "claude-*": "claude-sonnet" } }],
    ["a name that only asks", { aliases: { a: "a(high)", "*-x": "*-x(low)" } }],
    [
      "two ways to one",
      {
        fallbacks: [
          { model: "a", next: ["b", "c"] },
          { model: "b", next: ["c"] },
        ],
      },
    ],
  ])("may hold %s", (_what, routing) => {
    expect(wrong(routing)).toEqual([])
  })
})

const name = fc.constantFrom(
  "fast",
  "slow",
  "third",
  "image-1",
  "a",
  "b",
  "c",
  "a*",
  "*b",
  "c*",
  "slow(high)",
  "retired",
  "",
)
const names = fc.array(name, { minLength: 1, maxLength: 4 })
const trait = fc.constantFrom(...REQUEST_TRAITS)
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const arbitraryRouting = fc.record({
  aliases: fc.dictionary(name, name, { maxKeys: 6 }),
  rules: fc.array(
    fc.record({
      name,
      match: fc.record({ models: optional(names), traits: optional(fc.array(trait)) }),
      action: fc.record({ model: optional(name), accountTags: optional(names), refuse: optional(name) }),
    }),
    { maxLength: 5 },
  ),
  fallbacks: fc.array(fc.record({ model: name, next: names }), { maxLength: 6 }),
})

describe("whatever an operator writes", () => {
  test("compiles, and every name has an end, circles or not", () => {
    fc.assert(
      fc.property(arbitraryRouting, fc.subarray(LIVE), name, fc.array(trait), (routing, live, asked, traits) => {
        const known = routing as Routing // undefined members are as good as absent ones
        const catalogues = live.length === 0 ? [] : [catalogue(live)]
        const resolve = createModelResolver({ aliases: {}, ownAliases: known.aliases, catalogues })
        routingProblems(known)
        const { route } = createRouter(known, resolve)
        const found = route(ask({ asked, traits }))
        expect(route(ask({ asked, traits }), () => undefined)).toEqual(found)
        if (found.type !== "model") return
        const all = [found.model, ...found.fallbacks]
        expect(new Set(all).size).toBe(all.length)
        if (live.length > 0) for (const model of all) expect(live).toContain(model)
      }),
      { numRuns: 500 },
    )
  })

  test("that passes the check has no chain that comes back to its model", () => {
    fc.assert(
      fc.property(arbitraryRouting, (routing) => {
        const known = routing as Routing // as above
        if (routingProblems(known).length > 0) return
        const byName = new Map(known.fallbacks.map(({ model, next }) => [model, next]))
        const reach = (from: string, seen: readonly string[]): void => {
          expect(seen).not.toContain(from)
          for (const next of byName.get(from) ?? []) reach(next, [...seen, from])
        }
        for (const { model } of known.fallbacks) reach(model, [])
      }),
    )
  })
})
