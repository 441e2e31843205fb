/** Gemini's generateContent. */
import { addText, addUsage, argumentsOf, listOf, objectOf, textOf } from "../talk.ts"
import type { Draft, Effort, Json, Part, Speaker, Turn } from "../talk.ts"

/** As the gateway reads efforts. */
const BUDGETS: Readonly<Record<Effort, number>> = { low: 1_024, medium: 8_192, high: 24_576 }

function partOf(part: Part, isOwn: boolean): readonly object[] {
  switch (part.type) {
    case "text":
      return [{ text: part.text }]
    case "image":
      return [{ inlineData: { mimeType: part.mediaType, data: part.data } }]
    case "call": {
      const signature = isOwn && part.signature !== undefined ? { thoughtSignature: part.signature } : {}
      return [{ functionCall: { id: part.id, name: part.name, args: argumentsOf(part) }, ...signature }]
    }
    case "result":
      return [{ functionResponse: { id: part.callId, name: part.name, response: { output: part.text } } }]
    case "thinking":
      return []
  }
}

function contentOf({ role, parts, dialect }: Turn): object {
  const own = parts.flatMap((part) => partOf(part, dialect === "gemini"))
  return { role: role === "assistant" ? "model" : "user", parts: own }
}

function addPart(draft: Draft, part: Json): void {
  addText(draft, part["thought"] === true ? "thinking" : "text", textOf(part["text"]))
  const image = objectOf(part["inlineData"])
  if (textOf(image["data"]) !== "") {
    draft.parts.push({ type: "image", mediaType: textOf(image["mimeType"]), data: textOf(image["data"]) })
  }
  if (part["functionCall"] === undefined) return
  const { id, name, args } = objectOf(part["functionCall"])
  const signature = textOf(part["thoughtSignature"])
  draft.parts.push({
    type: "call",
    // Not every model names its calls.
    id: textOf(id) || `call-${draft.parts.length + 1}`,
    name: textOf(name),
    input: JSON.stringify(args ?? {}),
    ...(signature === "" ? {} : { signature }),
  })
}

function readBody(body: Json, draft: Draft): void {
  const [candidate = {}] = listOf(body["candidates"])
  for (const part of listOf(objectOf(candidate["content"])["parts"])) addPart(draft, part)
  const finish = textOf(candidate["finishReason"]) || textOf(objectOf(body["promptFeedback"])["blockReason"])
  if (finish !== "") draft.finish = finish
  const usage = objectOf(body["usageMetadata"])
  const [said, thought] = [usage["candidatesTokenCount"], usage["thoughtsTokenCount"]]
  const output = said === undefined && thought === undefined ? undefined : Number(said ?? 0) + Number(thought ?? 0)
  addUsage(draft, usage["promptTokenCount"], output)
  const error = textOf(objectOf(body["error"])["message"])
  if (error !== "") draft.error = error
}

export const gemini: Speaker = {
  write: ({ model, system, turns, stream, tools, effort, temperature, topP, maxTokens }) => {
    const config = {
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
      ...(effort === undefined ? {} : { thinkingConfig: { includeThoughts: true, thinkingBudget: BUDGETS[effort] } }),
    }
    const declarations = tools.map(({ parameters, ...tool }) => ({ ...tool, parametersJsonSchema: parameters }))
    return {
      path: `/v1beta/models/${encodeURIComponent(model)}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
      headers: {},
      body: {
        ...(system === "" ? {} : { systemInstruction: { parts: [{ text: system }] } }),
        contents: turns.map(contentOf),
        ...(declarations.length === 0 ? {} : { tools: [{ functionDeclarations: declarations }] }),
        ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
      },
    }
  },
  readEvent: readBody,
  readWhole: readBody,
}
