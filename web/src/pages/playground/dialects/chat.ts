/** OpenAI's Chat Completions. */
import { addText, addUsage, imageOf, listOf, objectOf, partsOf, textOf, urlOf } from "../talk.ts"
import type { Draft, Json, Speaker, Turn } from "../talk.ts"

function messagesOf({ role, parts }: Turn): readonly object[] {
  const text = partsOf(parts, "text")
    .map((part) => part.text)
    .join("\n")
  const images = partsOf(parts, "image").map((image) => ({ type: "image_url", image_url: { url: urlOf(image) } }))
  if (role === "assistant") {
    const calls = partsOf(parts, "call").map(({ id, name, input }) => ({
      id,
      type: "function",
      function: { name, arguments: input === "" ? "{}" : input },
    }))
    return [
      {
        role,
        content: text,
        ...(images.length === 0 ? {} : { images }),
        ...(calls.length === 0 ? {} : { tool_calls: calls }),
      },
    ]
  }
  const results = partsOf(parts, "result").map(({ callId, text: content }) => ({
    role: "tool",
    tool_call_id: callId,
    content,
  }))
  if (text === "" && images.length === 0) return results
  const content = images.length === 0 ? text : [...(text === "" ? [] : [{ type: "text", text }]), ...images]
  return [...results, { role, content }]
}

function addImages(draft: Draft, images: unknown): void {
  for (const image of listOf(images)) {
    const part = imageOf(textOf(objectOf(image["image_url"])["url"]))
    if (part !== undefined) draft.parts.push(part)
  }
}

function addCalls(draft: Draft, calls: unknown): void {
  for (const call of listOf(calls)) {
    const { name, arguments: input } = objectOf(call["function"])
    const id = textOf(call["id"])
    if (id === "") {
      // More of one that was begun, counted among the calls.
      const begun = partsOf(draft.parts, "call")[Number(call["index"] ?? 0)]
      if (begun !== undefined) begun.input += textOf(input)
    } else draft.parts.push({ type: "call", id, name: textOf(name), input: textOf(input) })
  }
}

function addMessage(draft: Draft, message: Json): void {
  addText(draft, "thinking", textOf(message["reasoning_content"] ?? message["reasoning"]))
  addText(draft, "text", textOf(message["content"]))
  addImages(draft, message["images"])
  addCalls(draft, message["tool_calls"])
}

function readBody(body: Json, draft: Draft, message: "delta" | "message"): void {
  const [choice = {}] = listOf(body["choices"])
  addMessage(draft, objectOf(choice[message]))
  if (textOf(choice["finish_reason"]) !== "") draft.finish = textOf(choice["finish_reason"])
  const usage = objectOf(body["usage"])
  addUsage(draft, usage["prompt_tokens"], usage["completion_tokens"])
  const error = textOf(objectOf(body["error"])["message"])
  if (error !== "") draft.error = error
}

export const chat: Speaker = {
  write: ({ model, system, turns, stream, tools, effort, temperature, topP, maxTokens }) => ({
    path: "/v1/chat/completions",
    headers: {},
    body: {
      model,
      messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...turns.flatMap(messagesOf)],
      ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: "function", function: tool })) }),
      ...(effort === undefined ? {} : { reasoning_effort: effort }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { top_p: topP }),
      ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    },
  }),
  readEvent: (event, draft) => readBody(event, draft, "delta"),
  readWhole: (body, draft) => readBody(body, draft, "message"),
}
