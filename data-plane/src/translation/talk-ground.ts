/** What everything that explains a talk stands on: where things stand on both sides, and which part of the client's each came from. */
import type { ChatRequest } from "../canonical/request.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import type { ToolNames } from "../dialects/tool-names.ts"
import { isCarrier } from "../signatures/carrier.ts"
import { SIGNATURE_SENTINEL } from "../signatures/sentinel.ts"
import { ClientPlaces } from "./client-places.ts"
import type { Ledger } from "./ledger.ts"
import { pointerOf } from "./pointers.ts"
import { UpstreamPlaces, type Spot } from "./upstream-places.ts"

/** What a body does not tell by itself. */
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

/** One exchange's. Places are given out once, so whoever explains a part first has its place. */
export class TalkGround {
  readonly ledger: Ledger
  readonly facts: TalkFacts
  readonly client: ClientPlaces
  readonly upstream: UpstreamPlaces
  /** Where the parts of a content came from. */
  readonly #sources = new Map<number, string[]>()

  constructor(ledger: Ledger, inner: WireObject, facts: TalkFacts) {
    this.ledger = ledger
    this.facts = facts
    this.client = new ClientPlaces(ledger)
    this.upstream = new UpstreamPlaces(inner)
  }

  /** With what is said of its type beside it. */
  settleText(place: string): void {
    this.ledger.client.settle(place)
    const type = this.client.mediaType(place)
    if (type !== undefined) this.ledger.client.settle(type.pointer)
  }

  /** The id that a call or a result was sent with, beside the client's. */
  callId(id: string, client: string | undefined, spot: Spot, field: "functionCall" | "functionResponse"): void {
    const call = spot.part[field]
    const sent = isObject(call) ? call["id"] : undefined
    const upstream = pointerOf(pointerOf(spot.pointer, field), "id")
    const isMinted = sent !== undefined && client === undefined && field === "functionCall"
    if (sent === id && !isMinted) return this.ledger.carried(client, upstream)
    if (sent === undefined) return
    if (isMinted) this.ledger.note("call-id-added", { to: sent }, { upstream })
    else if (client === undefined) this.ledger.carried(undefined, upstream)
    else this.ledger.note("call-id", { from: id, to: sent }, { client, upstream })
  }

  /** The signature that a part was sent with, beside the one that the client gave back. */
  signature(given: string | undefined, spot: Spot): void {
    const upstream = pointerOf(spot.pointer, "thoughtSignature")
    const sent = spot.part["thoughtSignature"]
    const client = given === undefined ? undefined : this.client.text(given)
    if (sent === undefined) {
      if (client !== undefined) this.ledger.note("signature-left-out", {}, { client })
    } else if (sent === given) this.ledger.carried(client, upstream)
    else if (sent === SIGNATURE_SENTINEL) this.ledger.note("signature-stands-in", {}, { client, upstream })
    else if (given !== undefined && isCarrier(given)) {
      this.ledger.note("signature-opened", {}, { client, upstream })
    } else if (typeof sent === "string" && this.facts.isKept(sent))
      this.ledger.note("signature-put-back", {}, { client, upstream })
  }

  /** A part of the upstream's came from this place of the client's. */
  source(spot: Spot, client: string | undefined): void {
    if (client === undefined) return
    const sources = this.#sources.get(spot.content) ?? []
    sources[spot.position] = client
    this.#sources.set(spot.content, sources)
  }

  /** Turns that became one, and parts of a turn that stand in another order. */
  explainOrder(): void {
    for (const [content, sparse] of this.#sources) {
      const sources = sparse.filter((one) => one !== undefined)
      const upstream = `${this.upstream.root}/${content}`
      const messages = [...new Set(sources.map((source) => this.client.messageOf(source)))]
      const [, second] = messages.filter((message) => this.client.isTurn(message))
      if (second !== undefined) {
        const role = this.upstream.roleOf(content) === "user" ? "user" : "model"
        this.ledger.tell("turns-merged", { role }, { client: second, upstream })
      }
      const ranks = sources.map((source) => this.client.rank(source))
      if (ranks.every((rank, index) => index === 0 || rank >= (ranks[index - 1] ?? 0))) continue
      const isModel = this.upstream.roleOf(content) === "model"
      const why = isModel
        ? "thoughts, texts and calls in the order that the model wants"
        : "results of tools stand first, in the order of their calls"
      this.ledger.tell("parts-reordered", { why }, { upstream })
    }
  }
}

/** Where its text stands. */
export function textOf(spot: Spot): string {
  return pointerOf(spot.pointer, "text")
}
