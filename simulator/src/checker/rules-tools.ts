/** Rules about tools and their schemas. */
import { listOf, member, objectOf, stringOf } from "../json.ts"
import type { JsonObject } from "../json.ts"
import { anthropicError, invalidArgument, mixedTools } from "../refusals.ts"
import { claudeRule } from "./rules-claude.ts"
import { isGemini } from "./rules-gemini.ts"
import type { CheckContext, Rule } from "./rule.ts"

const invalidSchema =
  "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more " +
  "about tool use at https://docs.claude.com/en/docs/tool-use."

/** Asked after the conversation. */
export const toolRules: readonly Rule[] = [
  {
    id: "mixed-tools",
    source: "upstream-protocol 8.5",
    about: "Built-in tools and functions exclude each other, whatever flag is set.",
    check: ({ request }) => (request.builtins.length > 0 && request.declarations.length > 0 ? mixedTools() : undefined),
  },
  {
    id: "search-gemini-only",
    source: "upstream-protocol 8.5",
    about: "Built-in tools are Gemini's.",
    check: (context) => (context.request.builtins.length > 0 && !isGemini(context) ? invalidArgument() : undefined),
  },
  {
    id: "search-named-function",
    source: "upstream-protocol 8.5",
    about: "A function named `google_search` or `web_search` counts as the built-in one.",
    check: ({ request }) =>
      request.declarations.some(({ name }) => name === "google_search" || name === "web_search")
        ? mixedTools()
        : undefined,
  },
  {
    id: "tool-name",
    source: "upstream-protocol 8.1",
    about:
      "A function's name begins with a letter or `_`, goes on with letters, digits and `_.:-`, and has at most 64.",
    check: ({ request }) => {
      const index = request.declarations.findIndex(({ name }) => !/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/.test(name))
      if (index === -1) return undefined
      return invalidArgument(
        `* GenerateContentRequest.tools[0].function_declarations[${index}].name: Invalid function name. Must start with a letter ` +
          "or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a " +
          "maximum length of 64.",
      )
    },
  },
  claudeRule(
    "claude-tool-name",
    "upstream-protocol 8.1, dialects B.0",
    "Claude's names are `[a-zA-Z0-9_-]`, at most 64.",
    ({ request }) => {
      const index = request.declarations.findIndex(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name))
      return index === -1
        ? undefined
        : `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`
    },
  ),
  claudeRule("claude-tool-names-unique", "upstream-protocol 6.3", "Tool names are unique.", ({ request }) =>
    new Set(request.declarations.map(({ name }) => name)).size < request.declarations.length
      ? "tools: Tool names must be unique."
      : undefined,
  ),
  {
    id: "tool-names-unique",
    source: "upstream-protocol 8.1",
    about: "Tool names are unique for the other families too.",
    check: ({ request, model }) => {
      const seen = new Set<string>()
      for (const { name } of request.declarations) {
        if (seen.has(name) && model?.family !== "claude")
          return invalidArgument(`Duplicate function declaration found: ${name}`)
        seen.add(name)
      }
      return undefined
    },
  },
  claudeRule("claude-input-schema", "upstream-protocol 11.1", "Every function has parameters.", ({ request }) => {
    const index = request.declarations.findIndex(({ parameters }) => !parameters)
    return index === -1 ? undefined : `tools.${index}.custom.input_schema: Field required`
  }),
  claudeRule(
    "claude-schema-union",
    "upstream-protocol 8.2",
    "No `anyOf` or `oneOf` in a tool's schema.",
    ({ request }) => {
      const index = request.declarations.findIndex(({ parameters }) =>
        nodes(parameters).some((node) => "anyOf" in node || "any_of" in node || "oneOf" in node || "one_of" in node),
      )
      return index === -1 ? undefined : `tools.${index}.custom.input_schema: ${invalidSchema}`
    },
  ),
  claudeRule(
    "claude-empty-schema",
    "upstream-protocol 8.2",
    "In VALIDATED mode a function has at least one property.",
    ({ request }) => {
      if (request.mode !== "VALIDATED") return undefined
      const index = request.declarations.findIndex(
        ({ parameters }) => parameters && Object.keys(objectOf(parameters["properties"])).length === 0,
      )
      return index === -1 ? undefined : `tools.${index}.custom.input_schema: ${invalidSchema}`
    },
  ),
  schemaRule("schema-root-type", "upstream-protocol 8.2", "The root of a tool's schema is an object.", (node, root) =>
    root ? typeOf(node) !== "object" : false,
  ),
  schemaRule(
    "schema-type-missing",
    "upstream-protocol 8.2",
    "Every schema below a tool's root has a type, unless it is a union.",
    (node, root) =>
      !root && node["type"] === undefined && member(node, "anyOf") === undefined && member(node, "oneOf") === undefined,
  ),
  schemaRule(
    "schema-items",
    "upstream-protocol 8.2",
    "An array says what its items are; nothing else has `items`.",
    (node) => (typeOf(node) === "array") !== (node["items"] !== undefined),
  ),
  schemaRule(
    "schema-properties",
    "upstream-protocol 8.2",
    "Only an object has `properties`.",
    (node) => node["properties"] !== undefined && typeOf(node) !== "object",
  ),
  schemaRule("schema-required", "upstream-protocol 8.2", "`required` names properties that are there.", (node) =>
    listOf(node["required"]).some((name) => !Object.hasOwn(objectOf(node["properties"]), String(name))),
  ),
  schemaRule(
    "schema-empty-enum",
    "upstream-protocol 8.2",
    "Gemini: no empty string in an enum.",
    (node, _root, context) => context.model?.family !== "claude" && listOf(node["enum"]).includes(""),
  ),
  schemaRule(
    "schema-constraint",
    "upstream-protocol 8.2",
    "In VALIDATED mode no `pattern`, `minLength`, `format`, `default` and the like.",
    (node, _root, context) =>
      context.request.mode === "VALIDATED" && constraints.some((name) => member(node, name) !== undefined),
  ),
  {
    id: "allowed-names",
    source: "upstream-protocol 8.3",
    about: "`allowedFunctionNames` needs mode ANY and names declared functions.",
    check: ({ request }) => {
      const declared = new Set(request.declarations.map(({ name }) => name))
      const wrong =
        request.allowed.length > 0 && (request.mode !== "ANY" || request.allowed.some((name) => !declared.has(name)))
      return wrong ? invalidArgument() : undefined
    },
  },
  {
    id: "search-model",
    source: "upstream-protocol 4.1, 8.5",
    about: "Only models of `webSearchModelIds` take the request type `web_search`.",
    check: ({ request, model }) =>
      request.requestType === "web_search" && !model?.webSearch ? invalidArgument() : undefined,
  },
]

