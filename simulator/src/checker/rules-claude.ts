/** Rules of Claude behind this upstream: the conversation. Answers are Anthropic documents as strings (6.3, rule 1). */
import { anthropicError } from "../refusals.ts"
import type { Refusal } from "../refusals.ts"
import type { Part } from "../request.ts"
import type { CheckContext, Rule } from "./rule.ts"
import { currentLoop, thinks } from "./loop.ts"

type ClaudeCheck = (context: CheckContext) => string | undefined

/** A rule for Claude whose refusal is one Anthropic sentence. */
export function claudeRule(id: string, source: string, about: string, find: ClaudeCheck): Rule {
  return {
    id,
    source,
    about,
    check: (context): Refusal | undefined => {
      if (context.model?.family !== "claude") return undefined
      const sentence = find(context)
      return sentence === undefined ? undefined : anthropicError(sentence)
    },
  }
}

/** The first sentence found over all parts. */
function eachPart(
  context: CheckContext,
  find: (part: Part, at: string, role: string | undefined) => string | undefined,
): string | undefined {
  for (const [turn, { role, parts }] of context.request.turns.entries()) {
    for (const [index, part] of parts.entries()) {
      const sentence = find(part, `messages.${turn}.content.${index}`, role)
      if (sentence !== undefined) return sentence
    }
  }
  return undefined
}

const thinkingHelp =
  "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set " +
  "of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this " +
  "requirement, disable `thinking`. Please consult our documentation at " +
  "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"

/** Asked for Claude. */
export const claudeRules: readonly Rule[] = [
  claudeRule("claude-prefill", "upstream-protocol 6.3", "The conversation ends with a user turn.", ({ request }) =>
    request.turns.at(-1)?.role === "model"
      ? "This model does not support assistant message prefill. The conversation must end with a user message."
      : undefined,
  ),
  claudeRule("claude-empty-text", "upstream-protocol 6.3", "No empty or white-space-only text part.", (context) =>
    eachPart(context, ({ text, thought }, at) =>
      text !== undefined && !thought && text.trim() === "" ? `${at}.text.text: Field required` : undefined,
    ),
  ),
  claudeRule("claude-thought-unsigned", "upstream-protocol 7.2", "A thought carries its signature.", (context) =>
    eachPart(context, ({ thought, signature }, at) =>
      thought && !signature ? `${at}.thinking.signature: Field required` : undefined,
    ),
  ),
  claudeRule(
    "claude-thought-empty",
    "upstream-protocol 7.2",
    "A signed thought has text (U+200B stands for none).",
    (context) =>
      eachPart(context, ({ thought, signature, text }, at) =>
        thought && signature && !text ? `${at}.thinking.thinking: Field required` : undefined,
      ),
  ),
  claudeRule(
    "claude-invalid-signature",
    "upstream-protocol 7.2, 7.3",
    "A thought's signature was minted by Claude for exactly its text; no sentinel.",
    (context) =>
      eachPart(context, ({ thought, signature, text }, at) =>
        signature && !(thought && context.signatures.isClaude(signature, text ?? ""))
          ? `${at}: Invalid \`signature\` in \`thinking\` block`
          : undefined,
      ),
  ),
  claudeRule(
    "claude-expected-thinking",
    "upstream-protocol 6.3, 7.2",
    "With thinking on, each model turn of the current tool loop begins with a thought.",
    ({ request }) => {
      if (!thinks(request.config.thinking)) return undefined
      const turn = currentLoop(request.turns).find(({ parts }) => parts[0] && !parts[0].thought)
      if (!turn) return undefined
      const found = turn.parts[0]?.call ? "tool_use" : "text"
      return `messages.${turn.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. ${thinkingHelp}`
    },
  ),
  claudeRule("claude-tool-result-role", "upstream-protocol 11.1", "Results stand in user turns.", (context) =>
    eachPart(context, ({ response }, at, role) =>
      response && role !== "user"
        ? `${at.replace(/\.content.*/, "")}: \`tool_result\` blocks can only be in \`user\` messages`
        : undefined,
    ),
  ),
  claudeRule("claude-tool-use-id", "upstream-protocol 8.4", "Calls and results carry an id.", (context) =>
    eachPart(context, ({ call, response }, at) => {
      if (call && !call.id) return `${at}.tool_use.id: Field required`
      return response && !response.id ? `${at}.tool_result.tool_use_id: Field required` : undefined
    }),
  ),
  claudeRule(
    "claude-tool-use-id-letters",
    "upstream-protocol 6.3",
    "An id has letters, digits, `_` and `-` only.",
    (context) =>
      eachPart(context, ({ call, response }, at) => {
        const id = call?.id ?? response?.id
        if (!id || /^[a-zA-Z0-9_-]+$/.test(id)) return undefined
        return `${at}.${call ? "tool_use.id" : "tool_result.tool_use_id"}: String should match pattern '^[a-zA-Z0-9_-]+$'`
      }),
  ),
  claudeRule("claude-tool-use-id-unique", "upstream-protocol 6.3", "No two calls share an id.", (context) => {
    const seen = new Set<string>()
    return eachPart(context, ({ call }) => {
      if (!call?.id) return undefined
      if (seen.has(call.id)) return "messages: `tool_use` ids must be unique"
      seen.add(call.id)
      return undefined
    })
  }),
  claudeRule(
    "claude-tool-use-without-result",
    "upstream-protocol 6.3, 8.4",
    "Every call has its result in the next turn, results first and consecutive.",
    ({ request }) => {
      for (const [index, { parts }] of request.turns.entries()) {
        const ids = parts.flatMap(({ call }) => (call?.id ? [call.id] : []))
        const next = request.turns[index + 1]?.parts ?? []
        const other = next.findIndex(({ response }) => !response)
        const leading = other === -1 ? next : next.slice(0, other)
        const answered = new Set(leading.map(({ response }) => response?.id))
        const missing = ids.filter((id) => !answered.has(id))
        if (missing.length > 0) {
          return (
            `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(", ")}. ` +
            "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
          )
        }
      }
      return undefined
    },
  ),
  claudeRule(
    "claude-tool-result-without-use",
    "upstream-protocol 8.4",
    "Every result belongs to a call of the turn before.",
    ({ request }) => {
      for (const [turn, { role, parts }] of request.turns.entries()) {
        const ids = new Set((request.turns[turn - 1]?.parts ?? []).map(({ call }) => call?.id))
        for (const [index, { response }] of parts.entries()) {
          if (role !== "user" || !response?.id || ids.has(response.id)) continue
          return (
            `messages.${turn}.content.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${response.id}. ` +
            "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
          )
        }
      }
      return undefined
    },
  ),
  claudeRule("claude-text-after-call", "dialects B.0", "In a model turn no text stands after a call.", (context) => {
    for (const [turn, { role, parts }] of context.request.turns.entries()) {
      const first = parts.findIndex(({ call }) => call)
      if (
        role !== "model" ||
        first === -1 ||
        !parts.slice(first).some(({ text, thought }) => text !== undefined && !thought)
      )
        continue
      return `messages.${turn}: \`tool_use\` blocks must be the last blocks of an \`assistant\` message`
    }
    return undefined
  }),
]
