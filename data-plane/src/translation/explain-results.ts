/** Results of tools: each beside its call, as the upstream wants them, whatever order the client has them in. */
import { MISSING_RESULT, orphanResult } from "../canonical/gateway-text.ts"
import type { ToolCallPart, ToolResultPart } from "../canonical/part.ts"
import { isObject, type WireObject } from "../dialects/read-wire.ts"
import type { ResultPlaces } from "./client-places.ts"
import { explainMedia, explainRemote } from "./explain-media.ts"
import { tellName } from "./explain-tools.ts"
import { pointerOf } from "./pointers.ts"
import { textOf, type TalkGround } from "./talk-ground.ts"
import type { Spot } from "./upstream-places.ts"

/** A result, the turn it stands in, and where its values stand in the client's body. */
export interface PlacedResult {
  readonly part: ToolResultPart
  readonly turn: number
  readonly places: ResultPlaces
}

/** A call, the turn it stands in, and where it stands upstream. */
export interface PlacedCall {
  readonly part: ToolCallPart
  readonly turn: number
  readonly spot: Spot
}

/** Of the calls of one content the results stand first in the next, in their order. */
export function explainResults(
  ground: TalkGround,
  byContent: ReadonlyMap<number, readonly PlacedCall[]>,
  results: readonly PlacedResult[],
): void {
  const waiting = new Map<string, PlacedResult[]>()
  for (const result of results) {
    const others = waiting.get(result.part.callId)
    if (others === undefined) waiting.set(result.part.callId, [result])
    else others.push(result)
  }
  const given = new Set<PlacedResult>()
  for (const [content, calls] of [...byContent].toSorted(([a], [b]) => a - b)) {
    const inOrder = calls.toSorted((a, b) => a.spot.position - b.spot.position)
    for (const [position, { part, turn, spot: call }] of inOrder.entries()) {
      const spot = ground.upstream.response(content + 1, position)
      if (spot === undefined) continue
      const result = waiting.get(part.id)?.find((one) => one.turn > turn && !given.has(one))
      if (result !== undefined && explainResult(ground, result, spot, call)) given.add(result)
      else explainMissing(ground, spot, call)
    }
  }
  for (const result of results) if (!given.has(result)) explainOrphan(ground, result)
}

function explainMissing(ground: TalkGround, spot: Spot, call: Spot): void {
  const { id, name } = callOf(call)
  const wanted = { ...(id === undefined ? {} : { id }), name, response: { error: MISSING_RESULT } }
  if (JSON.stringify(spot.part["functionResponse"]) !== JSON.stringify(wanted)) return
  ground.ledger.note("result-missing", {}, { upstream: spot.pointer })
}

/** False: it is another's. */
function explainResult(ground: TalkGround, { part, places }: PlacedResult, spot: Spot, call: Spot): boolean {
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
  ground.source(spot, first)
  const upstream = pointerOf(at, "response")
  if (texts.length > 1 && !isOwn) ground.ledger.note("result-joined", {}, { client: first, upstream })
  for (const place of places.content) ground.settleText(place)
  ground.ledger.carried(undefined, upstream)
  const called = callOf(call)
  if (response["name"] === called["name"]) {
    explainName(ground, part.name, places.name, { sent: response["name"], upstream: pointerOf(at, "name") })
  }
  if (response["id"] === called["id"]) ground.callId(part.callId, places.id, spot, "functionResponse")
  explainResultMedia(ground, part)
  return true
}

/** That of its call, whatever the client says beside it. */
function explainName(
  ground: TalkGround,
  name: string | undefined,
  client: string | undefined,
  { sent, upstream }: { readonly sent: unknown; readonly upstream: string },
): void {
  if (name === undefined) ground.ledger.carried(client, upstream)
  else if (sent === ground.facts.names.toUpstream(name)) tellName(ground.ledger, name, sent, { client, upstream })
  else ground.ledger.note("result-named", { from: name, to: sent }, { client, upstream })
}

function explainResultMedia(ground: TalkGround, { content }: ToolResultPart): void {
  for (const part of content) {
    if (part.type === "media") explainMedia(ground, part, "user", true)
    else if (part.type === "remote-media") explainRemote(ground, part, "user")
  }
}

function explainOrphan(ground: TalkGround, { part, places }: PlacedResult): void {
  const lines = [orphanResult(part.callId, part.name), textsOf(part).join("\n")].filter((line) => line !== "")
  const spot = ground.upstream.take("user", "text", lines.join("\n"))
  if (spot === undefined) return
  for (const place of [places.id, places.name, ...places.content]) {
    if (place !== undefined) ground.settleText(place)
  }
  const client = places.content[0] ?? places.id
  ground.source(spot, client)
  ground.ledger.note("result-orphan", {}, { client, upstream: textOf(spot) })
  explainResultMedia(ground, part)
}

function callOf({ part }: Spot): WireObject {
  return isObject(part["functionCall"]) ? part["functionCall"] : {}
}

function textsOf({ content }: ToolResultPart): readonly string[] {
  return content.flatMap((part) => (part.type === "text" ? [part.text] : []))
}
