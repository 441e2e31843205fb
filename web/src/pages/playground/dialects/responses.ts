/** OpenAI's Responses. */
import { addText, addUsage, listOf, objectOf, partsOf, textOf, urlOf } from "../talk.ts"
import type { Draft, Json, Speaker, Turn } from "../talk.ts"

function itemsOf({ role, parts }: Turn): readonly object[] {
  if (role === "assistant") {
    const text = partsOf(parts, "text").map((part) => ({ type: "output_text", text: part.text }))
    const calls = partsOf(parts, "call").map(({ id, name, input }) => ({
      type: "function_call",
      call_id: id,
      name,
      arguments: input === "" ? "{}" : input,
    }))
    return [...(text.length === 0 ? [] : [{ type: "message", role, content: text }]), ...calls]
  }
  const results = partsOf(parts, "result").map(({ callId, text }) => ({
    type: "function_call_output",
    call_id: callId,
    output: text,
  }))
  const content = [
    ...partsOf(parts, "text").map(({ text }) => ({ type: "input_text", text })),
    ...partsOf(parts, "image").map((image) => ({ type: "input_image", image_url: urlOf(image) })),
  ]
  return [...results, ...(content.length === 0 ? [] : [{ type: "message", role, content }])]
}

/** An item that is whole: what of it does not come in pieces. */
function addItem(draft: Draft, item: Json): void {
  const type = item["type"]
  if (type === "function_call") {
    const [id, name, input] = [item["call_id"], item["name"], item["arguments"]].map(textOf)
    draft.parts.push({ type: "call", id: id ?? "", name: name ?? "", input: input ?? "" })
  } else if (type === "image_generation_call" && textOf(item["result"]) !== "") {
    const format = textOf(item["output_format"]) || "png"
    draft.parts.push({ type: "image", mediaType: `image/${format}`, data: textOf(item["result"]) })
  }
}

function addEnd(draft: Draft, response: Json): void {
  const usage = objectOf(response["usage"])
  addUsage(draft, usage["input_tokens"], usage["output_tokens"])
  const reason = textOf(objectOf(response["incomplete_details"])["reason"])
  draft.finish = reason || textOf(response["status"])
  const error = textOf(objectOf(response["error"])["message"])
  if (error !== "") draft.error = error
}

export const responses: Speaker = {
  write: ({ model, system, turns, stream, tools, effort, temperature, topP, maxTokens }) => ({
    path: "/v1/responses",
    headers: {},
    body: {
      model,
      ...(system === "" ? {} : { instructions: system }),
      input: turns.flatMap(itemsOf),
      ...(tools.length === 0 ? {} : { tools: tools.map((tool) => ({ type: "function", strict: false, ...tool })) }),
      ...(effort === undefined ? {} : { reasoning: { effort, summary: "auto" } }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { top_p: topP }),
      ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
      store: false,
      ...(stream ? { stream } : {}),
    },
  }),
  readEvent: (event, draft) => {
    switch (event["type"]) {
      case "response.output_text.delta":
        return addText(draft, "text", textOf(event["delta"]))
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return addText(draft, "thinking", textOf(event["delta"]))
      case "response.output_item.done":
        return addItem(draft, objectOf(event["item"]))
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return addEnd(draft, objectOf(event["response"]))
      case "error": {
        draft.error = textOf(event["message"]) || textOf(objectOf(event["error"])["message"])
        return undefined
      }
      default:
        return undefined
    }
  },
  readWhole: (body, draft) => {
    for (const item of listOf(body["output"])) {
      for (const part of [
        ...listOf(item["summary"]),
        ...(item["type"] === "reasoning" ? listOf(item["content"]) : []),
      ]) {
        addText(draft, "thinking", textOf(part["text"]))
      }
      if (item["type"] === "message") {
        for (const part of listOf(item["content"])) addText(draft, "text", textOf(part["text"]))
      }
      addItem(draft, item)
    }
    addEnd(draft, body)
  },
}
