/** Functions and the choice among them, as the upstream takes them. */
import type { SchemaReport } from "#shared/link-protocol.ts"
import type { ChatRequest, Tool, ToolChoice } from "../../canonical/request.ts"
import { normaliseToolSchema, type NormalisedSchema } from "../../schema/normalise.ts"
import { createSchemaCache } from "../../schema/schema-cache.ts"
import { schemaReport, type ChangedSchema } from "../../schema/schema-report.ts"
import type { DeclaredTool, DeclaredTools } from "../dialect.ts"
import type { ModelFamily } from "../model-family.ts"
import { createToolNames, dedupeTools, type ToolNames } from "../tool-names.ts"
import type { GeminiFunctionCallingConfig, GeminiFunctionDeclaration } from "./wire.ts"

/** More changed schemas than this are not listed one by one. */
const MAX_LISTED = 200
/** Names are the client's own text and are cut to this where they are listed. */
const MAX_NAME_LENGTH = 64

/** Only saves work: agents send the same tools with every request. */
const schemas = createSchemaCache<NormalisedSchema>({ maxBytes: 16 * 1024 * 1024 })

export interface EncodedTools {
  readonly declarations: readonly GeminiFunctionDeclaration[]
  readonly callingConfig: GeminiFunctionCallingConfig | undefined
  /** By the upstream's name. */
  readonly declared: DeclaredTools
  /** Also for calls of tools that are no longer declared. */
  readonly names: ToolNames
  /** Client's names of tools whose schema got a placeholder property. */
  readonly placeholders: ReadonlySet<string>
  /** Undefined: every schema went through as it was. */
  readonly schemaReport: SchemaReport | undefined
}

export interface ToolsTarget {
  readonly family: ModelFamily
  /** The model thinks while it answers this request. */
  readonly isThinking: boolean
}

/**
 * `dropped` gets `tools.NAME.parameters` for a schema that had to be changed, `tools.NAME` for a tool that another of its name
 * follows, and `toolChoice` for a choice that names no tool.
 */
export function encodeTools(request: ChatRequest, target: ToolsTarget, dropped: string[]): EncodedTools {
  const { family } = target
  const single = dedupeTools(request.tools ?? [])
  for (const index of single.dropped) dropped.push(`tools.${listedName(request.tools?.[index]?.name)}`)
  const choice = effectiveChoice(request.toolChoice, single.tools, dropped)
  const allowed = choice.type === "allowed" ? new Set(choice.names) : undefined
  const tools = allowed === undefined ? single.tools : single.tools.filter(({ name }) => allowed.has(name))
  const names = createToolNames(
    tools.map(({ name }) => name),
    family,
  )
  const declarations: GeminiFunctionDeclaration[] = []
  const declared = new Map<string, DeclaredTool>()
  const placeholders = new Set<string>()
  const changed: ChangedSchema[] = []
  for (const { name, description, parameters } of tools) {
    const normalised = normalisedSchema(parameters, target)
    const { schema, changes, placeholder } = normalised
    const upstreamName = names.toUpstream(name)
    declarations.push({
      name: upstreamName,
      ...(description === undefined ? {} : { description }),
      parameters: schema,
    })
    declared.set(upstreamName, { name, parameters: normalised })
    if (placeholder) placeholders.add(name)
    changed.push({ tool: name, changes })
    const isAltered = changes.length > (placeholder ? 1 : 0)
    if (isAltered && declared.size <= MAX_LISTED) dropped.push(`tools.${listedName(name)}.parameters`)
  }
  return {
    declarations,
    callingConfig: callingConfig(choice, declarations, names, family),
    declared,
    names,
    placeholders,
    schemaReport: schemaReport(changed),
  }
}

function listedName(name: string | undefined): string {
  return (name ?? "").slice(0, MAX_NAME_LENGTH)
}

/** A function without parameters is given one; Claude wants it required while it thinks. */
function normalisedSchema(parameters: unknown, { family, isThinking }: ToolsTarget): NormalisedSchema {
  const placeholderRequired = family === "claude" && isThinking
  const text = JSON.stringify(parameters) ?? ""
  return schemas.get(text, `${family} ${placeholderRequired}`, () =>
    normaliseToolSchema(parameters, { family, placeholderRequired }),
  )
}

/** A choice of tools that are not there cannot be kept: the model then decides. */
function effectiveChoice(choice: ToolChoice | undefined, tools: readonly Tool[], dropped: string[]): ToolChoice {
  if (choice === undefined) return { type: "auto" }
  const named = choice.type === "tool" ? [choice.name] : choice.type === "allowed" ? choice.names : undefined
  if (named === undefined || tools.length === 0) return choice
  const wanted = new Set(named)
  if (tools.some(({ name }) => wanted.has(name))) return choice
  dropped.push("toolChoice")
  return { type: "auto" }
}

function callingConfig(
  choice: ToolChoice,
  declarations: readonly GeminiFunctionDeclaration[],
  names: ToolNames,
  family: ModelFamily,
): GeminiFunctionCallingConfig | undefined {
  if (declarations.length === 0) return undefined
  const type = choice.type === "allowed" ? choice.mode : choice.type
  switch (type) {
    case "none":
      return { mode: "NONE" }
    case "required":
      return { mode: "ANY" }
    case "tool":
      return { mode: "ANY", allowedFunctionNames: choice.type === "tool" ? [names.toUpstream(choice.name)] : [] }
    case "auto":
      // Claude's own check of arguments; the others do as they do without a word.
      return family === "claude" ? { mode: "VALIDATED" } : undefined
  }
}
