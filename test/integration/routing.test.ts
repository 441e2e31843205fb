/** What is set through GraphQL decides where requests go, and is explained as it is: control plane, data plane and simulator over real sockets. */
import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { RequestTrait } from "#shared/request-trait.ts"
import { routingProblems } from "#shared/routing-check.ts"
import type { Routing } from "#shared/routing.ts"
import { callOf, readError } from "../../data-plane/test/support/calls.ts"
import { fetchAnswer, type Answer } from "../../data-plane/test/support/client.ts"
import { accountOf, startPlanes, type Planes } from "../support/planes.ts"
import { waitFor } from "../support/wait-for.ts"

const MODEL = "gemini-3-flash"
const CLAUDE = "claude-sonnet-4-6"
const FAILURE = "... on Failure { code message path }"
const STATE = `revision accountTags keyTags aliases { name target note } fallbacks { model next } warnings { code about message path }
  rules { name enabled note match { apiKeyIds keyTags dialects models traits withoutTraits }
    action { model accountTags strategy refuse } }`
const UPDATE = `mutation ($input: UpdateRoutingInput!) { result: updateRouting(input: $input) {
  ... on UpdateRoutingSuccess { routing { ${STATE} } } ${FAILURE} } }`
const EXPLAIN = `query ($model: String!, $key: ID, $dialect: Dialect, $traits: [RequestTrait!]) {
  explainRoute(model: $model, apiKeyId: $key, dialect: $dialect, traits: $traits) {
    outcome rule accountTags strategy nearest steps trace { code text rule models } models { model census { known candidates outside } } } }`
const CHECK = `query ($input: UpdateRoutingInput!) { check: checkRouting(input: $input) {
  problems { code message path } warnings { code about message path } } }`
const TAGS = `mutation ($id: ID!, $tags: [String!]!) { updateAccount(id: $id, input: { tags: $tags }) { __typename } }`
const KEY_TAGS = `mutation ($id: ID!, $tags: [String!]!) { updateApiKey(id: $id, input: { tags: $tags }) { __typename } }`

let planes: Planes
let keyId: string
beforeAll(async () => {
  planes = await startPlanes({ env: { MAX_CONCURRENT_PER_ACCOUNT: "0" }, simulator: { quotaScale: 0 } })
  await planes.addAccount("a@example.test")
  const tagged = await planes.addAccount("b@example.test")
  await planes.control.data(TAGS, { id: tagged, tags: ["team", "of no rule"] })
  const { apiKeys } = await planes.control.data<{ apiKeys: { edges: { node: { id: string; name: string } }[] } }>(
    "{ apiKeys { edges { node { id name } } } }",
  )
  keyId = apiKeys.edges.find(({ node }) => node.name === "test")?.node.id ?? ""
})
afterAll(() => planes.stop())

interface Told {
  readonly code: string
  readonly message: string
  readonly path: readonly string[]
}
interface Warning extends Told {
  readonly about: string
}
interface State {
  readonly revision: string
  readonly warnings: readonly Warning[]
  readonly rules: readonly object[]
}
interface Result {
  readonly routing: State
  readonly code?: string
  readonly message?: string
  readonly path?: readonly string[]
}
interface Explanation {
  readonly outcome: "ROUTED" | "REFUSED" | "NOT_FOUND"
  readonly rule: string | null
  readonly steps: readonly string[]
  readonly trace: readonly { code: string; text: string; rule: string | null; models: readonly string[] }[]
  readonly nearest: readonly string[]
  readonly models: readonly { readonly model: string; readonly census: { candidates: number; outside: number } }[]
}

async function update(input: object): Promise<Result> {
  const { result } = await planes.control.data<{ result: Result }>(UPDATE, { input })
  // On a busy machine a data plane may take longer than a mutation waits for it.
  await planes.settled()
  return result
}
const clear = (): Promise<Result> => update({ aliases: [], rules: [], fallbacks: [] })
beforeEach(clear)

