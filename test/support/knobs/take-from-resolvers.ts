import {
  defaultFieldResolver,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
} from "graphql"
import type { DeadKnob } from "./dead-knob.ts"

type Values = Readonly<Record<string, unknown>>

/** Where there has to be something; a scalar that is not here has no constant, and its knobs are not killed in silence. */
const CONSTANTS: Readonly<Record<string, readonly unknown[]>> = {
  Boolean: [false, true],
  Int: [1],
  Float: [1],
  String: ["a constant of no meaning"],
  ID: ["nobody"],
  DateTime: [new Date("2031-01-01T00:00:00Z")],
  BigInt: [1n],
}

function constantOf(type: GraphQLInputType, way: number): unknown {
  if (isNonNullType(type)) return constantOf(type.ofType, way)
  if (isListType(type)) return []
  if (isEnumType(type)) return type.getValues().at(way === 0 ? 0 : -1)?.value
  if (isInputObjectType(type)) return withoutAll(Object.values(type.getFields()), way)
  const constants = CONSTANTS[type.name]
  if (constants === undefined) throw new Error(`no constant of ${type.name}`)
  return constants[way % constants.length]
}

/** What takes the place of a dead one: nothing where that is allowed, its default, or a constant. */
function remains({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField, way: number): Values {
  if (defaultValue !== undefined) return { [name]: defaultValue }
  return isNonNullType(type) ? { [name]: constantOf(type, way) } : {}
}

function withoutAll(fields: readonly (GraphQLArgument | GraphQLInputField)[], way: number): Values {
  return Object.assign({}, ...fields.map((field) => remains(field, way))) as Values // of objects that are such
}

/** Takes one argument, or one field of an input at any depth, from what a resolver is given. */
function takeAway(owner: string, of: readonly (GraphQLArgument | GraphQLInputField)[], given: Values, knob: DeadKnob) {
  const left: Record<string, unknown> = {}
  for (const field of of) {
    if (`${owner}.${field.name}` === knob.name) Object.assign(left, remains(field, knob.way))
    else if (Object.hasOwn(given, field.name)) left[field.name] = within(field.type, given[field.name], knob)
  }
  return left
}

function within(type: GraphQLInputType, value: unknown, knob: DeadKnob): unknown {
  if (isNonNullType(type)) return within(type.ofType, value, knob)
  if (isListType(type)) return Array.isArray(value) ? value.map((one) => within(type.ofType, one, knob)) : value
  if (!isInputObjectType(type) || typeof value !== "object" || value === null) return value
  return takeAway(type.name, Object.values(type.getFields()), value as Values, knob) // graphql read it by its type
}

/** The resolvers of a schema are called without it from now on. */
export function takeFromResolvers(schema: GraphQLSchema, knob: DeadKnob, isDead: () => boolean): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue
      const left = (given: Values): Values =>
        isDead() ? takeAway(`${type.name}.${field.name}`, field.args, given, knob) : given
      const { resolve = defaultFieldResolver, subscribe } = field
      field.resolve = (parent, given: Values, ...more) => resolve(parent, left(given), ...more)
      if (subscribe) field.subscribe = (parent, given: Values, ...more) => subscribe(parent, left(given), ...more)
    }
  }
}
