/**
 * Why an upstream request differs from the client's. Pure, and made after an exchange: nothing on the hot path knows of it. It is no
 * report of what the translation meant to do: it looks at the two bodies as they were, finds each value of one in the other, and
 * explains what is left by what this gateway does. What nothing explains is told as `unexplained`, whichever side it stands on.
 */
import { MAX_TRANSLATION_NOTES, type TranslationNote } from "#shared/capture.ts"
import type { FallbackRecord } from "#shared/link-protocol.ts"
import type { ModelRoute } from "#shared/route.ts"
import type { AttributionBlock } from "#shared/snapshot.ts"
import { never } from "#shared/never.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ChatRequest } from "../canonical/request.ts"
import type { CallAddress, RequestHeaders, TargetModel } from "../dialects/dialect.ts"
import { modelFamily } from "../dialects/model-family.ts"
import { clientDialects, type ClientDialectName } from "../dialects/index.ts"
import { isAbsent, isObject, type WireObject } from "../dialects/read-wire.ts"
import { createToolNames, dedupeTools } from "../dialects/tool-names.ts"
import { isAttribution } from "../server/attribution.ts"
import { NOTHING } from "./client-fields.ts"
import { explainOptions } from "./explain-options.ts"
import { explainTalk } from "./explain-talk.ts"
import { explainTools } from "./explain-tools.ts"
import { fieldOf, Ledger } from "./ledger.ts"
import { isWithin } from "./pointers.ts"
import { REASONS, sentenceOf, type ReasonCode } from "./reasons.ts"

/** What was captured of an exchange, and the facts that were in force for it. */
export interface TranslatedExchange {
  readonly dialect: ClientDialectName
  /** The client's body; a form's fields as an object. */
  readonly client: unknown
  readonly headers: RequestHeaders
  readonly address: CallAddress
  /** The whole body that went upstream. */
  readonly upstream: unknown
  /** What it was made for. */
  readonly target: TargetModel
  readonly route: Pick<ModelRoute, "model" | "via" | "rule" | "wish" | "unoffered">
  /** Models that could not be served before. */
  readonly fallbacks?: readonly FallbackRecord[]
  readonly attributionBlock?: AttributionBlock
  /** Whether an answer to this key's lineage carried the signature. Absent: nobody knows any more. */
  readonly isKept?: (signature: string) => boolean
}

/** Of either body: other streams of the process wait while two are compared. */
const MAX_VALUES = 10_000
/** Of either body's pointers together: a client can name its fields at any length, and a pointer says all names above it again. */
const MAX_POINTER_CHARACTERS = 4 * 1_048_576
/** Of one note's pointers. */
const LONGEST_POINTER = 1_000

export function diffTranslation(exchange: TranslatedExchange): readonly TranslationNote[] {
  const { client, upstream } = exchange
  if (!isObject(client)) return [notCompared("the client's body is no JSON object")]
  if (!isObject(upstream) || !isObject(upstream["request"])) {
    return [notCompared("no whole body went upstream")]
  }
  const most = { values: MAX_VALUES, characters: MAX_POINTER_CHARACTERS }
  if (!isWithin(client, most) || !isWithin(upstream, most)) {
    return [notCompared(`they hold more than ${MAX_VALUES} values, or names that are too long`)]
  }
  const dialect = dialectOf(exchange.dialect, client)
  let decoded
  try {
    decoded = clientDialects[exchange.dialect].decodeRequest(client, exchange.headers, exchange.address)
  } catch (error) {
    if (error instanceof GatewayError) return [notCompared("the client's body is refused")]
    throw error
  }
  const ledger = new Ledger(dialect, client, upstream)
  explainModel(ledger, decoded.value, upstream, exchange)
  explainEnvelope(ledger)
  explainLosses(ledger, decoded.dropped)
  explainRequest(ledger, decoded.value, upstream["request"], { ...exchange, dialect })
  explainRest(ledger)
  return listed(ledger.notes.map(cut))
}

/** Some agents send one wire's body to the path of another. */
function dialectOf(asked: ClientDialectName, body: WireObject): ClientDialectName {
  const isInput = asked === "openai-chat" && !isAbsent(body["input"]) && isAbsent(body["messages"])
  return isInput ? "openai-responses" : asked
}

