/** What a stranger may count on in the schema: everything is described, lists that grow are pages, and one thing has one form. */
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
} from "graphql"
import { describe, expect, test } from "vitest"
import { createSchema } from "./schema.ts"

const schema = createSchema()
const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
)

interface Described {
  /** Such as Query.accounts(first). */
  readonly name: string
  readonly description: string | null | undefined
}

type Field = GraphQLField<unknown, unknown>

function outputFields(type: GraphQLNamedType): Field[] {
  return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
}

function parts(type: GraphQLNamedType): Described[] {
  const named = ({ name, description }: Described): Described => ({ name: `${type.name}.${name}`, description })
  if (isEnumType(type)) return type.getValues().map(named)
  if (isInputObjectType(type)) return Object.values(type.getFields()).map(named)
  return outputFields(type).flatMap((field) => [
    named(field),
    ...field.args.map(({ name, description }) => named({ name: `${field.name}(${name})`, description })),
  ])
}

const described: Described[] = types.flatMap((type) => [type, ...parts(type)])

describe("descriptions", () => {
  test("everything has one", () => {
    expect(described.length).toBeGreaterThan(1_000)
    expect(described.filter(({ description }) => (description ?? "").trim() === "").map(({ name }) => name)).toEqual([])
  })

  test("each is a sentence, and says more than the name does", () => {
    const words = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? []
    const isFiller = ({ name, description }: Described): boolean => {
      const own = (name.split(/[.(]/).at(-1) ?? "").replaceAll(/([A-Z])/g, " $1")
      const known = new Set([...words(own), "the", "a", "an", "of", "its", "this", "is"])
      return words(description ?? "").every((word) => known.has(word))
    }
    expect(described.filter(({ description }) => !/^\S.*[.)]$/s.test(description ?? ""))).toEqual([])
    expect(described.filter(isFiller)).toEqual([])
  })

  test("none counts on an order that the schema does not have: it is told and printed by the alphabet", () => {
    const counts =
      /\b(?:this|their) order\b(?!:)|\b(?:here and|and) (?:above|below)\b|\bone of \w+ to \w+|\beach holds the ones before\b/
    expect(described.filter(({ description }) => counts.test(description ?? ""))).toEqual([])
  })
})

const rootFields = (type: ReturnType<typeof schema.getQueryType>): Field[] =>
  isObjectType(type) ? outputFields(type) : []
const mutations = rootFields(schema.getMutationType())
const queries = rootFields(schema.getQueryType())

describe("mutations", () => {
  test.each(mutations.map((field) => [field.name, field] as const))(
    "%s answers with its success or a failure",
    (name, { type }) => {
      const base = name.charAt(0).toUpperCase() + name.slice(1)
      const result = getNamedType(type)
      if (!isUnionType(result)) throw new Error(`${name} does not answer with a union`)
      expect(String(type)).toBe(`${base}Result!`)
      expect(
        result
          .getTypes()
          .map((member) => member.name)
          .toSorted(),
      ).toEqual([`${base}Success`, "InvalidInput", "Refused"].toSorted())
    },
  )

  /** Which accounts and what becomes of them are objects already; what guards the call stands beside them. */
  const MANY_ARGUMENTS = ["releaseCooldowns", "removeAccounts", "updateAccounts"]

  test("take an input object where there is more to say than two values", () => {
    const many = mutations.filter(({ args }) => args.length > 2).map(({ name }) => name)
    expect(many.toSorted()).toEqual(MANY_ARGUMENTS)
  })

  test("name the row `id`, or `accountId` where the verb is not about the account itself, and what is given `input`", () => {
    for (const { name, args } of mutations) {
      const [objects, ids] = [
        args.filter(({ type }) => isInputObjectType(getNamedType(type))).map((argument) => argument.name),
        args.filter(({ type }) => String(getNamedType(type)) === "ID").map((argument) => argument.name),
      ]
      expect({ name, stray: objects.filter((one) => !["input", "filter"].includes(one)) }).toEqual({ name, stray: [] })
      expect({ name, stray: ids.filter((one) => !["id", "accountId"].includes(one)) }).toEqual({ name, stray: [] })
    }
  })
})

