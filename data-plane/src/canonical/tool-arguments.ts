/** Where arguments that are no JSON object are kept, so that the model still sees what it wrote. */
const RAW = "_raw"

export type ToolArguments = Readonly<Record<string, unknown>>

/** Undefined when the text is not one JSON object. */
export function parseArguments(text: string): ToolArguments | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isArguments(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Total: nothing is `{}`, what is no JSON object is kept as text under `_raw`. */
export function readArguments(text: string): ToolArguments {
  return text.trim() === "" ? {} : (parseArguments(text) ?? { [RAW]: text })
}

/** The same for a value that is parsed already. */
export function toArguments(value: unknown): ToolArguments {
  if (value === undefined || value === null) return {}
  if (isArguments(value)) return value
  return typeof value === "string" ? readArguments(value) : { [RAW]: JSON.stringify(value) }
}

function isArguments(value: unknown): value is ToolArguments {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
