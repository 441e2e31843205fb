/** Rules about the conversation that hold for every family. */
import { anthropicError, invalidArgument } from "../refusals.ts"
import { promptTokens } from "../usage.ts"
import type { Rule } from "./rule.ts"

/** Asked after access. */
export const contentRules: readonly Rule[] = [
  {
    id: "cached-content",
    source: "upstream-protocol 5.1, 12",
    about: "`cachedContent` names a resource nobody can make here.",
    check: ({ request }) => (request.cachedContent === undefined ? undefined : invalidArgument()),
  },
  {
    id: "contents-empty",
    source: "upstream-protocol 5.1",
    about: "`contents` has at least one turn.",
    check: ({ request }) => (request.turns.length > 0 ? undefined : invalidArgument("contents are required.")),
  },
  {
    id: "role",
    source: "upstream-protocol 5.1, 12",
    about: "Roles are `user` and `model`; a missing one counts as `user` for text models.",
    check: ({ request, model }) =>
      request.turns.every(({ role }) => role === "user" || role === "model" || (role === undefined && !model?.image))
        ? undefined
        : invalidArgument("Please use a valid role: user, model."),
  },
  {
    id: "parts-empty",
    source: "upstream-protocol 5.1",
    about: "Every turn has at least one part.",
    check: ({ request }) =>
      request.turns.every(({ parts }) => parts.length > 0)
        ? undefined
        : invalidArgument("Unable to submit request because it must include at least one parts field."),
  },
  {
    id: "part-without-data",
    source: "upstream-protocol 5.1",
    about: "Every part holds something: text, data, a call or a result.",
    check: ({ request }) =>
      request.turns.every(({ parts }) =>
        parts.every(
          ({ text, call, response, inline, file }) =>
            text !== undefined || call || response || inline || file !== undefined,
        ),
      )
        ? undefined
        : invalidArgument("Unable to submit request because it must have a data part."),
  },
  {
    id: "first-turn-user",
    source: "upstream-protocol 12",
    about: "The conversation begins with a user turn.",
    check: ({ request }) => (request.turns[0]?.role === "model" ? invalidArgument() : undefined),
  },
  {
    id: "consecutive-roles",
    source: "upstream-protocol 12",
    about: "Neighbouring turns have different roles.",
    check: ({ request }) =>
      request.turns.some(({ role }, index) => index > 0 && role === request.turns[index - 1]?.role)
        ? invalidArgument()
        : undefined,
  },
  {
    id: "response-object",
    source: "upstream-protocol 8.4",
    about: "The `response` of a function result is there and is an object.",
    check: ({ request }) =>
      request.turns.every(({ parts }) => parts.every(({ response }) => !response || response.response !== undefined))
        ? undefined
        : invalidArgument(),
  },
  {
    id: "context-length",
    source: "upstream-protocol 6.3, 11.1",
    about: "The prompt fits the model's context.",
    check: ({ model, request }) => {
      if (!model || promptTokens(request) <= model.maxTokens) return undefined
      if (model.family === "claude") return anthropicError("Prompt is too long")
      const count = promptTokens(request)
      return invalidArgument(
        `The input token count (${count}) exceeds the maximum number of tokens allowed (${model.maxTokens}).`,
      )
    },
  },
  {
    id: "mime-type",
    source: "upstream-protocol 9, 6.3, 6.4",
    about: "Inline data is of a type the model takes: Claude images and PDF, GPT-OSS text only.",
    check: ({ model, request }) => {
      const types = request.turns.flatMap(({ parts }) =>
        parts.flatMap(({ inline }) => (inline ? [inline.mimeType] : [])),
      )
      const wrong = types.find((type) => !model?.mimeTypes.includes(type))
      if (!model || wrong === undefined) return undefined
      if (model.family === "claude")
        return anthropicError(`messages.0.content.0.source.media_type: Unsupported media type ${wrong}`)
      return invalidArgument(
        `Unable to submit request because it has a mimeType parameter with value ${wrong}, which is not supported.`,
      )
    },
  },
  {
    id: "file-address",
    source: "upstream-protocol 9, dialects B.0",
    about: "By their address only films of YouTube are read, and only by Gemini's models that do not draw.",
    check: ({ model, request }) => {
      const files = request.turns.flatMap(({ parts }) => parts.flatMap(({ file }) => file ?? []))
      if (files.length === 0 || !model) return undefined
      const isReader = model.family.startsWith("gemini") && !model.image
      return isReader && files.every(isYouTube) ? undefined : invalidArgument("Unsupported file uri.")
    },
  },
  {
    id: "inline-base64",
    source: "upstream-protocol 9",
    about: "Inline data is standard base64 without white space, not empty.",
    check: ({ request }) =>
      request.turns.every(({ parts }) => parts.every(({ inline }) => !inline || isBase64(inline.data)))
        ? undefined
        : invalidArgument("Base64 decoding failed."),
  },
]

function isYouTube(address: string): boolean {
  return /^https:\/\/(?:(?:www|m|music)\.)?(?:youtube\.com\/(?:watch\?|shorts\/|live\/|embed\/)|youtu\.be\/).+/.test(
    address,
  )
}

/** Checked without a copy of the data: a picture may be tens of megabytes. */
function isBase64(data: string): boolean {
  return data.length > 0 && data.length % 4 === 0 && !/[^A-Za-z0-9+/=]/.test(data) && !/=[^=]/.test(data.slice(-4))
}