describe("lists", () => {
  /** Lists of objects that are no pages, each with what bounds it. */
  const BOUNDED: Readonly<Record<string, string>> = {
    "Query.adminTokens": "1,000 at most are told",
    "Query.administrators": "1,000 at most are allowed",
    "Query.alertRules": "100 at most are allowed",
    "CapturedExchange.attempts": "8 at most are captured",
    "CapturedRequest.headers": "those of a list",
    "Query.capturedApiKeys": "each was asked for by hand within a day",
    "Query.models": "what providers offer, and what has gone for 180 days",
    "Query.nodes": "1,000 at most are told",
    "Query.quotaForecast": "one a bucket and window",
    "Query.quotaHistory": "1,000 points at most",
    "Query.recentTraffic": "90 seconds",
    "Query.sessions": "1,000 at most are told, 50 of each administrator are kept",
    "Query.usage": "a range that asks for too many points is refused",
    "Query.webhooks": "50 at most are allowed",
    "Account.cooldowns": "one a bucket",
    "Account.quota": "one a bucket and window",
    "Account.quotaForecast": "one a bucket and window",
    "Account.quotaHistory": "1,000 points at most",
    "Alert.deliveries": "the last 50 are told",
    "Alert.evidence": "20 at most are kept",
    "ApiKey.replaced": "10 at most are kept",
    "AuditEvent.changes": "the fields of one object",
    "AuditVerification.faults": "100 at most",
    "ImportAccountsSuccess.counts": "one an outcome",
    "ImportAccountsSuccess.rows": "the rows of a document, whose size is bounded",
    "ReleaseConversationsSuccess.refusals": "data planes",
    "ReleaseConversationsSuccess.unanswered": "data planes",
    "Request.attempts": "MAX_ATTEMPTS",
    "RequestRoute.fallbacks": "8 at most",
    "Translation.changes": "1,000 at most are kept",
    "RouteExplanation.models": "the model and its fallbacks",
    "RouteExplanation.trace": "one for each rule and fallback, and a few",
    "Routing.aliases": "what one update may hold",
    "Routing.builtInAliases": "a list of this version",
    "Routing.fallbacks": "what one update may hold",
    "Routing.rules": "what one update may hold",
    "Routing.warnings": "a few for each rule",
    "RoutingCheck.problems": "a few for each entry of one update",
    "RoutingCheck.warnings": "a few for each rule",
    "SchemaReport.listed": "cut where it is recorded",
    "Settings.entries": "a list of this version",
    "TestAccountSuccess.steps": "the steps, and the models of one account",
  }

  const isEdge = (type: GraphQLNamedType): boolean => type.name.endsWith("Edge")
  const lists = types.flatMap((type) =>
    outputFields(type)
      .filter((field) => isListType(getNullableType(field.type)))
      .filter((field) => isObjectType(getNamedType(field.type)) && !isEdge(getNamedType(field.type)))
      .map(({ name }) => `${type.name}.${name}`),
  )

  test("of objects are connections, or bounded for a reason", () => {
    expect(lists.toSorted()).toEqual(Object.keys(BOUNDED).toSorted())
  })

  const connections = types.filter((type) => type.name.endsWith("Connection"))

  test("that are connections all have Relay's form", () => {
    expect(connections.length).toBeGreaterThan(4)
    for (const connection of connections) {
      const node = connection.name.slice(0, -"Connection".length)
      const fields = Object.fromEntries(outputFields(connection).map(({ name, type }) => [name, String(type)]))
      expect(fields).toMatchObject({ edges: `[${node}Edge!]!`, pageInfo: "PageInfo!" })
      const edge = schema.getType(`${node}Edge`)
      expect(edge && outputFields(edge).map(({ name, type }) => `${name}: ${String(type)}`)).toEqual([
        "cursor: String!",
        `node: ${node}!`,
      ])
    }
  })

  test("that are connections take first, after and a filter of their own", () => {
    const paged = queries.filter(({ type }) => getNamedType(type).name.endsWith("Connection"))
    expect(paged.length).toBe(connections.length)
    for (const { name, args } of paged) {
      const typed = args.map((argument: GraphQLArgument) => `${argument.name}: ${String(argument.type)}`)
      expect(typed).toEqual(expect.arrayContaining(["first: Int", "after: String"]))
      const others = args.map((argument) => argument.name).filter((one) => !["first", "after"].includes(one))
      expect({ name, stray: others.filter((one) => !["filter", "order"].includes(one)) }).toEqual({ name, stray: [] })
    }
  })
})

