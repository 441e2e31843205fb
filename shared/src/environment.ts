/**
 * The environment of a process, read once at its start into a typed record. The table of variables is
 * `environment/table.ts`; `.env.example` and the configuration reference are printed from it (`environment/render.ts`).
 */
import { editDistance } from "./edit-distance.ts"
import { NotAllowed } from "./environment/parse.ts"
import {
  ENVIRONMENT,
  READ_ELSEWHERE,
  WITHOUT_EFFECT,
  type Process,
  type Variable,
  type VariableName,
} from "./environment/table.ts"

export { ENVIRONMENT, WITHOUT_EFFECT, type Process, type Variable, type VariableName } from "./environment/table.ts"
export { renderConfigurationTable, renderEnvExample } from "./environment/render.ts"

type Table = typeof ENVIRONMENT

type ValueOf<Name extends VariableName> = Table[Name]["default"] extends string
  ? ReturnType<Table[Name]["parse"]>
  : ReturnType<Table[Name]["parse"]> | undefined

/** The values a process may read: by variable name, parsed, defaults filled in, undefined where unset without a default. */
export type EnvironmentOf<P extends Process> = {
  readonly [Name in VariableName as P extends Table[Name]["readBy"][number] ? Name : never]: ValueOf<Name>
}

/** One or more values are not allowed; the message has one sentence for each. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError"
  readonly sentences: readonly string[]

  constructor(sentences: readonly string[]) {
    super(sentences.join("\n"))
    this.sentences = sentences
  }
}

/**
 * Reads what `process` may read from `env`. An empty value counts as unset. `warn` gets one sentence for each name that has
 * no effect in this version or looks like a slip of one of ours. Throws `EnvironmentError`.
 */
export function readEnvironment<P extends Process>(
  process: P,
  env: Readonly<Record<string, string | undefined>>,
  warn: (sentence: string) => void,
): EnvironmentOf<P> {
  const values: Record<string, unknown> = {}
  const refused: string[] = []
  for (const [name, variable] of Object.entries<Variable>(ENVIRONMENT)) {
    if (!variable.readBy.includes(process)) continue
    const given = env[name]?.trim() || variable.default
    try {
      values[name] = given === undefined ? undefined : variable.parse(given)
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error
      refused.push(`${name} must be ${error.message}.`)
    }
  }
  if (refused.length > 0) throw new EnvironmentError(refused)
  for (const [name, value] of Object.entries(env)) {
    const sentence = value === undefined || value === "" ? undefined : suspicion(name)
    if (sentence !== undefined) warn(sentence)
  }
  return values as EnvironmentOf<P> // the loop above filled exactly the names of the mapped type, each by its own parser
}

/** One value, read by its variable's own parser; `refusal` is a sentence that says what is allowed. */
export function readValue<Name extends VariableName>(
  name: Name,
  text: string,
): { readonly value: ValueOf<Name> } | { readonly refusal: string } {
  try {
    return { value: ENVIRONMENT[name].parse(text.trim()) as ValueOf<Name> } // the row's own parser
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error
    return { refusal: `${name} must be ${error.message}.` }
  }
}

/** Beginnings under which nobody but us is likely to put a name. */
const OUR_BEGINNINGS = [
  "ANTIGRAVITY_",
  "GOOGLE_OAUTH_",
  "MAX_CONCURRENT_",
  "POOL_",
  "CONTROL_",
  "MASTER_KEY_",
  "UPSTREAM_",
  "LAGRANGE_",
]

/** Well-known names of others that are near to one of ours. */
const OF_OTHERS = new Set(["SSL_CERT_FILE", "SSL_CERT_DIR"])

function suspicion(name: string): string | undefined {
  if (Object.hasOwn(ENVIRONMENT, name) || OF_OTHERS.has(name)) return undefined
  if (WITHOUT_EFFECT.some((known) => known === name)) return `${name} has no effect in this version.`
  if (Object.hasOwn(READ_ELSEWHERE, name)) return `${name} has no effect here: only ${READ_ELSEWHERE[name]} reads it.`
  const near = nearestName(name)
  if (near !== undefined) return `${name} is not one of our variables; did you mean ${near}?`
  if (OUR_BEGINNINGS.some((beginning) => name.startsWith(beginning))) {
    return `${name} is not one of our variables and has no effect.`
  }
  return undefined
}

function nearestName(name: string): string | undefined {
  const asked = name.toUpperCase()
  let found: { name: string; distance: number } | undefined
  for (const known of [...Object.keys(ENVIRONMENT), ...WITHOUT_EFFECT]) {
    // Short names are near to much that is not ours (PATH and PORT, HOME and HOST): there only one slip counts.
    const limit = known.length < 8 ? 1 : 2
    const distance = editDistance(asked, known, limit)
    if (distance <= limit && (found === undefined || distance < found.distance)) found = { name: known, distance }
  }
  return found?.name
}