const enumName = (word: string): string => word.toUpperCase().replaceAll("-", "_")

async function explain(
  model: string,
  more: { traits?: readonly RequestTrait[]; dialect?: string } = {},
): Promise<Explanation> {
  const { traits = [], dialect = "openai-chat" } = more
  const variables = { model, key: keyId, dialect: enumName(dialect), traits: traits.map(enumName) }
  const { explainRoute } = await planes.control.data<{ explainRoute: Explanation }>(EXPLAIN, variables)
  return explainRoute
}

function ask(model: string, more: object = {}): Promise<Answer> {
  const { path, body } = callOf("openai-chat", "Hi [[sim:text=ok]]", { model, more })
  const headers = { authorization: `Bearer ${planes.key}`, "x-lagrange-explain": "1" }
  return fetchAnswer(`${planes.plane.url}${path}`, { body, headers })
}

const answeredBy = ({ headers }: Answer): string =>
  decodeURIComponent(String(headers["x-lagrange-route"]).split(" by ")[0] ?? "")

describe("updateRouting", () => {
  const rule = { name: "office", match: { apiKeyIds: [] as string[], models: [MODEL] }, action: { model: CLAUDE } }

  test("is in force when it answers, replaces the lists that are given, and keeps the others", async () => {
    const first = await update({
      aliases: [{ name: " house ", target: MODEL, note: "for people" }],
      rules: [{ ...rule, match: { apiKeyIds: [keyId], traits: ["STREAM"], withoutTraits: ["TOOLS"] } }],
      fallbacks: [{ model: MODEL, next: [CLAUDE] }],
    })
    expect(first.routing).toMatchObject({
      aliases: [{ name: "house", target: MODEL, note: "for people" }],
      rules: [{ name: "office", enabled: true, match: { apiKeyIds: [keyId], keyTags: null, traits: ["STREAM"] } }],
      fallbacks: [{ model: MODEL, next: [CLAUDE] }],
      warnings: [],
    })
    expect(answeredBy(await ask("house"))).toBe(MODEL)
    expect(answeredBy(await ask("house", { stream: true }))).toBe(CLAUDE)
    const second = await update({ rules: [{ ...rule, enabled: false, match: null }] })
    expect(second.routing).toMatchObject({ aliases: [{ name: "house" }], rules: [{ enabled: false }] })
    expect(second.routing.revision).not.toBe(first.routing.revision)
    expect(answeredBy(await ask("house", { stream: true }))).toBe(MODEL)
    expect((await update({ rules: [], revision: first.routing.revision })).code).toBe("changed_meanwhile")
    expect((await update({ rules: [], revision: second.routing.revision })).routing.rules).toEqual([])
  })

  test.each<[string, object, string, string]>([
    [
      "aliases in a circle",
      {
        aliases: [
          { name: "a", target: "b" },
          { name: "b", target: "a" },
        ],
      },
      "cycle",
      "aliases.0.target",
    ],
    [
      "an alias twice",
      {
        aliases: [
          { name: "a", target: "b" },
          { name: "a", target: "c" },
        ],
      },
      "twice",
      "aliases.1.name",
    ],
    [
      "fallbacks in a circle",
      {
        fallbacks: [
          { model: "a", next: ["b"] },
          { model: "b", next: ["a"] },
        ],
      },
      "cycle",
      "fallbacks.0.next",
    ],
    [
      "words in brackets in a chain",
      { fallbacks: [{ model: "a", next: ["b(high)"] }] },
      "not_used",
      "fallbacks.0.next",
    ],
    ["words in brackets on a chain", { fallbacks: [{ model: "a[1m]", next: ["b"] }] }, "not_used", "fallbacks.0.model"],
    ["an empty list", { rules: [rule] }, "empty_list", "rules.0.match.apiKeyIds"],
    ["no action", { rules: [{ name: "x", action: {} }] }, "empty", "rules.0.action"],
    ["a long note", { aliases: [{ name: "a", target: "b", note: "x".repeat(1_001) }] }, "too_long", "aliases.0.note"],
  ])("refuses %s, and nothing of it is kept", async (_what, input, code, path) => {
    const before = (await clear()).routing.revision
    const result = await update({ aliases: [{ name: "kept", target: MODEL }], ...input })
    expect([result.code, result.path?.join(".")]).toEqual([code, `input.${path}`])
    expect((await update({})).routing.revision).toBe(before)
  })

  test("warns of what has no effect now", async () => {
    const { routing } = await update({
      aliases: [{ name: "a", target: "nobody" }],
      rules: [
        { name: "gone", action: { model: "nobody" } },
        { name: "tags", match: { keyTags: ["none"], apiKeyIds: ["key_none"] }, action: { accountTags: ["none"] } },
        { name: "all", action: { strategy: "WEIGHTED" } },
        { name: "late", action: { model: MODEL } },
      ],
      fallbacks: [{ model: MODEL, next: ["nobody", CLAUDE] }],
    })
    expect(routing).toMatchObject({ accountTags: ["of no rule", "team"], keyTags: [] })
    expect(routing.warnings.map(({ path, code, about }) => [path.join("."), code, about])).toEqual([
      ["aliases.0.target", "NOT_OFFERED", "nobody"],
      ["rules.0.action.model", "NOT_OFFERED", "nobody"],
      ["rules.1.match.apiKeyIds", "NO_SUCH_KEY", "key_none"],
      ["rules.1.match.keyTags", "NO_SUCH_KEY_TAG", "none"],
      ["rules.1.action.accountTags", "NO_SUCH_ACCOUNT_TAG", "none"],
      ["rules.3.match", "COVERED", "all"],
      ["fallbacks.0.next", "NOT_OFFERED", "nobody"],
    ])
  })

  test("is told before what would come of it: all that is wrong, and what would have no effect", async () => {
    const { routing } = await update({ aliases: [{ name: "kept", target: MODEL }] })
    const { check } = await planes.control.data<{ check: { problems: Told[]; warnings: Warning[] } }>(CHECK, {
      input: {
        aliases: [{ name: "kept", target: "kept" }],
        rules: [
          { name: "twice", action: { model: MODEL } },
          { name: "twice", action: {} },
        ],
        fallbacks: [{ model: MODEL, next: ["nobody", "a(high)"] }],
      },
    })
    expect(check.problems.map(({ code, path }) => [path.join("."), code])).toEqual([
      ["fallbacks.0.next", "not_used"],
      ["aliases.0.target", "cycle"],
      ["rules.1.name", "twice"],
      ["rules.1.action", "empty"],
    ])
    expect(check.warnings.map(({ code, about }) => [code, about])).toEqual([
      ["COVERED", "twice"],
      ["NOT_OFFERED", "nobody"],
      ["NOT_OFFERED", "a(high)"],
    ])
    expect((await update({})).routing.revision).toBe(routing.revision)
  })

  test("leaves an event with what was and what is", async () => {
    await update({ fallbacks: [{ model: MODEL, next: [CLAUDE] }] })
    const { prisma } = planes.control.controlPlane.services.database
    const event = await prisma.auditEvent.findFirstOrThrow({
      where: { action: "updateRouting" },
      orderBy: { sequence: "desc" },
    })
    expect(event).toMatchObject({ objectKind: "ROUTING", outcome: "DONE" })
    expect(`${event.before} → ${event.after}`).toContain(`→ {"fallback ${MODEL}":["${CLAUDE}"]`)
  })
})

