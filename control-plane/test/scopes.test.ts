import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  type GraphQLField,
  type GraphQLInputType,
} from "graphql"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createSchema } from "../src/graphql/schema.ts"
import { startTestControlPlane, type TestControlPlane } from "./support/control-plane.ts"
import { subscribe } from "./support/event-stream.ts"

const SCOPES = ["READ", "OPERATE", "ADMIN"] as const
type Needed = (typeof SCOPES)[number] | "PUBLIC"

/** Who may use each root field: the one place where a new field has to be written down. */
const NEEDED: Record<string, Needed> = {
  "Query.account": "READ",
  "Query.accounts": "READ",
  "Query.adminTokens": "ADMIN",
  "Query.apiKeys": "READ",
  "Query.gatewayUrl": "READ",
  "Query.nodes": "READ",
  "Query.oauthClient": "READ",
  "Query.pool": "READ",
  "Query.request": "READ",
  "Query.requests": "READ",
  "Query.settings": "READ",
  "Query.termsNotice": "READ",
  "Query.viewer": "PUBLIC",
  "Mutation.addAccount": "OPERATE",
  "Mutation.completeOAuth": "OPERATE",
  "Mutation.createAdminToken": "ADMIN",
  "Mutation.createApiKey": "OPERATE",
  "Mutation.createNode": "ADMIN",
  "Mutation.releaseConversations": "OPERATE",
  "Mutation.releaseCooldown": "OPERATE",
  "Mutation.removeAccount": "OPERATE",
  "Mutation.removeAdminToken": "ADMIN",
  "Mutation.removeApiKey": "OPERATE",
  "Mutation.removeNode": "ADMIN",
  "Mutation.resumePool": "OPERATE",
  "Mutation.rotateApiKey": "OPERATE",
  "Mutation.signIn": "PUBLIC",
  "Mutation.signOut": "PUBLIC",
  "Mutation.startOAuth": "OPERATE",
  "Mutation.syncQuota": "OPERATE",
  "Mutation.updateAccount": "OPERATE",
  "Mutation.updateOAuthClient": "ADMIN",
  "Mutation.updateApiKey": "OPERATE",
  "Mutation.updateSettings": "ADMIN",
  "Subscription.accountChanged": "READ",
  "Subscription.accountRemoved": "READ",
  "Subscription.nodeChanged": "READ",
  "Subscription.oauthProgress": "READ",
  "Subscription.requestFinished": "READ",
  "Subscription.trafficSample": "READ",
}

const schema = createSchema()
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => type ?? [],
)
const fields = roots.flatMap((root) => Object.values(root.getFields()).map((field) => ({ root: root.name, field })))

/** Some value of an input type, as GraphQL text: allowed by the schema, of no use to the use case. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType)
  if (isListType(type)) return "[]"
  if (isEnumType(type)) return type.getValues()[0]?.name ?? ""
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type))
    return `{ ${needed.map((field) => `${field.name}: ${literal(field.type)}`).join(", ")} }`
  }
  if (isScalarType(type) && type.name === "Boolean") return "false"
  return isScalarType(type) && (type.name === "Int" || type.name === "Float") ? "0" : '"0"'
}

function documentOf(root: string, field: GraphQLField<unknown, unknown>): string {
  const needed = field.args.filter((argument) => isNonNullType(argument.type))
  const given = needed.length === 0 ? "" : `(${needed.map(({ name, type }) => `${name}: ${literal(type)}`).join(", ")})`
  const type = getNamedType(field.type)
  const selection = isUnionType(type)
    ? "{ __typename ... on Failure { code message } }"
    : isObjectType(type)
      ? "{ __typename }"
      : ""
  return `${root.toLowerCase()} { result: ${field.name}${given} ${selection} }`
}

let control: TestControlPlane
const tokens = new Map<string, string | undefined>([["nobody", undefined]])

beforeAll(async () => {
  control = await startTestControlPlane()
  for (const scope of SCOPES) {
    const document = `mutation ($scope: AdminScope!) { createAdminToken(input: { name: "test", scope: $scope }) { ... on CreateAdminTokenSuccess { secret } } }`
    const { createAdminToken } = await control.data<{ createAdminToken: { secret: string } }>(document, { scope })
    tokens.set(scope, createAdminToken.secret)
  }
})

afterAll(() => control.stop())

test("every root field is in the table and no other", () => {
  expect(fields.map(({ root, field }) => `${root}.${field.name}`).toSorted()).toEqual(Object.keys(NEEDED).toSorted())
})

function isAllowed(held: string, needed: Needed): boolean {
  if (needed === "PUBLIC") return true
  return SCOPES.findIndex((scope) => scope === held) >= SCOPES.indexOf(needed)
}

interface Result {
  readonly result: { readonly code?: string } | null
}

/** The code of a refusal for want of scope, wherever it stands in an answer. */
async function refusalOf(document: string, token: string | undefined): Promise<string | undefined> {
  const { data, errors } = await control.ask<Result | null>(document, {}, { token })
  const codes = [data?.result?.code, ...errors.map(({ extensions }) => String(extensions?.code))]
  return codes.map((code) => code?.toLowerCase()).find((code) => code === "unauthenticated" || code === "forbidden")
}

describe.each(["nobody", ...SCOPES])("held by %s", (held) => {
  const operations = fields
    .filter(({ root }) => root !== "Subscription")
    .map(({ root, field }) => [`${root}.${field.name}`, root, field] as const)
  test.each(operations)("%s", async (name, root, field) => {
    const needed = NEEDED[name] ?? "ADMIN"
    const refusal = await refusalOf(documentOf(root, field), tokens.get(held))
    const expected = isAllowed(held, needed) ? undefined : held === "nobody" ? "unauthenticated" : "forbidden"
    expect(refusal).toBe(expected)
  })
})

describe("subscriptions", () => {
  test.each(fields.filter(({ root }) => root === "Subscription"))(
    "$field.name is for who may read",
    async ({ root, field }) => {
      const document = documentOf(root, field)
      await expect(subscribe(control.url, document, {}).then((stream) => stream.next())).rejects.toThrow()
      const open = await subscribe(control.url, document, { token: tokens.get("READ") })
      open.close()
      await open.ended
    },
  )
})
