/** System text and turns: each part of the client's is looked for upstream, and what stands there of nobody's is told. */
import {
  ADDED,
  COMPACTION_PROMPT,
  MISSING_RESULT,
  orphanResult,
  PLACEHOLDER_TEXT,
  PREFILL_HINT,
} from "../canonical/gateway-text.ts"
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import type { ChatRequest, Turn } from "../canonical/request.ts"
import { isSendable } from "../dialects/gemini/encode-contents.ts"
import { isImageModel, modelFamily } from "../dialects/model-family.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import type { ToolNames } from "../dialects/tool-names.ts"
import { PLACEHOLDER } from "../schema/placeholder.ts"
import { isCarrier } from "../signatures/carrier.ts"
import { SIGNATURE_SENTINEL } from "../signatures/sentinel.ts"
import { ClientPlaces, type ResultPlaces } from "./client-places.ts"
import { tellName } from "./explain-tools.ts"
import { fieldOf, type Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import { UpstreamPlaces, type Spot } from "./upstream-places.ts"

export interface TalkFacts {
  readonly request: ChatRequest
  readonly modelId: string
  readonly names: ToolNames
  /** The request's own attribution lines were left out. */
  readonly isAttribution: (text: string) => boolean
  /** The signature is of an answer to this key's lineage. */
  readonly isKept: (signature: string) => boolean
  /** The dialect has `systemInstruction` itself. */
  readonly isOwnWire: boolean
}

export function explainTalk(ledger: Ledger, inner: WireObject, facts: TalkFacts): void {
  new Talk(ledger, inner, facts).explain()
}

const REMINDER = "<system-reminder>\n"

interface PlacedResult {
  readonly part: ToolResultPart
  readonly turn: number
  readonly places: ResultPlaces
}

interface PlacedCall {
  readonly part: ToolCallPart
  readonly turn: number
  readonly spot: Spot
}

class Talk {
  readonly #ledger: Ledger
  readonly #facts: TalkFacts
  readonly #client: ClientPlaces
  readonly #upstream: UpstreamPlaces
  /** By the content that holds them, in the upstream's order. */
  readonly #calls = new Map<number, PlacedCall[]>()
  /** Texts of the assistant's that stand nowhere as they are, in their order. */
  readonly #begun: { readonly text: string; readonly client: string | undefined }[] = []
  /** Where the parts of a content came from. */
  readonly #sources = new Map<number, string[]>()

  constructor(ledger: Ledger, inner: WireObject, facts: TalkFacts) {
    this.#ledger = ledger
    this.#facts = facts
    this.#client = new ClientPlaces(ledger)
    this.#upstream = new UpstreamPlaces(inner)
  }

  explain(): void {
    const { turns } = this.#facts.request
    this.#roles()
    this.#system()
    const results: PlacedResult[] = []
    for (const [index, turn] of turns.entries()) {
      for (const part of turn.parts) {
        if (part.type === "tool-result") {
          const places = this.#client.result(part)
          if (turn.role === "user") results.push({ part, turn: index, places })
          else this.#misplaced([places.id, places.name, ...places.content])
        } else this.#part(part, turn, index)
      }
    }
    this.#results(results)
    this.#made()
    this.#order()
    this.#rest()
  }

  get #family() {
    return modelFamily(this.#facts.modelId)
  }

  /** The upstream's word for whose turn it is. */
  #roles(): void {
    for (const pointer of this.#upstream.roles) this.#ledger.upstream.settle(pointer)
  }

  #system(): void {
    const { request, isAttribution, isOwnWire, modelId } = this.#facts
    let moved: { client: string | undefined; upstream: string } | undefined
    for (const { text } of request.system) {
      const client = this.#client.text(text)
      const spot = this.#upstream.system(text)
      if (spot !== undefined) {
        this.#ledger.carried(client, spot)
        moved ??= { client, upstream: spot }
        continue
      }
      const asked = this.#upstream.take("user", "text", text)
      if (asked !== undefined) this.#ledger.note("system-alone", {}, { client, upstream: textOf(asked) })
      else if (isAttribution(text)) this.#ledger.note("attribution-dropped", {}, { client })
      else if (!isSendable(text, this.#family)) this.#ledger.note("text-blank", {}, { client })
      else if (isImageModel(modelId)) this.#ledger.note("image-model", { field: "system" }, { client })
    }
    if (moved !== undefined && !isOwnWire) this.#ledger.note("system-moved", {}, moved)
  }

  #part(part: Exclude<Part, ToolResultPart>, turn: Turn, index: number): void {
    switch (part.type) {
      case "text":
        return this.#text(part, turn)
      case "reasoning":
        return this.#thought(part)
      case "tool-call":
        if (turn.role === "assistant") return this.#call(part, index)
        return this.#misplaced(Object.values(this.#client.call(part)))
      case "media":
        return this.#media(part, turn.role === "user" ? "user" : "model")
      case "remote-media":
        return this.#remote(part.url, part.param, turn.role === "user" ? "user" : "model")
      case "sealed-text":
        return this.#sealed(part.carrier)
    }
  }

  /** A call of the user's, or a result of the model's. */
  #misplaced(places: readonly (string | undefined)[]): void {
    const known = places.filter((place) => place !== undefined)
    for (const place of known) this.#settleText(place)
    if (known.length > 0) this.#ledger.note("part-misplaced", {}, { client: known[0] })
  }

  #text(part: TextPart, { role }: Turn): void {
    const { text } = part
    if (text === COMPACTION_PROMPT) return this.#own(text, ADDED.compactionPrompt)
    const client = this.#client.text(text)
    const spot = this.#upstream.take(role === "user" ? "user" : "model", "text", text)
    if (spot === undefined) {
      if (!isSendable(text, this.#family)) this.#ledger.note("text-blank", {}, { client })
      else if (role === "assistant") this.#begun.push({ text, client })
      return
    }
    if (client === undefined) this.#madeText(text, spot)
    else {
      this.#source(spot, client)
      this.#ledger.carried(client, textOf(spot))
    }
    this.#signature(part.signature, spot)
  }

  /** A text of the request's that stands nowhere in the client's body as it is. */
  #madeText(text: string, spot: Spot): void {
    const isReminder = text.startsWith(REMINDER)
    const places = this.#client.within(isReminder ? text.slice(REMINDER.length, text.lastIndexOf("\n")) : text)
    const [from] = places
    if (from === undefined) return
    for (const place of places) this.#settleText(place)
    this.#source(spot, from)
    const at = { client: from, upstream: textOf(spot) }
    if (isReminder) return this.#ledger.note("system-reminder", {}, at)
    const leaf = this.#client.leaf(from)
    this.#ledger.note("text-made", { field: fieldOf(from), why: leaf?.rule?.note ?? "as its dialect has it" }, at)
  }

  /** With what is said of its type beside it. */
  #settleText(place: string): void {
    this.#ledger.client.settle(place)
    const type = this.#client.mediaType(place)
    if (type !== undefined) this.#ledger.client.settle(type.pointer)
  }

  /** What the gateway wrote itself. */
  #own(text: string, mark: string): void {
    const spot = this.#upstream.take("user", "text", text)
    if (spot !== undefined) this.#ledger.note("gateway-text", { mark }, { upstream: textOf(spot) })
  }

  #thought(part: ReasoningPart): void {
    const { text, signature } = part
    const whole = text === "" ? undefined : this.#client.text(text)
    // A stream's pieces that the client gave back as they came.
    const pieces = whole === undefined && text !== "" ? this.#client.pieces(text) : []
    const client = whole ?? pieces[0]
    const spot = this.#upstream.take("model", "thought", text) ?? (text === "" ? this.#upstream.hidden() : undefined)
    for (const piece of pieces) this.#ledger.client.settle(piece)
    if (spot === undefined) return this.#leftOut(client, signature)
    if (pieces.length > 1) this.#ledger.note("thought-joined", {}, { client, upstream: textOf(spot) })
    this.#source(spot, client)
    this.#ledger.upstream.settle(pointerOf(spot.pointer, "thought"))
    if (text === "" && spot.part["text"] !== "") {
      this.#ledger.note("thought-without-text", {}, { client, upstream: textOf(spot) })
    } else this.#ledger.carried(client, textOf(spot))
    this.#signature(signature, spot)
  }

  #leftOut(thought: string | undefined, signature: string | undefined): void {
    const carrier = signature === undefined ? undefined : this.#client.text(signature)
    if (carrier !== undefined) this.#ledger.client.settle(carrier)
    const client = thought ?? carrier
    if (client !== undefined) this.#ledger.note("thought-left-out", {}, { client })
  }

  #call(part: ToolCallPart, turn: number): void {
    const name = this.#facts.names.toUpstream(part.name)
    const places = this.#client.call(part)
    const found = this.#upstream.call(name, part.arguments)
    if (found === undefined) return
    const { spot, isPlaceheld } = found
    const at = pointerOf(spot.pointer, "functionCall")
    this.#source(spot, places.arguments ?? places.name)
    const calls = this.#calls.get(spot.content)
    if (calls === undefined) this.#calls.set(spot.content, [{ part, spot, turn }])
    else calls.push({ part, spot, turn })
    tellName(this.#ledger, part.name, name, { client: places.name, upstream: pointerOf(at, "name") })
    const args = pointerOf(at, "args")
    if (isPlaceheld) this.#ledger.note("argument-placeholder", {}, { upstream: pointerOf(args, PLACEHOLDER) })
    this.#ledger.carried(places.arguments, args)
    this.#callId(part.id, places.id, spot, "functionCall")
    this.#signature(part.signature, spot)
  }

  #callId(id: string, client: string | undefined, spot: Spot, field: "functionCall" | "functionResponse"): void {
    const call = spot.part[field]
    const sent = isObject(call) ? call["id"] : undefined
    const upstream = pointerOf(pointerOf(spot.pointer, field), "id")
    const isMinted = sent !== undefined && client === undefined && field === "functionCall"
    if (sent === id && !isMinted) return this.#ledger.carried(client, upstream)
    if (sent === undefined) return
    if (isMinted) this.#ledger.note("call-id-added", { to: sent }, { upstream })
    else if (client === undefined) this.#ledger.carried(undefined, upstream)
    else this.#ledger.note("call-id", { from: id, to: sent }, { client, upstream })
  }

  #signature(given: string | undefined, spot: Spot): void {
    const upstream = pointerOf(spot.pointer, "thoughtSignature")
    const sent = spot.part["thoughtSignature"]
    const client = given === undefined ? undefined : this.#client.text(given)
    if (sent === undefined) {
      if (client !== undefined) this.#ledger.note("signature-left-out", {}, { client })
    } else if (sent === given) this.#ledger.carried(client, upstream)
    else if (sent === SIGNATURE_SENTINEL) this.#ledger.note("signature-stands-in", {}, { client, upstream })
    else if (given !== undefined && isCarrier(given)) {
      this.#ledger.note("signature-opened", {}, { client, upstream })
    } else if (typeof sent === "string" && this.#facts.isKept(sent))
      this.#ledger.note("signature-put-back", {}, { client, upstream })
  }

  #media(part: MediaPart, role: "user" | "model", isResult = false): void {
    const client = this.#client.data(part.data)
    const spot = this.#upstream.take(role, "data", part.data)
    if (spot === undefined) {
      if (role !== "model") return
      const type = this.#client.mediaType(client?.pointer)
      if (type !== undefined) this.#ledger.client.settle(type.pointer)
      return this.#ledger.note("media-lost", {}, { client: client?.pointer })
    }
    const at = pointerOf(spot.pointer, "inlineData")
    this.#source(spot, isResult ? undefined : client?.pointer)
    const upstream = pointerOf(at, "data")
    if (client?.isRewritten === true) this.#ledger.note("media-data", {}, { client: client.pointer, upstream })
    else this.#ledger.carried(client?.pointer, upstream)
    const inline = spot.part["inlineData"]
    if (isObject(inline) && inline["mimeType"] === part.mediaType) {
      this.#mediaType(part.mediaType, client?.pointer, pointerOf(at, "mimeType"))
    }
    this.#ledger.upstream.settle(pointerOf(spot.pointer, "thought"))
    this.#ledger.carried(
      this.#client.beside(client?.pointer, "videoMetadata"),
      pointerOf(spot.pointer, "videoMetadata"),
    )
    this.#signature(part.signature, spot)
    if (isResult) this.#ledger.note("result-media", {}, { client: client?.pointer, upstream })
  }

  #mediaType(sent: string, data: string | undefined, upstream: string): void {
    const said = this.#client.mediaType(data)
    if (said === undefined || said.value === sent) this.#ledger.carried(said?.pointer, upstream)
    else this.#ledger.note("media-type", { sent }, { client: said.pointer, upstream })
  }

  #remote(url: string, param: string, role: "user" | "model"): void {
    const client = this.#client.address(param, url)
    const kept = this.#upstream.take(role, "file", url)
    if (kept !== undefined) {
      this.#source(kept, client)
      this.#ledger.carried(undefined, pointerOf(kept.pointer, "videoMetadata"))
      this.#ledger.note("media-address", {}, { client, upstream: pointerOf(kept.pointer, "fileData") })
      return this.#ledger.carried(this.#client.mediaType(client)?.pointer, pointerOf(kept.pointer, "fileData"))
    }
    const fetched = this.#upstream.fetched(role)
    if (fetched === undefined) return
    this.#source(fetched, client)
    this.#ledger.client.settle(this.#client.mediaType(client)?.pointer ?? "-")
    this.#ledger.note("media-fetched", { host: new URL(url).host }, { client, upstream: fetched.pointer })
  }

  #sealed(carrier: string): void {
    const client = this.#client.text(carrier)
    const spot = this.#upstream.summary()
    if (spot === undefined) return this.#ledger.note("summary-lost", {}, { client })
    this.#ledger.note("summary-opened", {}, { client, upstream: textOf(spot) })
  }

  /** Of the calls of one content the results stand first in the next, in their order. */
  #results(results: readonly PlacedResult[]): void {
    const waiting = new Map<string, PlacedResult[]>()
    for (const result of results) {
      const others = waiting.get(result.part.callId)
      if (others === undefined) waiting.set(result.part.callId, [result])
      else others.push(result)
    }
    const given = new Set<PlacedResult>()
    for (const [content, calls] of [...this.#calls].toSorted(([a], [b]) => a - b)) {
      const inOrder = calls.toSorted((a, b) => a.spot.position - b.spot.position)
      for (const [position, { part, turn, spot: call }] of inOrder.entries()) {
        const spot = this.#upstream.response(content + 1, position)
        if (spot === undefined) continue
        const result = waiting.get(part.id)?.find((one) => one.turn > turn && !given.has(one))
        if (result !== undefined && this.#result(result, spot, call)) given.add(result)
        else this.#missing(spot, call)
      }
    }
    for (const result of results) if (!given.has(result)) this.#orphan(result)
  }

  #missing(spot: Spot, call: Spot): void {
    const { id, name } = callOf(call)
    const wanted = { ...(id === undefined ? {} : { id }), name, response: { error: MISSING_RESULT } }
    if (JSON.stringify(spot.part["functionResponse"]) !== JSON.stringify(wanted)) return
    this.#ledger.note("result-missing", {}, { upstream: spot.pointer })
  }

  /** False: it is another's. */
  #result({ part, places }: PlacedResult, spot: Spot, call: Spot): boolean {
    const response = spot.part["functionResponse"]
    const said = isObject(response) ? response["response"] : undefined
    if (!isObject(response) || !isObject(said)) return false
    const texts = textsOf(part)
    const own = part.extra?.gemini?.["response"]
    const isOwn = own !== undefined && JSON.stringify(own) === JSON.stringify(said)
    const key = part.isError ? "error" : "output"
    const isTold = Object.keys(said).length === 1 && said[key] === texts.join("\n")
    if (!isOwn && !isTold) return false
    const at = pointerOf(spot.pointer, "functionResponse")
    const [first = places.id] = places.content
    this.#source(spot, first)
    const upstream = pointerOf(at, "response")
    if (texts.length > 1 && !isOwn) this.#ledger.note("result-joined", {}, { client: first, upstream })
    for (const place of places.content) this.#settleText(place)
    this.#ledger.carried(undefined, upstream)
    const called = callOf(call)
    if (response["name"] === called["name"]) {
      this.#resultName(part.name, places.name, { sent: response["name"], upstream: pointerOf(at, "name") })
    }
    if (response["id"] === called["id"]) this.#callId(part.callId, places.id, spot, "functionResponse")
    this.#resultMedia(part)
    return true
  }

  /** That of its call, whatever the client says beside it. */
  #resultName(
    name: string | undefined,
    client: string | undefined,
    { sent, upstream }: { readonly sent: unknown; readonly upstream: string },
  ): void {
    if (name === undefined) this.#ledger.carried(client, upstream)
    else if (sent === this.#facts.names.toUpstream(name)) tellName(this.#ledger, name, sent, { client, upstream })
    else this.#ledger.note("result-named", { from: name, to: sent }, { client, upstream })
  }

  #resultMedia({ content }: ToolResultPart): void {
    for (const part of content) {
      if (part.type === "media") this.#media(part, "user", true)
      else if (part.type === "remote-media") this.#remote(part.url, part.param, "user")
    }
  }

  #orphan({ part, places }: PlacedResult): void {
    const lines = [orphanResult(part.callId, part.name), textsOf(part).join("\n")].filter((line) => line !== "")
    const spot = this.#upstream.take("user", "text", lines.join("\n"))
    if (spot === undefined) return
    for (const place of [places.id, places.name, ...places.content]) {
      if (place !== undefined) this.#settleText(place)
    }
    const client = places.content[0] ?? places.id
    this.#source(spot, client)
    this.#ledger.note("result-orphan", {}, { client, upstream: textOf(spot) })
    this.#resultMedia(part)
  }

  /** Texts and thoughts that no part of the client's is. */
  #made(): void {
    for (const spot of this.#upstream.left()) {
      const { text, thought } = spot.part
      if (typeof text !== "string") continue
      const { thoughtSignature } = spot.part
      const isKept = typeof thoughtSignature === "string" && this.#facts.isKept(thoughtSignature)
      if (thought === true) {
        if (isKept && this.#family === "claude") this.#ledger.note("thought-put-back", {}, { upstream: spot.pointer })
      } else if (spot.role === "user" && spot.content === 0 && text === PLACEHOLDER_TEXT) {
        this.#ledger.note("placeholder-turn", {}, { upstream: textOf(spot) })
      } else if (spot.role === "user" && text.startsWith(`${PREFILL_HINT}\n`)) this.#prefill(spot, text)
    }
  }

  #prefill(spot: Spot, text: string): void {
    const wanted = `${PREFILL_HINT}\n`
    const from = this.#begun.findIndex((_one, index) => text === wanted + textOfAll(this.#begun.slice(index)))
    if (from < 0) return
    const clients = this.#begun
      .slice(from)
      .flatMap(({ text: one, client }) => (client === undefined ? this.#client.within(one) : [client]))
    for (const client of clients) this.#settleText(client)
    this.#ledger.note("prefill-moved", {}, { client: clients[0], upstream: textOf(spot) })
  }

  #source(spot: Spot, client: string | undefined): void {
    if (client === undefined) return
    const sources = this.#sources.get(spot.content) ?? []
    sources[spot.position] = client
    this.#sources.set(spot.content, sources)
  }

  /** Turns that became one, and parts of a turn that stand in another order. */
  #order(): void {
    for (const [content, sparse] of this.#sources) {
      const sources = sparse.filter((one) => one !== undefined)
      const upstream = `${this.#upstream.root}/${content}`
      const messages = [...new Set(sources.map((source) => this.#client.messageOf(source)))]
      const [, second] = messages.filter((message) => this.#client.isTurn(message))
      if (second !== undefined) {
        const role = this.#upstream.roleOf(content) === "user" ? "user" : "model"
        this.#ledger.tell("turns-merged", { role }, { client: second, upstream })
      }
      const ranks = sources.map((source) => this.#client.rank(source))
      if (ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0))) continue
      const isModel = this.#upstream.roleOf(content) === "model"
      const why = isModel
        ? "thoughts, texts and calls in the order that the model wants"
        : "results of tools stand first, in the order of their calls"
      this.#ledger.tell("parts-reordered", { why }, { upstream })
    }
  }

  /** What the table says is written anew, and texts that stand in another's. */
  #rest(): void {
    this.#client.explainRest()
  }
}

function textOf(spot: Spot): string {
  return pointerOf(spot.pointer, "text")
}

function textOfAll(texts: readonly { readonly text: string }[]): string {
  return texts.map(({ text }) => text).join("")
}

function callOf({ part }: Spot): WireObject {
  return isObject(part["functionCall"]) ? part["functionCall"] : {}
}

function textsOf({ content }: ToolResultPart): readonly string[] {
  return content.flatMap((part) => (part.type === "text" ? [part.text] : []))
}
