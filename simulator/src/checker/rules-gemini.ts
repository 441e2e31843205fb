/** Rules of the Gemini family: signatures, pairing of calls and results. */
import { corruptedSignature, invalidArgument, missingSignature } from "../refusals.ts"
import { isSentinel } from "../signatures.ts"
import type { CheckContext, Rule } from "./rule.ts"
import { currentLoop } from "./loop.ts"

/** Asked for Gemini models (and `gpt-oss-signature` for GPT-OSS). */
export const geminiRules: readonly Rule[] = [
  {
    id: "gemini-corrupted-signature",
    source: "upstream-protocol 7.2, 7.3",
    about: "Every signature on any part was minted by Gemini, or is a sentinel.",
    check: (context) =>
      isGemini(context) &&
      signaturesIn(context).some((value) => !isSentinel(value) && !context.signatures.isGemini(value))
        ? corruptedSignature()
        : undefined,
  },
  {
    id: "gemini-missing-signature",
    source: "upstream-protocol 7.1, 7.2",
    about: "Gemini 3: the first call of each model turn in the current tool loop carries a signature.",
    check: ({ model, request }) => {
      if (model?.family !== "gemini-3") return undefined
      for (const { parts, index } of currentLoop(request.turns)) {
        const first = parts.find(({ call }) => call)
        if (first?.call && !first.signature) return missingSignature(first.call.name, index + 1)
      }
      return undefined
    },
  },
  {
    id: "gemini-result-count",
    source: "upstream-protocol 8.4",
    about: "As many results as calls, in the one user turn after them.",
    check: (context) => {
      const { turns } = context.request
      const fits = turns.every(({ role, parts }, index) => {
        const calls = role === "model" ? parts.filter(({ call }) => call).length : 0
        if (role !== "model") return index > 0 || parts.every(({ response }) => !response)
        return calls === (turns[index + 1]?.parts.filter(({ response }) => response).length ?? 0)
      })
      if (!isGeminiText(context) || fits) return undefined
      return invalidArgument(
        "Please ensure that the number of function response parts is equal to the number of function call parts of the " +
          "function call turn.",
      )
    },
  },
  {
    id: "gemini-result-order",
    source: "upstream-protocol 8.4",
    about: "Results stand in the order of the calls, under the calls' names.",
    check: (context) => {
      const { turns } = context.request
      const fits = turns.every(({ parts }, index) => {
        const called = parts.flatMap(({ call }) => (call ? [call.name] : []))
        const answered = (turns[index + 1]?.parts ?? []).flatMap(({ response }) => (response ? [response.name] : []))
        return called.length !== answered.length || called.every((name, place) => name === answered[place])
      })
      return isGeminiText(context) && !fits ? invalidArgument() : undefined
    },
  },
  {
    id: "gemini-stop-sequences",
    source: "upstream-protocol 12",
    about: "At most five stop sequences.",
    check: (context) =>
      isGemini(context) && context.request.config.stopSequences.length > 5 ? invalidArgument() : undefined,
  },
  {
    id: "gpt-oss-signature",
    source: "upstream-protocol 6.4",
    about: "GPT-OSS is sent no signatures and no sentinel.",
    check: (context) =>
      context.model?.family === "gpt-oss" && signaturesIn(context).length > 0 ? invalidArgument() : undefined,
  },
]

/** Whether the model is one of Gemini's. */
export function isGemini({ model }: CheckContext): boolean {
  return model?.family === "gemini-3" || model?.family === "gemini-2"
}

function isGeminiText(context: CheckContext): boolean {
  return isGemini(context) || context.model?.family === "gpt-oss"
}

function signaturesIn({ request }: CheckContext): string[] {
  return request.turns.flatMap(({ parts }) =>
    parts.flatMap(({ signature }) => (signature === undefined ? [] : [signature])),
  )
}
