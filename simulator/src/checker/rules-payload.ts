/** Rules about the shape of the payload: what proto JSON itself refuses, before anybody asks what the request means. */
import { isObject } from "../json.ts"
import { payloadError } from "../refusals.ts"
import type { Refusal } from "../refusals.ts"
import { violationsOf } from "./payload.ts"
import type { Violation } from "./payload.ts"
import type { MessageName } from "./messages.ts"
import type { Rule } from "./rule.ts"

// Four rules read the same body: it is walked once.
const walked = new WeakMap<object, readonly Violation[]>()

function refuseViolations(body: unknown, message: MessageName, kind: Violation["kind"]): Refusal | undefined {
  const known = isObject(body) ? walked.get(body) : undefined
  const all = known ?? violationsOf(body, message)
  if (!known && isObject(body)) walked.set(body, all)
  const found = all.filter((violation) => violation.kind === kind)
  return found.length > 0 ? payloadError(found) : undefined
}

/** Asked first. */
export const payloadRules: readonly Rule[] = [
  {
    id: "unknown-field",
    source: "upstream-protocol 5.1, 8.1, 11.1",
    about: "A member no message type has, anywhere outside of schemas (`cache_control`, `input_schema`, `strict`, …).",
    check: ({ body }) => refuseViolations(body, "Envelope", "unknown"),
  },
  {
    id: "unknown-schema-field",
    source: "upstream-protocol 8.2, 11.1",
    about:
      "A JSON Schema keyword the upstream's schema does not have (`$ref`, `const`, `additionalProperties`, nested `title`, …).",
    check: ({ body }) => refuseViolations(body, "Envelope", "schema"),
  },
  {
    id: "not-repeating",
    source: "upstream-protocol 8.2",
    about: 'A list where one value is meant, as in `type: ["string", "null"]` or tuple `items`.',
    check: ({ body }) => refuseViolations(body, "Envelope", "repeated"),
  },
  {
    id: "field-type",
    source: "upstream-protocol 5.1, 8.2",
    about:
      'A value of another type: `systemInstruction` as a string, a boolean schema, enum values that are no strings, `type: "null"`.',
    check: ({ body }) => refuseViolations(body, "Envelope", "type"),
  },
]
