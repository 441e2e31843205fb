import type { ChatRequest, Decoded } from "../../canonical/request.ts"
import { GatewayError } from "../../canonical/error.ts"
import { TurnList } from "../../canonical/turn-list.ts"
import type { CallAddress, RequestHeaders } from "../dialect.ts"
import { droppedPaths, mergeDropped } from "../field-table.ts"
import { headerValue, invalid, isAbsent, readBody, readObject, type WireObject } from "../read-wire.ts"
import { decodeImage, decodeReasoning, decodeResponseFormat, decodeSampling } from "./decode-config.ts"
import { decodeContents, decodeSystem } from "./decode-contents.ts"
import { decodeTools } from "./decode-tools.ts"
import type { GeminiExtra } from "./extra.ts"
import { readModelName } from "./model-name.ts"
import { regularForm } from "./regular-form.ts"
import { GEMINI_TREE } from "./wire.ts"

/** Session headers of agents that speak this dialect, in the order in which they count. */
const CONVERSATION_HEADERS = ["x-session-id", "x-session-affinity"] as const

/** Of `generationConfig`: taken by Gemini's own models, without a meaning to others. */
const OWN_CONFIG = ["mediaResolution", "audioTimestamp"] as const

/** Nothing needs to be said for them: a model's id decides which of the two it answers in. */
const MODALITIES: ReadonlySet<unknown> = new Set(["TEXT", "IMAGE", "MODALITY_UNSPECIFIED"])

/** The model and the wish for a stream stand in the address. */
export function decodeRequest(wire: unknown, headers: RequestHeaders, address?: CallAddress): Decoded<ChatRequest> {
  const body = regularForm(readBody(wire))
  const model = readModelName(address?.rest ?? body["model"])
  if (model === "") throw invalid("model", "the path must name a model, as in /v1beta/models/MODEL:generateContent")
  refuseCachedContent(body)
  const config = readObject(body["generationConfig"], "generationConfig") ?? {}
  const turns = new TurnList()
  const found: string[] = []
  turns.addSystem(decodeSystem(body["systemInstruction"], found))
  decodeContents(body["contents"], turns, found)
  if (wantsOtherModality(config)) found.push("generationConfig.responseModalities")
  const responseFormat = decodeResponseFormat(config, found)
  const image = decodeImage(config, found)
  const dropped = mergeDropped(droppedPaths(body, GEMINI_TREE).filter(isLoss(config)), found)
  if (turns.turns.length === 0 && turns.system.length === 0) throw nothingLeft(dropped)
  const value: ChatRequest = {
    model,
    stream: address?.form === "stream",
    system: turns.system,
    turns: turns.turns,
    sampling: decodeSampling(config),
    ...decodeTools(body),
    ...present("responseFormat", responseFormat),
    ...present("image", image),
    ...present("reasoning", decodeReasoning(config)),
    ...present("conversation", conversationOf(headers)),
    extra: { gemini: { ...extraOf(body, config, address) } },
  }
  return { value, dropped: [...dropped, ...turns.added] }
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [Name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: Value }) // one key, named above
}

function wantsOtherModality({ responseModalities: wanted }: WireObject): boolean {
  return Array.isArray(wanted) && wanted.some((one) => !MODALITIES.has(one))
}

/** One candidate is what everybody gets. */
function isLoss(config: WireObject): (path: string) => boolean {
  return (path) => path !== "generationConfig.candidateCount" || config["candidateCount"] !== 1
}

/** Leaving it out would answer without a part of the prompt. */
function refuseCachedContent(body: WireObject): void {
  if (isAbsent(body["cachedContent"]) || body["cachedContent"] === "") return
  const message = "cachedContent: cached content is not available through this gateway; send the content itself."
  throw new GatewayError("unsupported_parameter", message, { param: "cachedContent" })
}

function extraOf(body: WireObject, config: WireObject, address: CallAddress | undefined): GeminiExtra {
  const { tools } = body
  const safetySettings = objectList(body["safetySettings"], "safetySettings")
  const own = Object.fromEntries(OWN_CONFIG.flatMap((key) => (isAbsent(config[key]) ? [] : [[key, config[key]]])))
  const contexts = objectList(tools, "tools").map((tool, index) =>
    readObject(tool["urlContext"], `tools[${index}].urlContext`),
  )
  const thinking = readObject(config["thinkingConfig"], "generationConfig.thinkingConfig")
  return {
    framing: address?.query !== undefined && address.query.get("alt") !== "sse" ? "list" : "events",
    ...(safetySettings.length > 0 ? { safetySettings } : {}),
    ...(Object.keys(own).length === 0 ? {} : { config: own }),
    ...(contexts.some((context) => context !== undefined) ? { urlContext: true } : {}),
    ...(thinking?.["includeThoughts"] === false ? { hidesThoughts: true } : {}),
  }
}

function objectList(wire: unknown, path: string): readonly WireObject[] {
  if (isAbsent(wire)) return []
  if (!Array.isArray(wire)) throw invalid(path, "must be a list")
  return wire.flatMap((item: unknown, index): readonly WireObject[] => {
    const object = readObject(item, `${path}[${index}]`)
    return object === undefined ? [] : [object]
  })
}

function conversationOf(headers: RequestHeaders): string | undefined {
  for (const name of CONVERSATION_HEADERS) {
    const value = headerValue(headers, name)
    if (value !== undefined) return value
  }
  return undefined
}

function nothingLeft(dropped: readonly string[]): GatewayError {
  const lost = dropped.filter((path) => path.startsWith("contents"))
  const why = lost.length === 0 ? "" : ` What they hold is not carried: ${lost.slice(0, 5).join(", ")}.`
  return invalid("contents", `no content holds anything that can be sent.${why}`)
}
