/** What `generationConfig` says: sampling, thinking, the form of the answer. */
import type { ReasoningAsk, ReasoningWish } from "../../canonical/reasoning.ts"
import type { ImageWish, ResponseFormat, Sampling } from "../../canonical/request.ts"
import { readBudget, readEffort } from "../read-reasoning.ts"
import { invalid, isAbsent, readObject, type WireObject } from "../read-wire.ts"

const PATH = "generationConfig"
const IMAGE_SIZES = ["1K", "2K", "4K"] as const

export function decodeSampling(config: WireObject): Sampling {
  const maxOutputTokens = number(config, "maxOutputTokens")
  if (maxOutputTokens !== undefined && maxOutputTokens < 1)
    throw invalid(`${PATH}.maxOutputTokens`, "must be at least 1")
  const temperature = number(config, "temperature")
  const topP = number(config, "topP")
  // Some clients write a whole number as 64.0, which JSON does not tell apart; a real fraction is cut.
  const topK = number(config, "topK")
  const seed = number(config, "seed")
  const stop = stopSequences(config["stopSequences"])
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens: Math.trunc(maxOutputTokens) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined || topK < 1 ? {} : { topK: Math.trunc(topK) }),
    ...(seed === undefined ? {} : { seed: Math.trunc(seed) }),
    ...(stop.length === 0 ? {} : { stop }),
  }
}

/** A level and a budget exclude each other upstream: the level counts. Only `includeThoughts` shows thoughts. */
export function decodeReasoning(config: WireObject): ReasoningAsk | undefined {
  const path = `${PATH}.thinkingConfig`
  const wire = readObject(config["thinkingConfig"], path)
  if (wire === undefined) return undefined
  const wish = levelOf(wire["thinkingLevel"], path) ?? readBudget(wire["thinkingBudget"], `${path}.thinkingBudget`)
  const show = wire["includeThoughts"] === true
  if (wish === undefined) return show ? { kind: "auto", show } : undefined
  return { ...wish, show }
}

/** Enumerations come in either case, and their zero value says nothing. */
function levelOf(wire: unknown, path: string): ReasoningWish | undefined {
  if (typeof wire === "string" && /unspecified$/i.test(wire)) return undefined
  return readEffort(wire, `${path}.thinkingLevel`)
}

/** Forms of an answer without a schema's or JSON's. */
const PLAIN: ReadonlySet<string> = new Set(["", "text/plain"])

/** A schema asks for JSON by itself. Of any other form no model here can be told; `dropped` gets it, with a schema for it. */
export function decodeResponseFormat(config: WireObject, dropped: string[]): ResponseFormat | undefined {
  const form = isAbsent(config["responseMimeType"]) ? "" : config["responseMimeType"]
  if (typeof form !== "string") throw invalid(`${PATH}.responseMimeType`, "must be a string")
  const general = readObject(config["responseSchema"], `${PATH}.responseSchema`)
  const schema = readObject(config["responseJsonSchema"], `${PATH}.responseJsonSchema`) ?? general
  const isJson = form === "application/json"
  if (!isJson && !PLAIN.has(form)) {
    const lost = ["responseMimeType", "responseSchema", "responseJsonSchema"].filter((name) => !isAbsent(config[name]))
    dropped.push(...lost.map((name) => `${PATH}.${name}`))
    return undefined
  }
  if (schema !== undefined) return { type: "json-schema", schema }
  return isJson ? { type: "json" } : undefined
}

/** `dropped` gets a size that no model here has. */
export function decodeImage(config: WireObject, dropped: string[]): ImageWish | undefined {
  const wire = readObject(config["imageConfig"], `${PATH}.imageConfig`)
  if (wire === undefined) return undefined
  const { aspectRatio, imageSize } = wire
  const size = IMAGE_SIZES.find((known) => typeof imageSize === "string" && imageSize.toUpperCase() === known)
  if (size === undefined && !isAbsent(imageSize) && imageSize !== "") dropped.push(`${PATH}.imageConfig.imageSize`)
  const wish: ImageWish = {
    ...(typeof aspectRatio === "string" && aspectRatio !== "" ? { aspectRatio } : {}),
    ...(size === undefined ? {} : { size }),
  }
  return Object.keys(wish).length === 0 ? undefined : wish
}

function number(config: WireObject, key: string): number | undefined {
  const value = config[key]
  if (isAbsent(value)) return undefined
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(`${PATH}.${key}`, "must be a number")
  return value
}

function stopSequences(wire: unknown): readonly string[] {
  if (isAbsent(wire)) return []
  if (!Array.isArray(wire)) throw invalid(`${PATH}.stopSequences`, "must be a list of strings")
  return wire.flatMap((sequence: unknown, index) => {
    if (typeof sequence !== "string") throw invalid(`${PATH}.stopSequences[${index}]`, "must be a string")
    return sequence === "" ? [] : [sequence]
  })
}
