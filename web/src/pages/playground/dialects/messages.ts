/** Anthropic's Messages. */
import { addText, addUsage, argumentsOf, listOf, objectOf, textOf } from "../talk.ts"
import type { Draft, Effort, Json, Part, Speaker, Turn } from "../talk.ts"

/** As the gateway reads efforts. */
const BUDGETS: Readonly<Record<Effort, number>> = { low: 1_024, medium: 8_192, high: 24_576 }
/** The dialect demands a limit; above it stands what thinking may take. */
const ROOM = 8_192

function blockOf(part: Part, isOwn: boolean): readonly object[] {
  switch (part.type) {
    case "text":
      return [{ type: "text", text: part.text }]
    case "image":
      return [{ type: "image", source: { type: "base64", media_type: part.mediaType, data: part.data } }]
    case "call":
      return [{ type: "tool_use", id: part.id, name: part.name, input: argumentsOf(part) }]
    case "result":
      return [{ type: "tool_result", tool_use_id: part.callId, content: part.text }]
    case "thinking":
      return isOwn && part.signature !== undefined
        ? [{ type: "thinking", thinking: part.text, signature: part.signature }]
        : []
  }
}

function messageOf({ role, parts, dialect }: Turn): object {
  return { role, content: parts.flatMap((part) => blockOf(part, dialect === "messages")) }
}

function addBlock(draft: Draft, block: Json): void {
  const type = block["type"]
  if (type === "text") draft.parts.push({ type: "text", text: textOf(block["text"]) })
  if (type === "thinking") {
    const signature = textOf(block["signature"])
    draft.parts.push({ type: "thinking", text: textOf(block["thinking"]), ...(signature === "" ? {} : { signature }) })
  }
  if (type === "tool_use") {
    const input = Object.keys(objectOf(block["input"])).length === 0 ? "" : JSON.stringify(block["input"])
    draft.parts.push({ type: "call", id: textOf(block["id"]), name: textOf(block["name"]), input })
  }
}

function addDelta(draft: Draft, delta: Json): void {
  const last = draft.parts.at(-1)
  if (delta["type"] === "text_delta") addText(draft, "text", textOf(delta["text"]))
  if (delta["type"] === "thinking_delta") addText(draft, "thinking", textOf(delta["thinking"]))
  if (delta["type"] === "input_json_delta" && last?.type === "call") last.input += textOf(delta["partial_json"])
  if (delta["type"] === "signature_delta" && last?.type === "thinking") {
    last.signature = (last.signature ?? "") + textOf(delta["signature"])
  }
}

export const messages: Speaker = {
  write: ({ model, system, turns, stream, tools, effort, temperature, topP, maxTokens }) => {
    const budget = effort === undefined ? 0 : BUDGETS[effort]
    return {
      path: "/v1/messages",
      headers: { "anthropic-version": "2023-06-01" },
      body: {
        model,
        max_tokens: maxTokens ?? ROOM + budget,
        ...(system === "" ? {} : { system }),
        messages: turns.map(messageOf),
        ...(tools.length === 0
          ? {}
          : { tools: tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })) }),
        ...(budget === 0 ? {} : { thinking: { type: "enabled", budget_tokens: budget } }),
        ...(temperature === undefined ? {} : { temperature }),
        ...(topP === undefined ? {} : { top_p: topP }),
        ...(stream ? { stream } : {}),
      },
    }
  },
  readEvent: (event, draft) => {
    switch (event["type"]) {
      case "message_start": {
        const usage = objectOf(objectOf(event["message"])["usage"])
        return addUsage(draft, usage["input_tokens"], usage["output_tokens"])
      }
      case "content_block_start":
        return addBlock(draft, objectOf(event["content_block"]))
      case "content_block_delta":
        return addDelta(draft, objectOf(event["delta"]))
      case "message_delta": {
        const usage = objectOf(event["usage"])
        draft.finish = textOf(objectOf(event["delta"])["stop_reason"])
        return addUsage(draft, usage["input_tokens"], usage["output_tokens"])
      }
      case "error": {
        draft.error = textOf(objectOf(event["error"])["message"])
        return undefined
      }
      default:
        return undefined
    }
  },
  readWhole: (body, draft) => {
    for (const block of listOf(body["content"])) addBlock(draft, block)
    const usage = objectOf(body["usage"])
    addUsage(draft, usage["input_tokens"], usage["output_tokens"])
    draft.finish = textOf(body["stop_reason"])
  },
}
