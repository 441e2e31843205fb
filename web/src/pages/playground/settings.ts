/** What the playground is set to, as it is typed, and the request that becomes of it. Pure. */
import { readNumber, type NumberProblem } from "../../lib/read-number.ts"
import type { Ask, Effort, PlaygroundDialect, Tool, Turn } from "./talk.ts"

export interface PlaygroundSettings {
  dialect: PlaygroundDialect
  model: string
  system: string
  stream: boolean
  effort: Effort | ""
  temperature: string
  topP: string
  maxTokens: string
  /** JSON. */
  tools: string
  /** Empty: any. */
  nodeId: string
}

export const startSettings: PlaygroundSettings = {
  dialect: "chat",
  model: "",
  system: "",
  stream: true,
  effort: "",
  temperature: "",
  topP: "",
  maxTokens: "",
  tools: "",
  nodeId: "",
}

export const bounds = {
  temperature: { low: 0, high: 2, isWhole: false },
  topP: { low: 0, high: 1, isWhole: false },
  maxTokens: { low: 1, high: 1_000_000, isWhole: true },
} as const

export type NumberName = keyof typeof bounds

export type Problems = Partial<Record<NumberName, NumberProblem> & { model: "missing"; tools: "malformed" }>

export const exampleTools = JSON.stringify(
  [
    {
      name: "get_weather",
      description: "The weather in a city, now.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  ] satisfies Tool[],
  null,
  2,
)

/** The functions that are typed; undefined: it is no list of functions. */
export function readTools(text: string): Tool[] | undefined {
  if (text.trim() === "") return []
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every(isTool) ? value : undefined
  } catch {
    // Said at its field.
    return undefined
  }
}

function isTool(value: unknown): value is Tool {
  if (typeof value !== "object" || value === null) return false
  const { name, description, parameters } = value as Record<string, unknown> // just seen to be one
  const isDescribed = description === undefined || typeof description === "string"
  return typeof name === "string" && name !== "" && isDescribed && typeof parameters === "object" && parameters !== null
}

type Read = { readonly ask: Ask } | { readonly problems: Problems }

/** The request, or what is wrong with what is typed. */
export function readAsk(settings: PlaygroundSettings, turns: readonly Turn[]): Read {
  const problems: Problems = {}
  const numberOf = (name: NumberName): number | undefined => {
    if (settings[name].trim() === "") return undefined
    const read = readNumber(settings[name], bounds[name])
    if ("value" in read) return read.value
    problems[name] = read.problem
    return undefined
  }
  const [temperature, topP, maxTokens] = [numberOf("temperature"), numberOf("topP"), numberOf("maxTokens")]
  const tools = readTools(settings.tools)
  if (tools === undefined) problems.tools = "malformed"
  const model = settings.model.trim()
  if (model === "") problems.model = "missing"
  if (Object.keys(problems).length > 0) return { problems }
  const ask: Ask = {
    model,
    system: settings.system.trim(),
    turns,
    stream: settings.stream,
    tools: tools ?? [],
    ...(settings.effort === "" ? {} : { effort: settings.effort }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
  return { ask }
}