const constraints = [
  "minLength",
  "maxLength",
  "pattern",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "format",
  "default",
]

type NodeTest = (node: JsonObject, root: boolean, context: CheckContext) => boolean

/** A rule that no node of a tool's schema, or of the answer's, may meet the test; only a tool's root is told as one. */
function schemaRule(id: string, source: string, about: string, broken: NodeTest): Rule {
  return {
    id,
    source,
    about,
    check: (context) => {
      const index = context.request.declarations.findIndex(({ parameters }) =>
        nodes(parameters).some((node) => broken(node, node === parameters, context)),
      )
      const answer = objectOf(context.request.config.responseSchema)
      const isAnswerBroken =
        context.request.config.responseSchema !== undefined &&
        nodes(answer).some((node) => broken(node, false, context))
      if (index === -1) return isAnswerBroken ? invalidArgument() : undefined
      if (context.model?.family === "claude")
        return anthropicError(`tools.${index}.custom.input_schema: ${invalidSchema}`)
      return invalidArgument()
    },
  }
}

/** Every schema of a tree, the root first; several rules ask about the same tree. */
function nodes(schema: JsonObject | undefined): readonly JsonObject[] {
  if (!schema) return []
  const known = trees.get(schema)
  if (known) return known
  const found = [schema]
  for (let index = 0; index < found.length; index += 1) {
    const node = found[index] ?? {}
    const children = [
      ...Object.values(objectOf(node["properties"])),
      node["items"],
      ...listOf(member(node, "anyOf")),
      ...listOf(member(node, "oneOf")),
    ]
    for (const child of children) if (child !== undefined) found.push(objectOf(child))
  }
  trees.set(schema, found)
  return found
}

const trees = new WeakMap<JsonObject, readonly JsonObject[]>()

function typeOf(node: JsonObject): string {
  return (stringOf(node["type"]) ?? "").toLowerCase()
}