describe("a rule", () => {
  const to = { model: CLAUDE }
  const keyed = async (tags: readonly string[]): Promise<Answer> => {
    await planes.control.data(KEY_TAGS, { id: keyId, tags })
    await planes.settled()
    return ask(MODEL)
  }

  test.each<[word: string, fits: object, fitsNot: object]>([
    ["apiKeyIds", { apiKeyIds: ["{key}"] }, { apiKeyIds: ["key_other"] }],
    ["dialects", { dialects: ["GEMINI", "OPENAI_CHAT"] }, { dialects: ["GEMINI"] }],
    ["models", { models: ["gemini-*-flash"] }, { models: ["gpt-*"] }],
    ["traits", { traits: ["TOOLS"] }, { traits: ["TOOLS", "STREAM"] }],
    ["withoutTraits", { withoutTraits: ["STREAM"] }, { withoutTraits: ["TOOLS"] }],
  ])("is for who fits its %s, as explainRoute says", async (_word, fits, fitsNot) => {
    for (const [match, model] of [
      [fits, CLAUDE],
      [fitsNot, MODEL],
    ] as const) {
      const given = JSON.parse(JSON.stringify(match).replace("{key}", keyId)) as object // the same with the key's id
      await update({ rules: [{ name: "some", match: given, action: to }] })
      expect(answeredBy(await ask(MODEL, { tools: [tool] }))).toBe(model)
      expect((await explain(MODEL, { traits: ["tools"] })).models[0]?.model).toBe(model)
    }
  })

  test("is for keys with its keyTags; explainRoute asks for a key and a dialect", async () => {
    await update({ rules: [{ name: "tagged", match: { keyTags: ["vip"], dialects: ["OPENAI_CHAT"] }, action: to }] })
    expect(answeredBy(await keyed([]))).toBe(MODEL)
    expect(answeredBy(await keyed(["vip"]))).toBe(CLAUDE)
    expect((await explain(MODEL)).rule).toBe("tagged")
    expect((await explain(MODEL, { dialect: "gemini" })).rule).toBeNull()
    const { explainRoute } = await planes.control.data<{ explainRoute: Explanation }>(EXPLAIN, { model: MODEL })
    expect(explainRoute.rule).toBeNull()
    await keyed([])
  })

  test("refuses, chooses accounts by their tags, or chooses them by another strategy", async () => {
    await update({ rules: [{ name: "closed", note: "for people", action: { refuse: "not before Monday" } }] })
    const refused = await ask(MODEL)
    expect([refused.status, readError("openai-chat", refused).message]).toEqual([
      403,
      expect.stringContaining("not before Monday"),
    ])
    const served = async (action: object): Promise<number> => {
      const { routing } = await update({ rules: [{ name: "some", note: "for people", action }] })
      expect(routing.rules).toMatchObject([{ note: "for people" }])
      const answers = []
      for (let turn = 0; turn < 3; turn++) answers.push(await planes.ask(`${Math.random()} [[sim:text=ok]]`))
      return new Set(answers.map(accountOf)).size
    }
    expect(await served({ strategy: "ROUND_ROBIN" })).toBe(2)
    expect(await served({ strategy: "FILL_FIRST" })).toBe(1)
    expect(await served({ strategy: "ROUND_ROBIN", accountTags: ["team"] })).toBe(1)
    expect(accountOf(await ask(MODEL))).toBe("b@example.test")
  })
})

