/** Models and routing of the fake control plane: what one sends is put in force, and what is found of it is what the test says. */

interface Told {
  code: string
  message: string
  path: readonly string[]
}

interface Rule {
  name: string
  enabled: boolean
  note: string | null
  match: Record<string, unknown>
  action: Record<string, unknown>
}

interface Lists {
  aliases: { name: string; target: string; note?: string | null }[]
  rules: Rule[]
  fallbacks: { model: string; next: string[] }[]
}

export interface RoutingWorld {
  models: Record<string, unknown>[]
  routing: Lists & { revision: number; warnings: (Told & { about: string })[] }
  /** What checkRouting and updateRouting find wrong; none: it is taken. */
  routingProblems: Told[]
  /** Every input of updateRouting. */
  routingUpdates: Record<string, unknown>[]
  /** What explainRoute was asked last, and what it answers. */
  explained: Record<string, unknown> | undefined
  explanation: Record<string, unknown>
}

const noMatch = { apiKeyIds: null, keyTags: null, dialects: null, models: null, traits: null, withoutTraits: null }
const noAction = { model: null, accountTags: null, strategy: null, refuse: null }

/** A rule as the schema wants it; `given` says what is special about it. */
export function fakeRule(given: Partial<Rule> & { name: string }): Rule {
  const { match, action, ...rest } = given
  return {
    enabled: true,
    note: null,
    ...rest,
    match: { ...noMatch, ...match },
    action: { ...noAction, ...(action ?? { model: "gemini-3-flash" }) },
  }
}

/** A model as the schema wants it; `given` says what is special about it. */
export function fakeModel(given: Record<string, unknown> & { id: string }): Record<string, unknown> {
  return {
    displayName: null,
    isNew: false,
    isInternal: false,
    firstSeenAt: "2026-01-01T00:00:00Z",
    goneAt: null,
    offeredBy: 2,
    usableBy: 2,
    quotaBucket: "GEMINI",
    maxInputTokens: 1_048_576,
    maxOutputTokens: 65_536,
    supportsThinking: true,
    supportsImages: true,
    supportsWebSearch: null,
    thinkingBudget: -1,
    minThinkingBudget: 128,
    aliases: [],
    retiredNames: [],
    fallbacks: [],
    ...given,
  }
}

/** An explanation as the schema wants it; `given` says what is special about it. */
export function fakeExplanation(given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    asked: "gemini-3-flash",
    outcome: "ROUTED",
    rule: null,
    accountTags: [],
    strategy: null,
    nearest: [],
    steps: [],
    trace: [],
    models: [],
    ...given,
  }
}

export const fakeCensus = (given: Record<string, unknown> = {}): Record<string, unknown> => ({
  known: 2,
  candidates: 2,
  unusable: 0,
  outside: 0,
  notOffered: 0,
  modelOff: 0,
  resting: 0,
  probing: 0,
  tried: 0,
  ...given,
})

export const emptyRoutingWorld = (): RoutingWorld => ({
  models: [],
  routing: { aliases: [], rules: [], fallbacks: [], warnings: [], revision: 1 },
  routingProblems: [],
  routingUpdates: [],
  explained: undefined,
  explanation: fakeExplanation(),
})

export function routingFields(world: RoutingWorld): Record<string, unknown> {
  const routing = () => ({
    ...world.routing,
    aliases: world.routing.aliases.map((alias) => ({ note: null, ...alias })),
    revision: String(world.routing.revision),
    builtInAliases: [{ name: "gemini-3-pro", target: "gemini-pro-agent", note: null }],
    accountTags: ["team"],
    keyTags: ["ci"],
  })
  return {
    models: () => world.models,
    routing,
    checkRouting: () => ({ problems: world.routingProblems, warnings: world.routing.warnings }),
    explainRoute: (asked: Record<string, unknown>) => {
      world.explained = { ...asked }
      return world.explanation
    },
    updateRouting: ({ input }: { input: Partial<Lists> & { revision: string } }) => {
      world.routingUpdates.push(structuredClone({ ...input }))
      const [problem] = world.routingProblems
      if (problem !== undefined) return { __typename: "InvalidInput", ...problem, path: ["input", ...problem.path] }
      if (input.revision !== String(world.routing.revision)) {
        return { __typename: "Refused", code: "changed_meanwhile", message: "Read it again.", path: [] }
      }
      const { aliases, rules, fallbacks } = input
      world.routing = {
        ...world.routing,
        aliases: aliases ?? world.routing.aliases,
        rules: rules?.map(fakeRule) ?? world.routing.rules,
        fallbacks: fallbacks ?? world.routing.fallbacks,
        revision: world.routing.revision + 1,
      }
      return { __typename: "UpdateRoutingSuccess", routing: routing() }
    },
  }
}
