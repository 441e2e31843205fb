/** Everything beside turns and tools: limits, sampling, thinking, the form of the answer, and what only the gateway itself reads. */
import type { ChatRequest, ImageWish, Sampling } from "../canonical/request.ts"
import type { ReasoningAsk } from "../canonical/reasoning.ts"
import { formatInstruction } from "../canonical/gateway-text.ts"
import type { TargetModel } from "../dialects/dialect.ts"
import { geminiExtra } from "../dialects/gemini/extra.ts"
import { isImageModel, modelFamily } from "../dialects/model-family.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import { normaliseResponseSchema } from "../schema/normalise.ts"
import { camelCase, type ClientLeaf } from "./client-fields.ts"
import { explainThinking } from "./explain-thinking.ts"
import { tellChanges } from "./explain-tools.ts"
import { fieldOf, type Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import type { ReasonCode } from "./reasons.ts"
import type { WishName } from "./wishes.ts"

export interface OptionFacts {
  /** As the client asked, before its model's name had a say. */
  readonly request: ChatRequest
  /** What the name asked beside the model. */
  readonly byName: ReasoningAsk | undefined
  readonly imageByName: ImageWish | undefined
  readonly target: TargetModel
}

export const CONFIG = "/request/generationConfig"

export function explainOptions(ledger: Ledger, inner: WireObject, facts: OptionFacts): void {
  const config = isObject(inner["generationConfig"]) ? inner["generationConfig"] : {}
  explainThinking(ledger, config, facts)
  explainSampling(ledger, config, facts)
  explainStop(ledger, config)
  explainFormat(ledger, config, facts)
  explainImage(ledger, config, facts)
  explainChoice(ledger, inner, facts)
  explainOwn(ledger, inner, config, facts)
  explainKept(ledger, facts)
}

const SAMPLING = [
  ["temperature", "temperature"],
  ["top-p", "topP"],
  ["top-k", "topK"],
  ["seed", "seed"],
] as const satisfies readonly (readonly [WishName, keyof Sampling])[]

function explainSampling(ledger: Ledger, config: WireObject, { request, target }: OptionFacts): void {
  const family = modelFamily(target.id)
  const thinking = config["thinkingConfig"]
  const isThinking = isObject(thinking) && Number(thinking["thinkingBudget"]) > 0
  for (const [wish, field] of SAMPLING) {
    const [leaf] = ledger.asking(wish)
    if (leaf === undefined) continue
    const asked = request.sampling[field]
    const sent = config[field]
    const at = { client: leaf.pointer, upstream: pointerOf(CONFIG, field) }
    const named = { field: fieldOf(leaf.pointer), asked: leaf.value, sent }
    if (sent === leaf.value) ledger.carried(at.client, at.upstream)
    else if (sent !== undefined) {
      const high = wish === "temperature" && family !== "claude" ? 2 : 1
      const isClamped = asked === leaf.value && (sent === 0 || sent === high) && wish !== "top-k" && wish !== "seed"
      if (isClamped) ledger.note("value-clamped", { ...named, low: 0, high }, at)
      else if (asked === sent) ledger.note("value-whole", named, at)
    } else {
      const code = lostSampling(wish, { asked, family, isThinking })
      if (code !== undefined) ledger.note(code, named, { client: leaf.pointer })
    }
  }
}

function lostSampling(
  wish: WishName,
  { asked, family, isThinking }: { readonly asked: unknown; readonly family: string; readonly isThinking: boolean },
): ReasonCode | undefined {
  if (wish === "top-k" && asked === undefined) return "sampling-none"
  if (wish === "seed") return "seed-not-taken"
  if (family !== "claude") return undefined
  if (isThinking) return "sampling-thinking"
  return wish === "top-p" ? "sampling-both" : undefined
}

function explainStop(ledger: Ledger, config: WireObject): void {
  const sent: unknown = config["stopSequences"]
  const list: readonly unknown[] = Array.isArray(sent) ? sent : []
  let index = 0
  for (const { pointer, value } of ledger.asking("stop")) {
    if (index < list.length && list[index] === value) {
      ledger.carried(pointer, `${CONFIG}/stopSequences/${index}`)
      index += 1
    } else if (index === list.length && index === 5) ledger.note("stop-excess", {}, { client: pointer })
  }
}

function explainFormat(ledger: Ledger, config: WireObject, { request, target }: OptionFacts): void {
  const { responseFormat: format } = request
  const leaves = ledger.asking("format")
  if (format === undefined) {
    for (const { pointer } of leaves) ledger.note("format-plain", { field: fieldOf(pointer) }, { client: pointer })
    return
  }
  for (const leaf of leaves.filter(({ pointer }) => pointer.endsWith("/name"))) {
    if (ledger.client.isOpen(leaf.pointer))
      ledger.note("format-name", { field: fieldOf(leaf.pointer) }, { client: leaf.pointer })
  }
  const schema = format.type === "json-schema" ? format.schema : undefined
  const place = schema === undefined ? undefined : [...ledger.opaque].find(([, value]) => value === schema)?.[0]
  const settleAll = (): void => {
    for (const { pointer } of leaves) ledger.client.settle(pointer)
  }
  if (isImageModel(target.id)) {
    ledger.note("image-model", { field: "the form of the answer" }, { client: place ?? leaves[0]?.pointer })
    return settleAll()
  }
  const told = formatInstruction(schema)
  const spot = ledger.upstream.open.find(({ value, pointer }) => value === told && pointer.endsWith("/text"))
  if (spot !== undefined) {
    ledger.note("format-told", {}, { client: place ?? leaves[0]?.pointer, upstream: spot.pointer })
    return settleAll()
  }
  if (config["responseMimeType"] !== "application/json") return
  ledger.upstream.settle(`${CONFIG}/responseMimeType`)
  if (schema === undefined) return settleAll()
  const normalised = normaliseResponseSchema(schema, { family: modelFamily(target.id) })
  if (JSON.stringify(normalised.schema) !== JSON.stringify(config["responseJsonSchema"])) return
  const upstream = `${CONFIG}/responseJsonSchema`
  ledger.carried(place, upstream)
  tellChanges(normalised, place, (path, change, client) =>
    ledger.tell("format-schema-changed", { path, change }, { client, upstream }),
  )
  settleAll()
}

function explainImage(ledger: Ledger, config: WireObject, { request, imageByName }: OptionFacts): void {
  const leaves = ledger.asking("image")
  const sent = config["imageConfig"]
  const upstream = `${CONFIG}/imageConfig`
  if (!isObject(sent)) {
    for (const { pointer } of leaves) ledger.note("image-look-lost", { field: fieldOf(pointer) }, { client: pointer })
    return
  }
  const wanted = { ...imageByName, ...request.image }
  if (sent["aspectRatio"] !== wanted.aspectRatio || sent["imageSize"] !== wanted.size) return
  const { aspectRatio, size } = request.image ?? {}
  const isAsked = (asked: unknown, name: string): boolean => asked !== undefined && sent[name] === asked
  for (const { pointer, value } of leaves) {
    const name = [
      ["aspectRatio", aspectRatio],
      ["imageSize", size],
    ].find(([, asked]) => asked === value)?.[0]
    if (name !== undefined && sent[name] === value) ledger.carried(pointer, pointerOf(upstream, name))
  }
  const rest = leaves.filter(({ pointer }) => ledger.client.isOpen(pointer))
  const isSent = isAsked(aspectRatio, "aspectRatio") || isAsked(size, "imageSize")
  for (const { pointer } of rest) {
    if (isSent) ledger.note("image-look", { sent: JSON.stringify(sent) }, { client: pointer, upstream })
    else ledger.note("image-look-lost", { field: fieldOf(pointer) }, { client: pointer })
  }
  if (ledger.upstream.isOpen(upstream)) ledger.note("image-by-name", {}, { upstream })
}

function explainChoice(ledger: Ledger, inner: WireObject, { request, target }: OptionFacts): void {
  const leaves = ledger.asking("tool-choice")
  const [first] = leaves
  const { toolChoice: choice, tools = [] } = request
  const toolConfig = inner["toolConfig"]
  const calling = isObject(toolConfig) ? toolConfig["functionCallingConfig"] : undefined
  const sent = isObject(calling) ? calling["mode"] : undefined
  const upstream = "/request/toolConfig"
  const isNamed = choice?.type === "tool" || choice?.type === "allowed"
  const named = choice?.type === "tool" ? [choice.name] : choice?.type === "allowed" ? choice.names : []
  const settle = (code: ReasonCode, values: Readonly<Record<string, unknown>>, isSent = true): void => {
    ledger.note(code, values, { client: first?.pointer, ...(isSent && sent !== undefined ? { upstream } : {}) })
    for (const { pointer } of leaves) ledger.client.settle(pointer)
  }
  const isAuto = choice === undefined || choice.type === "auto" || (choice.type === "allowed" && choice.mode === "auto")
  const isUnknown = isNamed && tools.length > 0 && !tools.some(({ name }) => named.includes(name))
  if (isUnknown) settle("tool-choice-unknown", {}, false)
  if ((isAuto || isUnknown) && sent === "VALIDATED" && modelFamily(target.id) === "claude") {
    ledger.note("tool-choice-default", {}, { upstream })
  }
  if (first === undefined && choice?.type === "none" && sent === "NONE") {
    ledger.note("tool-choice-summary", {}, { upstream })
  }
  if (first === undefined || isUnknown) return
  const wanted = choice === undefined || isAuto ? undefined : choice.type === "none" ? "NONE" : "ANY"
  const isFirstOwn = leaves.every(({ value }) => value === sent || named.includes(String(value)))
  if (sent === wanted && isFirstOwn && sent !== undefined) {
    for (const { pointer } of leaves) ledger.client.settle(pointer)
    return ledger.upstream.settle(upstream)
  }
  if (sent !== undefined && (sent === wanted || (isAuto && sent === "VALIDATED")))
    return settle("tool-choice", { sent })
  if (sent === undefined) {
    const why =
      tools.length === 0
        ? "there are no tools"
        : isImageModel(target.id)
          ? "image models take no tools"
          : "it is what the model does anyway"
    if (tools.length === 0 || isAuto || isImageModel(target.id)) settle("tool-choice-silent", { why })
  }
}

/** What only Gemini's clients and Gemini's models know. */
function explainOwn(ledger: Ledger, inner: WireObject, config: WireObject, { request }: OptionFacts): void {
  const { config: own = {}, safetySettings } = geminiExtra(request)
  for (const leaf of ledger.asking("own")) {
    const name = camelCase(leaf.pointer.split("/")[2] ?? "")
    if (name in own && JSON.stringify(config[name]) === JSON.stringify(own[name]))
      ledger.carried(leaf.pointer, pointerOf(CONFIG, name))
    else if (name in own && config[name] === undefined)
      ledger.note("own-models", { field: fieldOf(leaf.pointer) }, { client: leaf.pointer })
  }
  const [first, ...rest] = ledger.asking("safety")
  if (first === undefined) return
  const isSent = JSON.stringify(inner["safetySettings"]) === JSON.stringify(safetySettings)
  if (inner["safetySettings"] === undefined)
    ledger.note("own-models", { field: "safetySettings" }, { client: first.pointer })
  else if (!isSent) return
  else ledger.carried(first.pointer, "/request/safetySettings")
  for (const { pointer } of rest) ledger.client.settle(pointer)
}

function explainKept(ledger: Ledger, { request }: OptionFacts): void {
  const each = (wish: WishName, tell: (leaf: ClientLeaf) => void): void => {
    for (const leaf of ledger.asking(wish)) tell(leaf)
  }
  each("answer", ({ pointer, row }) =>
    ledger.note("kept-answer", { field: fieldOf(pointer) }, { client: pointer, rule: row }),
  )
  each("session", ({ pointer, row }) =>
    ledger.note("kept-session", { field: fieldOf(pointer) }, { client: pointer, rule: row }),
  )
  each("choices", ({ pointer, row }) =>
    ledger.note("kept-choices", { count: request.choices ?? 1 }, { client: pointer, rule: row }),
  )
}