test("what follows when nobody can serve a model is the chain's next", async () => {
  expect((await ask("nobody")).status).toBe(404)
  await update({ aliases: [{ name: "nobody", target: MODEL }], fallbacks: [{ model: MODEL, next: [CLAUDE] }] })
  expect(answeredBy(await ask("nobody"))).toBe(MODEL)
  const off = `mutation ($models: [String!]!) { updateAccounts(filter: {}, input: { disabledModels: $models }, expectedCount: 2) { __typename } }`
  await planes.control.data(off, { models: [MODEL] })
  await planes.settled()
  expect(answeredBy(await ask("nobody"))).toBe(CLAUDE)
  await planes.control.data(off, { models: [] })
})

describe("explainRoute", () => {
  test("tells each step in plain words", async () => {
    await update({
      rules: [
        { name: "other", match: { models: ["gpt-*"] }, action: { refuse: "no" } },
        { name: "team", match: { traits: ["TOOLS"] }, action: { model: "claude-sonnet-4-5", accountTags: ["team"] } },
      ],
      fallbacks: [{ model: CLAUDE, next: [MODEL] }],
    })
    const { steps, trace, ...told } = await explain(MODEL, { traits: ["tools"] })
    expect(trace.map(({ text }) => text)).toEqual(steps)
    expect(trace.map(({ code, rule, models }) => [code, rule, models])).toEqual([
      ["NAME_EXACT", null, [MODEL]],
      ["RULE_OTHER_MODEL", "other", []],
      ["RULE_DECIDES", "team", ["claude-sonnet-4-5"]],
      ["FALLBACKS", null, [MODEL]],
      ["ACCOUNTS", null, [CLAUDE]],
      ["ACCOUNTS", null, [MODEL]],
    ])
    expect(steps).toEqual([
      `${MODEL} means ${MODEL}, which accounts list.`,
      "The rule other does not count: it is for other models.",
      "The rule team decides: it goes to claude-sonnet-4-5, only accounts tagged team serve it.",
      `When nobody can serve it: ${MODEL}.`,
      `1 of 2 accounts tagged team could serve ${CLAUDE}; of the others are 1 without such a tag.`,
      `1 of 2 accounts tagged team could serve ${MODEL}; of the others are 1 without such a tag.`,
    ])
    expect(told).toMatchObject({ outcome: "ROUTED", rule: "team", models: [{ model: CLAUDE }, { model: MODEL }] })
    const unknown = await explain("gemini-3-flsh")
    expect(unknown).toMatchObject({ outcome: "NOT_FOUND", rule: null, models: [] })
    expect(unknown.nearest[0]).toBe(MODEL)
  })

  test("is what the data plane does, whatever is set", async () => {
    const name = fc.constantFrom(
      MODEL,
      CLAUDE,
      "gemini-3.1-flash-lite",
      "claude-haiku-4-5",
      "own",
      "nobody",
      "own-*",
      `${MODEL}(low)`,
    )
    const plain = name.filter((one) => !one.includes("*"))
    const traits = fc.subarray<RequestTrait>(["stream", "tools", "thinking"], { minLength: 1 })
    const match = fc.oneof(
      fc.constant({}),
      fc.record({ models: fc.array(name, { minLength: 1, maxLength: 3 }) }),
      fc.record({ traits }),
      fc.record({ withoutTraits: traits }),
      fc.record({ apiKeyIds: fc.constantFrom(["key_other"], [keyId]) }),
    )
    const action = fc.oneof(
      fc.record({ model: plain }),
      fc.record({ accountTags: fc.constantFrom(["team"], ["nobody's"]) }),
      fc.record({ model: plain, strategy: fc.constant("fill-first" as const), accountTags: fc.constant(["team"]) }),
      fc.record({ refuse: fc.constant("no") }),
    )
    const rules = fc.uniqueArray(fc.record({ name: fc.constantFrom("one", "two", "three"), match, action }), {
      selector: (one) => one.name,
      maxLength: 3,
    })
    // A chain is between models, without words in brackets.
    const bare = plain.filter((one) => !one.includes("("))
    const fallbacks = fc.uniqueArray(
      fc.record({ model: bare, next: fc.uniqueArray(bare, { minLength: 1, maxLength: 2 }) }),
      {
        selector: (one) => one.model,
        maxLength: 3,
      },
    )
    const aliases = fc.dictionary(fc.constantFrom("own", "own-*", "claude-haiku-4-5"), plain, { maxKeys: 2 })
    const routing: fc.Arbitrary<Routing> = fc.record({ aliases, rules, fallbacks })
    const asks = fc.array(fc.record({ model: fc.oneof(plain, fc.constant("own-x")), traits }), {
      minLength: 3,
      maxLength: 3,
    })
    let routed = 0
    await fc.assert(
      fc.asyncProperty(
        routing.filter((one) => routingProblems(one).length === 0),
        asks,
        async (one, asked) => {
          expect((await update(inputOf(one))).code).toBeUndefined()
          for (const { model, traits: has } of asked) {
            const answer = await ask(model, wireOf(has))
            const told = await explain(model, { traits: has })
            const serving = told.models.find(({ census }) => census.candidates > 0)
            const expected = { ROUTED: serving === undefined ? 503 : 200, REFUSED: 403, NOT_FOUND: 404 }[told.outcome]
            expect([answer.status, answer.status === expected ? "" : answer.text, told.steps]).toEqual([
              expected,
              "",
              told.steps,
            ])
            if (serving === undefined) continue
            routed++
            expect(answeredBy(answer)).toBe(serving.model)
            expect(String(answer.headers["x-lagrange-route"]).includes("; rule ")).toBe(told.rule !== null)
          }
        },
      ),
      { numRuns: 12, endOnFailure: true },
    )
    expect(routed).toBeGreaterThan(5)
  })
})

