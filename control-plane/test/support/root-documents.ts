/** A document for each field of the schema's roots, made from the schema: so that a new field is asked for, too. */
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
import { createSchema } from "../../src/graphql/schema.ts"

const schema = createSchema()

/** Each with the name of its root. */
export const ROOT_FIELDS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (root) => Object.values(root?.getFields() ?? {}).map((field) => ({ root: root?.name ?? "", field })),
)

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
  if (isScalarType(type) && type.name === "DateTime") return '"2026-01-01T00:00:00Z"'
  return isScalarType(type) && (type.name === "Int" || type.name === "Float") ? "0" : '"0"'
}

/** An operation that asks for one root field, with no more arguments than it needs. */
export function documentOf(root: string, field: GraphQLField<unknown, unknown>): string {
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
