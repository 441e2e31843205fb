/** Pictures, sounds and files: as data, or by an address that the upstream fetches or that was fetched for it. */
import type { MediaPart, RemoteMediaPart } from "../canonical/part.ts"
import { isObject } from "../dialects/read-wire.ts"
import { pointerOf } from "./pointers.ts"
import type { TalkGround } from "./talk-ground.ts"
import type { UpstreamRole } from "./upstream-places.ts"

/** `isResult`: it is part of what a tool answered. */
export function explainMedia(ground: TalkGround, part: MediaPart, role: UpstreamRole, isResult = false): void {
  const client = ground.client.data(part.data)
  const spot = ground.upstream.take(role, "data", part.data)
  if (spot === undefined) {
    if (role !== "model") return
    const type = ground.client.mediaType(client?.pointer)
    if (type !== undefined) ground.ledger.client.settle(type.pointer)
    return ground.ledger.note("media-lost", {}, { client: client?.pointer })
  }
  const at = pointerOf(spot.pointer, "inlineData")
  ground.source(spot, isResult ? undefined : client?.pointer)
  const upstream = pointerOf(at, "data")
  if (client?.isRewritten === true) ground.ledger.note("media-data", {}, { client: client.pointer, upstream })
  else ground.ledger.carried(client?.pointer, upstream)
  const inline = spot.part["inlineData"]
  if (isObject(inline) && inline["mimeType"] === part.mediaType) {
    explainMediaType(ground, part.mediaType, client?.pointer, pointerOf(at, "mimeType"))
  }
  ground.ledger.upstream.settle(pointerOf(spot.pointer, "thought"))
  ground.ledger.carried(
    ground.client.beside(client?.pointer, "videoMetadata"),
    pointerOf(spot.pointer, "videoMetadata"),
  )
  ground.signature(part.signature, spot)
  if (isResult) ground.ledger.note("result-media", {}, { client: client?.pointer, upstream })
}

function explainMediaType(ground: TalkGround, sent: string, data: string | undefined, upstream: string): void {
  const said = ground.client.mediaType(data)
  if (said === undefined || said.value === sent) ground.ledger.carried(said?.pointer, upstream)
  else ground.ledger.note("media-type", { sent }, { client: said.pointer, upstream })
}

/** One that is named by its address. */
export function explainRemote(ground: TalkGround, { url, param }: RemoteMediaPart, role: UpstreamRole): void {
  const client = ground.client.address(param, url)
  const kept = ground.upstream.take(role, "file", url)
  if (kept !== undefined) {
    ground.source(kept, client)
    ground.ledger.carried(undefined, pointerOf(kept.pointer, "videoMetadata"))
    ground.ledger.note("media-address", {}, { client, upstream: pointerOf(kept.pointer, "fileData") })
    return ground.ledger.carried(ground.client.mediaType(client)?.pointer, pointerOf(kept.pointer, "fileData"))
  }
  const fetched = ground.upstream.fetched(role)
  if (fetched === undefined) return
  ground.source(fetched, client)
  ground.ledger.client.settle(ground.client.mediaType(client)?.pointer ?? "-")
  ground.ledger.note("media-fetched", { host: new URL(url).host }, { client, upstream: fetched.pointer })
}
