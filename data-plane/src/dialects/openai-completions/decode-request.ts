import { GatewayError } from "../../canonical/error.ts"
import type { ChatRequest, Decoded } from "../../canonical/request.ts"
import type { RequestHeaders } from "../dialect.ts"
import { droppedPaths } from "../field-table.ts"
import { readChoices, readConversation, readModelRequest, readSampling } from "../openai-request.ts"
import { invalid, isAbsent, isObject, readBoolean, readString, type WireObject } from "../read-wire.ts"
import type { CompletionsExtra } from "./extra.ts"
import { COMPLETIONS_TREE } from "./wire.ts"

export function decodeRequest(wire: unknown, headers: RequestHeaders): Decoded<ChatRequest> {
  const { body, model } = readModelRequest(wire)
  refuseUnsupported(body)
  const prompt = readPrompt(body["prompt"])
  const choices = readChoices(body)
  const conversation = readConversation(body, headers, ["user"])
  const extra: CompletionsExtra = {
    includeUsage: asksForUsage(body),
    echo: readBoolean(body, "echo") === true ? prompt : "",
  }
  const value: ChatRequest = {
    model,
    stream: readBoolean(body, "stream") ?? false,
    system: [],
    turns: [{ role: "user", parts: [{ type: "text", text: prompt }] }],
    sampling: readSampling(body, ["max_tokens"]),
    ...(choices === undefined ? {} : { choices }),
    ...(conversation === undefined ? {} : { conversation }),
    extra: { "openai-completions": { ...extra } },
  }
  return { value, dropped: droppedPaths(body, COMPLETIONS_TREE) }
}

function readPrompt(prompt: unknown): string {
  const [first, ...more] = Array.isArray(prompt) ? (prompt as unknown[]) : [prompt] // elements are read below
  if (typeof first === "number" || Array.isArray(first)) {
    throw invalid("prompt", "token ids mean nothing to the models here; send the text")
  }
  if (more.length > 0) throw unsupported("prompt", "one prompt a request; send the others in requests of their own")
  if (typeof first !== "string" || first === "") throw invalid("prompt", "a text is required")
  return first
}

function refuseUnsupported(body: WireObject): void {
  const suffix = readString(body, "suffix")
  if (suffix !== undefined && suffix !== "") {
    throw unsupported("suffix", "no model here fills in the middle; say in the prompt what comes after")
  }
}

function unsupported(param: string, sentence: string): GatewayError {
  return new GatewayError("unsupported_parameter", `${param}: ${sentence}.`, { param })
}

function asksForUsage({ stream_options: options }: WireObject): boolean {
  if (!isAbsent(options) && !isObject(options)) throw invalid("stream_options", "must be an object")
  return isObject(options) && options["include_usage"] === true
}
