/**
 * `contents` to turns, with the repairs that clients need: contents may be one text, one part or a mix; a role may be missing or be
 * one of the old ones; a result without id or name belongs to a call by its name or its place. What the canonical form does not
 * know of a part stays beside it for upstreams of this wire.
 */
import type {
  MediaPart,
  Part,
  ReasoningPart,
  RemoteMediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../canonical/part.ts"
import type { Extra } from "../../canonical/extra.ts"
import type { MediaKind } from "../../canonical/part.ts"
import { toArguments } from "../../canonical/tool-arguments.ts"
import type { TurnList } from "../../canonical/turn-list.ts"
import { mediaKindOf, normaliseMediaType } from "../media-type.ts"
import { readAddress, readData } from "../read-media.ts"
import { invalid, isAbsent, isObject, type WireObject } from "../read-wire.ts"
import { toResultContent } from "./decode-result.ts"
import { joinPieces, type PlacedPart } from "./join-pieces.ts"

/** Roles of other versions of the wire that mean the user's side. */
const USER_ROLES: ReadonlySet<unknown> = new Set([undefined, null, "", "user", "function", "tool"])

/** `wire` is in its regular form. Adds to `dropped` what only the decoder can tell is lost. */
export function decodeContents(wire: unknown, turns: TurnList, dropped: string[]): void {
  if (isAbsent(wire)) return
  if (!Array.isArray(wire)) throw invalid("contents", "must be a list of contents")
  let open: OpenCall[] = []
  let pieces: PlacedPart[] = []
  const endModelTurn = (): void => {
    if (pieces.length > 0) turns.addTurn("assistant", joinPieces(pieces, dropped))
    pieces = []
  }
  let isModel = false
  for (const [index, content] of wire.entries()) {
    const path = `contents[${index}]`
    if (!isObject(content)) throw invalid(path, "must be an object with parts")
    const { role } = content
    if (role !== "model" && !USER_ROLES.has(role)) throw invalid(`${path}.role`, "must be user or model")
    const decoder = new TurnDecoder(index, open, dropped)
    const placed = partList(content["parts"], `${path}.parts`).flatMap(([at, wirePart]) =>
      decoder.part(wirePart, at).map((part) => ({ part, path: at })),
    )
    // A turn may come in several contents, of either side: results are looked for in all of them, among the calls of all of them.
    if (role === "model") {
      if (!isModel) open = []
      open.push(...openCalls(placed))
      pieces.push(...placed)
    } else {
      endModelTurn()
      turns.addTurn(
        "user",
        placed.map(({ part }) => part),
      )
    }
    isModel = role === "model"
  }
  endModelTurn()
}

/** System text, a string a part. Other parts cannot stand there. */
export function decodeSystem(wire: unknown, dropped: string[]): readonly string[] {
  if (isAbsent(wire)) return []
  if (!isObject(wire)) throw invalid("systemInstruction", "must be a text or an object with parts")
  return partList(wire["parts"], "systemInstruction.parts").flatMap(([path, part]) => {
    if (typeof part["text"] === "string") return [part["text"]]
    dropped.push(path)
    return []
  })
}

function partList(wire: unknown, path: string): (readonly [path: string, part: WireObject])[] {
  if (isAbsent(wire)) return []
  if (!Array.isArray(wire)) throw invalid(path, "must be a list of parts")
  return wire.map((part: unknown, index) => {
    const at = `${path}[${index}]`
    if (!isObject(part)) throw invalid(at, "must be an object")
    return [at, part]
  })
}

/** A call whose result is still to come. */
interface OpenCall {
  readonly id: string
  readonly name: string
  /** The client gave no id. */
  readonly isNameless: boolean
  isAnswered: boolean
}

function* openCalls(placed: readonly PlacedPart[]): Iterable<OpenCall> {
  for (const { part } of placed) {
    if (part.type !== "tool-call") continue
    yield { id: part.id, name: part.name, isNameless: part.extra?.gemini?.["hasNoId"] === true, isAnswered: false }
  }
}

/** One content. */
class TurnDecoder {
  private readonly turn: number
  private readonly open: readonly OpenCall[]
  private readonly dropped: string[]
  private calls = 0

  constructor(turn: number, open: readonly OpenCall[], dropped: string[]) {
    this.turn = turn
    this.open = open
    this.dropped = dropped
  }

  part(wire: WireObject, path: string): readonly Part[] {
    if (isObject(wire["functionCall"])) return [this.call(wire, wire["functionCall"], `${path}.functionCall`)]
    if (isObject(wire["functionResponse"])) return [this.result(wire["functionResponse"], `${path}.functionResponse`)]
    if (isObject(wire["inlineData"])) return [inlineData(wire, wire["inlineData"], `${path}.inlineData`)]
    if (isObject(wire["fileData"])) return [fileData(wire, wire["fileData"], `${path}.fileData`)]
    const { text } = wire
    if (!isAbsent(text) && typeof text !== "string") throw invalid(`${path}.text`, "must be a string")
    if (wire["thought"] === true) return thought(wire, text)
    if (typeof text === "string") return [textOf(wire, text)]
    // The field table tells which payloads are left out; a part with nothing in it is no loss.
    return []
  }

  private call(wire: WireObject, call: WireObject, path: string): ToolCallPart {
    const { id, name, args } = call
    if (typeof name !== "string" || name === "") throw invalid(`${path}.name`, "must name the function")
    const own = typeof id === "string" && id !== "" ? id : undefined
    // An id by place: the same in every request of the conversation, and never shown to anybody but Claude, which wants one.
    const known = own ?? `call_${this.turn}_${this.calls}`
    this.calls += 1
    return {
      type: "tool-call",
      id: known,
      name,
      arguments: toArguments(args),
      ...signatureOf(wire),
      extra: { gemini: own === undefined ? { hasNoId: true } : {} },
    }
  }

  private result(wire: WireObject, path: string): ToolResultPart {
    const id = typeof wire["id"] === "string" ? wire["id"] : ""
    const name = typeof wire["name"] === "string" ? wire["name"] : ""
    const call = this.answered(id, name)
    const { content, isError, response } = toResultContent(wire, path, this.dropped)
    return {
      type: "tool-result",
      callId: call?.id ?? id,
      ...(name === "" ? {} : { name }),
      content,
      isError,
      extra: { gemini: { response } },
    }
  }

  /** By the id; else, where the call has none either, by the name, and at last by the place. */
  private answered(id: string, name: string): OpenCall | undefined {
    const waiting = this.open.filter((call) => !call.isAnswered)
    const found =
      waiting.find((call) => id !== "" && call.id === id) ??
      waiting.find((call) => (id === "" || call.isNameless) && call.name === name) ??
      (name === "" && id === "" ? waiting[0] : undefined)
    if (found !== undefined) found.isAnswered = true
    return found
  }
}

function textOf(wire: WireObject, text: string): TextPart {
  return { type: "text", text, ...signatureOf(wire), extra: extraOf(wire) }
}

/** An empty one without a signature says nothing. */
function thought(wire: WireObject, text: unknown): readonly ReasoningPart[] {
  const words = typeof text === "string" ? text : ""
  const { signature } = signatureOf(wire)
  if (words === "" && signature === undefined) return []
  return [{ type: "reasoning", text: words, ...signatureOf(wire), extra: extraOf(wire) }]
}

function inlineData(wire: WireObject, blob: WireObject, path: string): MediaPart | TextPart {
  const { data, mimeType } = blob
  if (typeof data !== "string") throw invalid(`${path}.data`, "must be base64 data, and not empty")
  const declaredType = typeof mimeType === "string" ? mimeType : undefined
  return {
    ...readData(data, { path: `${path}.data`, accepts: kindOf(declaredType), declaredType }),
    ...signatureOf(wire),
    extra: wire["thought"] === true ? { gemini: { ...extraOf(wire).gemini, isDraft: true } } : extraOf(wire),
  }
}

/** An address; `server/` fetches what the upstream does not take itself. */
function fileData(wire: WireObject, file: WireObject, path: string): MediaPart | TextPart | RemoteMediaPart {
  const { fileUri, mimeType } = file
  if (typeof fileUri !== "string" || fileUri === "") throw invalid(`${path}.fileUri`, "must be an address")
  const declaredType = typeof mimeType === "string" ? mimeType : undefined
  const accepts = kindOf(declaredType)
  return { ...readAddress(fileUri, { path: `${path}.fileUri`, accepts, declaredType }), extra: extraOf(wire) }
}

/** Addresses without a type are mostly films. */
function kindOf(declaredType: string | undefined): MediaKind {
  return mediaKindOf(normaliseMediaType(declaredType)) ?? "video"
}

/** What upstreams of this wire know of a part beside its payload. */
function extraOf(wire: WireObject): Extra {
  const { videoMetadata } = wire
  return { gemini: isObject(videoMetadata) ? { videoMetadata } : {} }
}

function signatureOf(wire: WireObject): { readonly signature?: string } {
  const { thoughtSignature } = wire
  return typeof thoughtSignature === "string" && thoughtSignature !== "" ? { signature: thoughtSignature } : {}
}