function explainRequest(
  ledger: Ledger,
  request: ChatRequest,
  inner: WireObject,
  { dialect, target, route, attributionBlock, isKept }: TranslatedExchange,
): void {
  const { tools } = dedupeTools(request.tools ?? [])
  const { toolChoice: choice } = request
  const isNarrowed = choice?.type === "allowed" && tools.some(({ name }) => choice.names.includes(name))
  const declared = tools.filter(({ name }) => !isNarrowed || choice.names.includes(name))
  const names = createToolNames(
    declared.map(({ name }) => name),
    modelFamily(target.id),
  )
  const config = inner["generationConfig"]
  const thinking = isObject(config) ? config["thinkingConfig"] : undefined
  const isThinking = isObject(thinking) && thinking["thinkingBudget"] !== 0
  const wished = route.wish?.reasoning
  const byName = wished === undefined ? undefined : { ...wished, show: wished.kind !== "off" }
  explainTools(ledger, inner, { request, modelId: target.id, names, isThinking })
  explainOptions(ledger, inner, { request, byName, imageByName: route.wish?.image, target })
  explainTalk(ledger, inner, {
    request,
    modelId: target.id,
    names,
    isAttribution: (text) => attributionBlock !== "keep" && isAttribution(text),
    isKept: isKept ?? (() => true),
    isOwnWire: dialect === "gemini",
  })
}

function explainModel(
  ledger: Ledger,
  request: ChatRequest,
  { model }: WireObject,
  { route, target, fallbacks = [] }: TranslatedExchange,
): void {
  const [leaf] = ledger.asking("model")
  const upstream = "/model"
  const at = { client: leaf?.pointer, upstream, rule: route.rule }
  if (model !== target.id) return
  if (request.model === model && route.rule === undefined) return ledger.carried(leaf?.pointer, upstream)
  const last = fallbacks.at(-1)
  if (last !== undefined && last.to === model) {
    for (const { from, to, because } of fallbacks)
      ledger.tell("model-chain", { from, because, model: to }, { upstream })
  } else if (route.model !== model) {
    ledger.note("model-search", { asked: route.model, model }, { client: leaf?.pointer, upstream })
    if (request.model === route.model && route.rule === undefined) return
  }
  const asked = request.model === "" ? "none" : request.model
  ledger.note("model-routed", { asked, how: howRouted(route, request.model), model: route.model }, at)
}

function howRouted({ via, rule, wish, unoffered }: TranslatedExchange["route"], asked: string): string {
  if (unoffered !== undefined) return `the chain of \`${unoffered}\`, which no account offers`
  if (rule !== undefined) return `rule \`${rule}\``
  if (asked === "") return "the default model"
  const words = wish === undefined ? "" : ", whose words in brackets ask for more"
  switch (via) {
    case "deprecated":
      return `the model that took its place${words}`
    case "alias":
      return `alias${words}`
    case "exact":
      return `its own name${words}`
    case "pass-through":
      return `as it is, while no list of models is known${words}`
    default:
      return never(via)
  }
}

/** `userAgent` is a word of the protocol, the same for every account. */
const ENVELOPE = ["/project", "/requestId", "/userAgent", "/requestType", "/request/sessionId"] as const

function explainEnvelope(ledger: Ledger): void {
  for (const pointer of ENVELOPE) ledger.upstream.settle(pointer)
  ledger.tell("envelope", {}, { upstream: "" })
}

/** What only the dialect's decoder could tell. */
function explainLosses(ledger: Ledger, dropped: readonly string[]): void {
  const told = new Set(ledger.notes.map(({ client }) => client))
  for (const path of dropped) {
    const pointer = `/${path.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll(".", "/")}`
    if (told.has(pointer) || !ledger.client.isOpen(pointer)) continue
    ledger.note("part-lost", { field: path }, { client: pointer })
  }
}

function explainRest(ledger: Ledger): void {
  for (const { pointer, value } of ledger.client.open) {
    if (value === NOTHING) continue
    ledger.note("client-unexplained", { field: fieldOf(pointer) }, { client: pointer })
  }
  for (const { pointer } of ledger.upstream.open) {
    ledger.note("upstream-unexplained", { field: fieldOf(pointer) }, { upstream: pointer })
  }
}

/** Names are the client's, and as long as it likes. */
function cut(note: TranslationNote): TranslationNote {
  const short = { ...note }
  for (const field of ["client", "upstream", "rule"] as const) {
    const text = note[field]
    if (text !== undefined && text.length > LONGEST_POINTER) short[field] = text.slice(0, LONGEST_POINTER)
  }
  return short
}

function listed(notes: readonly TranslationNote[]): readonly TranslationNote[] {
  if (notes.length <= MAX_TRANSLATION_NOTES) return notes
  // What is not explained is what somebody must see.
  const urgent = notes.toSorted((a, b) => Number(b.kind === "unexplained") - Number(a.kind === "unexplained"))
  const kept = urgent.slice(0, MAX_TRANSLATION_NOTES - 1)
  return [...kept, noteOf("not-listed", { count: notes.length - kept.length })]
}

export function notCompared(why: string): TranslationNote {
  return noteOf("not-compared", { why })
}

function noteOf(code: ReasonCode, values: Readonly<Record<string, unknown>>): TranslationNote {
  return { code, kind: REASONS[code].kind, reason: sentenceOf(code, values) }
}
