/**
 * The names of tools towards the upstream and back (upstream-protocol 8.1, 8.5). A legal name stays as it is; another is made
 * legal and gets eight hex digits of its own hash, so that the same tool has the same name in every request of a conversation.
 */
import type { ModelFamily } from "./model-family.ts"

const longest = 64
const hashDigits = 8

/** Names with which a function would count as the upstream's own search (upstream-protocol 8.5). */
const reserved: ReadonlySet<string> = new Set(["web_search", "google_search"])

/** What both allow: a letter or `_` first, at most 64 characters. Claude takes neither dots nor colons. */
const legalForClaude = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/
const legalForOthers = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/

/** One request's names. Both ways are total: a name that the request does not declare is mapped by the same rule. */
export interface ToolNames {
  /** The upstream's name of the client's tool; the same for the declaration, `allowedFunctionNames`, calls and results. */
  readonly toUpstream: (name: string) => string
  /** The client's name of what the upstream called; a name that nobody gave out is returned unchanged. */
  readonly toClient: (name: string) => string
}

/**
 * Maps the declared names for a family of models. Different names get different upstream names, whatever they are; legal
 * names have the first claim, and the result depends on the names only.
 */
export function createToolNames(names: readonly string[], family: ModelFamily): ToolNames {
  const upstream = new Map<string, string>()
  const client = new Map<string, string>()
  const pair = (name: string, given: string): string => {
    upstream.set(name, given)
    client.set(given, name)
    return given
  }
  const add = (name: string): string => {
    if (isLegal(name, family) && !client.has(name)) return pair(name, name)
    for (let attempt = 0; ; attempt += 1) {
      const given = renamed(name, attempt, family)
      if (!client.has(given)) return pair(name, given)
    }
  }
  for (const name of names) if (isLegal(name, family)) pair(name, name)
  for (const name of names) if (!upstream.has(name)) add(name)
  return {
    toUpstream: (name) => upstream.get(name) ?? add(name),
    toClient: (name) => client.get(name) ?? name,
  }
}

function isLegal(name: string, family: ModelFamily): boolean {
  return (family === "claude" ? legalForClaude : legalForOthers).test(name) && !reserved.has(name)
}

/** A legal form of the name; further attempts differ in the hash only. */
function renamed(name: string, attempt: number, family: ModelFamily): string {
  const clean = name.slice(0, longest).replaceAll(family === "claude" ? /[^A-Za-z0-9_-]+/g : /[^A-Za-z0-9_.:-]+/g, "_")
  const stem = (/^[A-Za-z_]/.test(clean) ? clean : `_${clean}`).slice(0, longest - hashDigits - 1)
  return `${stem}_${hash(name, attempt).toString(16).padStart(hashDigits, "0")}`
}

/**
 * 32 bits of the name (FNV-1a over its UTF-16 units, then mixed). The attempt decides where it begins: names made to have the
 * same hash once do not have it again.
 */
function hash(name: string, attempt: number): number {
  let bits = 0x811c9dc5 ^ Math.imul(attempt, 0x9e3779b9)
  for (let index = 0; index < name.length; index += 1) bits = Math.imul(bits ^ name.charCodeAt(index), 0x01000193)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/**
 * Of tools with the same name the last definition is kept, at its place. `dropped` has the indices of the others, for the
 * record of what was not carried.
 */
export function dedupeTools<Tool extends { readonly name: string }>(
  tools: readonly Tool[],
): { readonly tools: readonly Tool[]; readonly dropped: readonly number[] } {
  const last = new Map(tools.map(({ name }, index) => [name, index]))
  if (last.size === tools.length) return { tools, dropped: [] }
  const isLast = (tool: Tool, index: number): boolean => last.get(tool.name) === index
  return {
    tools: tools.filter(isLast),
    dropped: tools.flatMap((tool, index) => (isLast(tool, index) ? [] : [index])),
  }
}
