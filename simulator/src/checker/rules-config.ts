/** Rules about the generation settings: output limits, thinking, sampling, response formats. */
import { anthropicError, invalidArgument } from "../refusals.ts"
import { claudeRule } from "./rules-claude.ts"
import { isGemini } from "./rules-gemini.ts"
import { thinks } from "./loop.ts"
import type { Rule } from "./rule.ts"

/** Asked last but one. */
export const configRules: readonly Rule[] = [
  {
    id: "max-output-limit",
    source: "upstream-protocol 6.2",
    about: "`maxOutputTokens` is from 1 to the model's limit.",
    check: ({ model, request }) => {
      const maximum = request.config.maxOutputTokens
      if (!model || maximum === undefined || (maximum >= 1 && maximum <= model.maxOutputTokens)) return undefined
      if (model.family !== "claude") return invalidArgument()
      return anthropicError(
        `max_tokens: ${maximum} > ${model.maxOutputTokens}, which is the maximum allowed number of output tokens for ${model.id}`,
      )
    },
  },
  {
    id: "max-output-above-budget",
    source: "upstream-protocol 6.2",
    about: "`maxOutputTokens` is greater than a positive thinking budget, for every family.",
    check: ({ model, request }) => {
      const { maxOutputTokens, thinking } = request.config
      if (maxOutputTokens === undefined || !thinking?.budget || maxOutputTokens > thinking.budget) return undefined
      if (model?.family !== "claude") return invalidArgument()
      return anthropicError(
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at " +
          "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
      )
    },
  },
  {
    id: "thinking-level",
    source: "upstream-protocol 6.2",
    about: "`thinkingLevel` is refused; budgets are integers.",
    check: ({ request }) =>
      request.config.thinking?.level === undefined
        ? undefined
        : invalidArgument("Thinking level is not supported for this model."),
  },
  {
    id: "thinking-budget-range",
    source: "upstream-protocol 6, 6.2, 11.1",
    about: "The budget is in the model's range; 0 only where thinking can be switched off, −1 for Gemini.",
    check: ({ model, request }) => {
      const budget = request.config.thinking?.budget
      if (!model || budget === undefined || (budget === 0 && model.thinkingOff)) return undefined
      const range = model.thinking
      if (budget === -1 && model.family !== "claude") return undefined
      if (range && budget >= range.minimum && budget <= range.maximum) return undefined
      if (model.family === "claude") {
        return anthropicError(
          `thinking.enabled.budget_tokens: Input should be greater than or equal to ${range?.minimum ?? 1024}`,
        )
      }
      return invalidArgument(
        `The thinking budget ${budget} is invalid. supported values are integers from ${range?.minimum ?? 0} to ${range?.maximum ?? 0}.`,
      )
    },
  },
  {
    id: "candidate-count",
    source: "upstream-protocol 12",
    about: "One candidate only.",
    check: ({ request }) => ((request.config.candidateCount ?? 1) === 1 ? undefined : invalidArgument()),
  },
  {
    id: "temperature-range",
    source: "upstream-protocol 6.3",
    about: "Temperature is 0..2, for Claude 0..1; top-p is 0..1.",
    check: ({ model, request }) => {
      const { temperature = 0, topP = 0 } = request.config
      const maximum = model?.family === "claude" ? 1 : 2
      if (temperature >= 0 && temperature <= maximum && topP >= 0 && topP <= 1) return undefined
      return model?.family === "claude" ? anthropicError("temperature: range: 0..1") : invalidArgument()
    },
  },
  claudeRule(
    "claude-thinking-sampling",
    "upstream-protocol 6.3",
    "With thinking on: temperature 1, top-p at least 0.95, no top-k.",
    ({ request }) => {
      const { temperature = 1, topP = 1, topK, thinking } = request.config
      if (!thinks(thinking)) return undefined
      if (temperature !== 1) return "`temperature` may only be set to 1 when thinking is enabled."
      if (topP < 0.95) return "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."
      return topK === undefined ? undefined : "`top_k` must be unset when thinking is enabled."
    },
  ),
  claudeRule(
    "claude-temperature-and-top-p",
    "upstream-protocol 6.3",
    "With thinking off: temperature or top-p, not both.",
    ({ request }) => {
      const { temperature, topP, thinking } = request.config
      if (thinks(thinking) || temperature === undefined || topP === undefined) return undefined
      return "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
    },
  ),
  {
    id: "claude-safety-settings",
    source: "upstream-protocol 6.3",
    about: "No `safetySettings` for Claude and GPT-OSS.",
    check: (context) =>
      context.request.safetySettings !== undefined && !isGemini(context) ? invalidArgument() : undefined,
  },
  {
    id: "claude-response-schema",
    source: "upstream-protocol 8.2",
    about: "No response schema or JSON response type for Claude.",
    check: ({ model, request }) => {
      const { responseMimeType, responseSchema } = request.config
      const asked =
        responseSchema !== undefined || (responseMimeType !== undefined && responseMimeType !== "text/plain")
      return model?.family === "claude" && asked ? invalidArgument() : undefined
    },
  },
  {
    id: "response-schema-type",
    source: "upstream-protocol 8.2",
    about: "A response schema needs `responseMimeType: application/json`.",
    check: ({ request }) =>
      request.config.responseSchema !== undefined && request.config.responseMimeType !== "application/json"
        ? invalidArgument()
        : undefined,
  },
  {
    id: "response-type-with-tools",
    source: "dialects B.1",
    about: "A JSON response type and tools exclude each other.",
    check: ({ request }) =>
      request.config.responseMimeType === "application/json" && request.toolsJson !== ""
        ? invalidArgument("Tool use with a response mime type: 'application/json' is unsupported")
        : undefined,
  },
]