describe("names", () => {
  const enumValues = types.filter(isEnumType).flatMap((type) => type.getValues().map(({ name }) => name))
  const fieldsOf = (type: GraphQLNamedType): readonly { readonly name: string; readonly type: unknown }[] =>
    isInputObjectType(type) ? Object.values(type.getFields()) : outputFields(type)
  const members = types.flatMap((type) => [
    ...fieldsOf(type).map((field) => ({
      of: type.name,
      name: field.name,
      type: String(field.type).replaceAll(/[[\]!]/g, ""),
    })),
    ...outputFields(type).flatMap((field) =>
      field.args.map((argument) => ({
        of: `${type.name}.${field.name}`,
        name: argument.name,
        type: String(argument.type).replaceAll(/[[\]!]/g, ""),
      })),
    ),
  ])

  test("are in the field's cases", () => {
    expect(types.map(({ name }) => name).filter((name) => !/^[A-Z][A-Za-z]*$/.test(name))).toEqual([])
    expect(members.map(({ name }) => name).filter((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))).toEqual([])
    expect(enumValues.filter((name) => !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(name))).toEqual([])
  })

  /** What has a word in the glossary, with the words that are not for it. */
  const ONE_WORD: Readonly<Record<string, readonly string[]>> = {
    enabled: ["disabled", "isEnabled", "isDisabled", "active", "isActive"],
    first: ["limit", "last", "pageSize"],
    after: ["before", "offset", "page"],
    since: ["from", "start", "startTime", "begin"],
    until: ["to", "end", "endTime"],
    node: ["dataPlane", "worker", "instance"],
    apiKey: ["key", "clientKey"],
    createdAt: ["addedAt", "creationTime"],
    note: ["comment", "remark"],
    tags: ["labels", "groups"],
  }
  /** Two ends of a change or of a line, which are no time and no page. */
  const OTHER_THINGS = [
    "AuditChange.before",
    "AuditFault.from",
    "AuditFault.to",
    "RequestFallback.from",
    "RequestFallback.to",
  ]

  test("are the glossary's: one word for one thing", () => {
    const strays = new Set(Object.values(ONE_WORD).flat())
    const used = members.filter(({ name }) => strays.has(name)).map((member) => `${member.of}.${member.name}`)
    expect(used.toSorted()).toEqual(OTHER_THINGS)
  })

  /** What a mutation may do. `add` and `import` bring what exists elsewhere, `create` makes it; `end` is for sessions, `remove` for the rest. */
  const VERBS =
    /^(?:add|change|complete|create|drain|end|export|import|reauthenticate|release|remove|replay|reset|resume|rotate|sign|start|sync|test|update)(?=[A-Z]|$)/

  test("of mutations begin with one of few verbs", () => {
    expect(mutations.map(({ name }) => name).filter((name) => !VERBS.test(name))).toEqual([])
  })

  test("say what they hold: moments end in At, Since or Until, durations and sizes in their unit", () => {
    const isMoment = (name: string): boolean =>
      /^(?:at|since|until|earliest|likely|latest)$|(?:At|Since|Until)$/.test(name)
    const moments = members.filter(({ type }) => type === "DateTime")
    expect(moments.length).toBeGreaterThan(40)
    expect(moments.filter(({ name }) => !isMoment(name))).toEqual([])
    const durations = members.filter(({ name }) => /delay|duration|overhead|wait(?!ing|ed$)/i.test(name))
    expect(durations.filter(({ name, type }) => type !== "Durations" && !/(?:Ms|Us|Seconds)$/.test(name))).toEqual([])
  })

  test("scalars of our own are the two that the guide explains", () => {
    expect(types.filter(isScalarType).map(({ name }) => name)).toEqual(["BigInt", "DateTime"])
  })
})