const tool = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }

function wireOf(traits: readonly RequestTrait[]): object {
  return {
    ...(traits.includes("stream") ? { stream: true } : {}),
    ...(traits.includes("tools") ? { tools: [tool] } : {}),
    ...(traits.includes("thinking") ? { reasoning_effort: "low" } : {}),
  }
}

function inputOf({ aliases, rules, fallbacks }: Routing): object {
  const words = (list: readonly string[] | undefined): string[] | undefined => list?.map(enumName)
  return {
    aliases: Object.entries(aliases).map(([name, target]) => ({ name, target })),
    rules: rules.map(({ name, match, action }) => ({
      name,
      match: { ...match, traits: words(match.traits), withoutTraits: words(match.withoutTraits) },
      action: { ...action, strategy: words(action.strategy && [action.strategy])?.[0] },
    })),
    fallbacks,
  }
}

describe("models", () => {
  const MODELS = `{ models { id quotaBucket isNew goneAt offeredBy usableBy maxInputTokens supportsThinking aliases fallbacks } }`
  interface Model {
    readonly id: string
    readonly goneAt: string | null
  }
  const read = async () => (await planes.control.data<{ models: Model[] }>(MODELS)).models
  const find = async (id: string) => (await read()).find((model) => model.id === id)

  test("are what accounts offer, with their names and who offers them, and tell when one is gone", async () => {
    await update({ aliases: [{ name: "house", target: MODEL }], fallbacks: [{ model: MODEL, next: [CLAUDE] }] })
    const flash = await waitFor(() => find(MODEL))
    expect(flash).toMatchObject({
      quotaBucket: "GEMINI",
      isNew: false,
      goneAt: null,
      offeredBy: 2,
      usableBy: 2,
      fallbacks: [CLAUDE],
    })
    expect(flash).toMatchObject({ aliases: expect.arrayContaining(["house", "gemini-3-flash-preview"]) })
    const { prisma } = planes.control.controlPlane.services.database
    const only = { models: [{ id: CLAUDE }], deprecatedModelIds: {} }
    await prisma.catalogue.create({ data: { id: "one-model", body: only, createdAt: new Date() } })
    await prisma.account.updateMany({ data: { catalogueId: "one-model" } })
    await planes.settled()
    await waitFor(async () => typeof (await find(MODEL))?.goneAt === "string")
    expect(await find(CLAUDE)).toMatchObject({ goneAt: null })
  })
})

test("the record shows the name that was asked, the model, and the rule", async () => {
  await update({ rules: [{ name: "office", match: { models: ["own"] }, action: { model: CLAUDE } }] })
  const answer = await ask("own")
  const query = `query ($id: ID!) { request(id: $id) { requestedModel model route { rule accountTags strategy fallbacks { from } } } }`
  const { request } = await waitFor(async () => {
    const data = await planes.control.data<{ request: object | null }>(query, { id: answer.headers["x-request-id"] })
    return data.request === null ? undefined : data
  })
  expect(request).toEqual({
    requestedModel: "own",
    model: CLAUDE,
    route: { rule: "office", accountTags: [], strategy: null, fallbacks: [] },
  })
})
