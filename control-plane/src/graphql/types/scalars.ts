import { GraphQLError, Kind } from "graphql"
import { builder } from "../builder.ts"

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/

// A GraphQLError tells the client about its own document or variable; anything else would count as a fault of ours.
function parseDateTime(value: unknown): Date {
  const date = typeof value === "string" && RFC_3339.test(value) ? new Date(value) : undefined
  if (date === undefined || Number.isNaN(date.getTime()))
    throw new GraphQLError("A DateTime is an RFC 3339 text with an offset, such as 2026-01-31T12:00:00Z.")
  return date
}

function parseBigInt(value: unknown): bigint {
  if (typeof value === "string" && /^-?\d{1,19}$/.test(value)) return BigInt(value)
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value)
  throw new GraphQLError("A BigInt is a whole number, or a text that says one.")
}

/** DateTime and BigInt. */
export function addScalars(): void {
  builder.scalarType("DateTime", {
    description:
      "A moment as RFC 3339 text, such as 2026-01-31T12:00:00Z; answers are in UTC, inputs may have another offset.",
    serialize: (value) => value.toISOString(),
    parseValue: parseDateTime,
    parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
  })

  // A text in answers: JSON numbers lose digits past 2^53.
  builder.scalarType("BigInt", {
    description:
      "A whole number that may be large: a text in answers, so that no digit is lost; a text or a number in inputs.",
    serialize: (value) => value.toString(),
    parseValue: parseBigInt,
    parseLiteral: (node) => parseBigInt(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
  })
}
