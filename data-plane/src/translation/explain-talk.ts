/** System text and turns: each part of the client's is looked for upstream, and what stands there of nobody's is told. */
import { ADDED, COMPACTION_PROMPT, PLACEHOLDER_TEXT, PREFILL_HINT } from "../canonical/gateway-text.ts"
import type { Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import type { Turn } from "../canonical/request.ts"
import { isSendable } from "../dialects/gemini/encode-contents.ts"
import { isImageModel, modelFamily } from "../dialects/model-family.ts"
import type { WireObject } from "../dialects/read-wire.ts"
import { PLACEHOLDER } from "../schema/placeholder.ts"
import type { ClientPlaces } from "./client-places.ts"
import { explainMedia, explainRemote } from "./explain-media.ts"
import { explainResults, type PlacedCall, type PlacedResult } from "./explain-results.ts"
import { tellName } from "./explain-tools.ts"
import { fieldOf, type Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import { TalkGround, textOf, type TalkFacts } from "./talk-ground.ts"
import type { Spot, UpstreamPlaces } from "./upstream-places.ts"

export function explainTalk(ledger: Ledger, inner: WireObject, facts: TalkFacts): void {
  new Talk(ledger, inner, facts).explain()
}

const REMINDER = "<system-reminder>\n"

class Talk {
  readonly #ledger: Ledger
  readonly #facts: TalkFacts
  readonly #ground: TalkGround
  readonly #client: ClientPlaces
  readonly #upstream: UpstreamPlaces
  /** By the content that holds them, in the upstream's order. */
  readonly #calls = new Map<number, PlacedCall[]>()
  /** Texts of the assistant's that stand nowhere as they are, in their order. */
  readonly #begun: { readonly text: string; readonly client: string | undefined }[] = []

  constructor(ledger: Ledger, inner: WireObject, facts: TalkFacts) {
    this.#ledger = ledger
    this.#facts = facts
    this.#ground = new TalkGround(ledger, inner, facts)
    this.#client = this.#ground.client
    this.#upstream = this.#ground.upstream
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
    explainResults(this.#ground, this.#calls, results)
    this.#made()
    this.#ground.explainOrder()
    // What the table says is written anew, and texts that stand in another's.
    this.#client.explainRest()
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
        return explainMedia(this.#ground, part, turn.role === "user" ? "user" : "model")
      case "remote-media":
        return explainRemote(this.#ground, part, turn.role === "user" ? "user" : "model")
      case "sealed-text":
        return this.#sealed(part.carrier)
    }
  }

  /** A call of the user's, or a result of the model's. */
  #misplaced(places: readonly (string | undefined)[]): void {
    const known = places.filter((place) => place !== undefined)
    for (const place of known) this.#ground.settleText(place)
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
      this.#ground.source(spot, client)
      this.#ledger.carried(client, textOf(spot))
    }
    this.#ground.signature(part.signature, spot)
  }

  /** A text of the request's that stands nowhere in the client's body as it is. */
  #madeText(text: string, spot: Spot): void {
    const isReminder = text.startsWith(REMINDER)
    const places = this.#client.within(isReminder ? text.slice(REMINDER.length, text.lastIndexOf("\n")) : text)
    const [from] = places
    if (from === undefined) return
    for (const place of places) this.#ground.settleText(place)
    this.#ground.source(spot, from)
    const at = { client: from, upstream: textOf(spot) }
    if (isReminder) return this.#ledger.note("system-reminder", {}, at)
    const leaf = this.#client.leaf(from)
    this.#ledger.note("text-made", { field: fieldOf(from), why: leaf?.rule?.note ?? "as its dialect has it" }, at)
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
    this.#ground.source(spot, client)
    this.#ledger.upstream.settle(pointerOf(spot.pointer, "thought"))
    if (text === "" && spot.part["text"] !== "") {
      this.#ledger.note("thought-without-text", {}, { client, upstream: textOf(spot) })
    } else this.#ledger.carried(client, textOf(spot))
    this.#ground.signature(signature, spot)
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
    this.#ground.source(spot, places.arguments ?? places.name)
    const calls = this.#calls.get(spot.content)
    if (calls === undefined) this.#calls.set(spot.content, [{ part, spot, turn }])
    else calls.push({ part, spot, turn })
    tellName(this.#ledger, part.name, name, { client: places.name, upstream: pointerOf(at, "name") })
    const args = pointerOf(at, "args")
    if (isPlaceheld) this.#ledger.note("argument-placeholder", {}, { upstream: pointerOf(args, PLACEHOLDER) })
    this.#ledger.carried(places.arguments, args)
    this.#ground.callId(part.id, places.id, spot, "functionCall")
    this.#ground.signature(part.signature, spot)
  }

  #sealed(carrier: string): void {
    const client = this.#client.text(carrier)
    const spot = this.#upstream.summary()
    if (spot === undefined) return this.#ledger.note("summary-lost", {}, { client })
    this.#ledger.note("summary-opened", {}, { client, upstream: textOf(spot) })
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
    for (const client of clients) this.#ground.settleText(client)
    this.#ledger.note("prefill-moved", {}, { client: clients[0], upstream: textOf(spot) })
  }
}

function textOfAll(texts: readonly { readonly text: string }[]): string {
  return texts.map(({ text }) => text).join("")
}
