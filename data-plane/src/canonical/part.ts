import type { Extra } from "./extra.ts"

/** A piece of a turn. */
export type Part =
  | TextPart
  | SealedTextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | MediaPart
  | RemoteMediaPart

export interface TextPart {
  readonly type: "text"
  readonly text: string
  /** Of a model's text: opaque, as on a thought. */
  readonly signature?: string
  readonly extra?: Extra
}

/** A text of an earlier answer that this gateway sealed for the way through the client; opened before the request is translated. */
export interface SealedTextPart {
  readonly type: "sealed-text"
  readonly carrier: string
  /** The request field that holds it, in the client's own spelling. */
  readonly param: string
}

/** The model's thinking. `signature` is opaque and goes back to the family it came from, unaltered. */
export interface ReasoningPart {
  readonly type: "reasoning"
  readonly text: string
  readonly signature?: string
  readonly extra?: Extra
}

/** The model asks for a tool. */
export interface ToolCallPart {
  readonly type: "tool-call"
  /** As the client knows it; may be used again in a later turn. */
  readonly id: string
  /** As the client declared it. */
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Opaque, as on a thought. */
  readonly signature?: string
  /** The upstream's own id of the call, where it is still known. */
  readonly upstreamId?: string
  readonly extra?: Extra
}

/** What a tool gave back, in a user's turn. */
export interface ToolResultPart {
  readonly type: "tool-result"
  /** The id of the call; empty where the client names none. */
  readonly callId: string
  /** The tool's name, where the client repeats it. */
  readonly name?: string
  readonly content: readonly (TextPart | MediaPart | RemoteMediaPart)[]
  readonly isError: boolean
  readonly extra?: Extra
}

/** An image, a document, a sound or a film, held in the request or the answer itself. */
export interface MediaPart {
  readonly type: "media"
  /** A MIME type in lower case without parameters. */
  readonly mediaType: string
  /** Standard base64 without white space, not empty. */
  readonly data: string
  /** Of a picture that a model drew: opaque, as on a thought. */
  readonly signature?: string
  readonly extra?: Extra
}

/** Media that stand elsewhere. `server/` fetches them before the request is translated, but for addresses that the upstream takes itself. */
export interface RemoteMediaPart {
  readonly type: "remote-media"
  readonly url: string
  /** A MIME type in lower case without parameters, where the client says it. */
  readonly mediaType?: string
  /** What the client's field may hold. */
  readonly accepts: MediaKind
  /** The request field that holds the address, in the client's own spelling. */
  readonly param: string
  readonly extra?: Extra
}

export type MediaKind = "image" | "document" | "audio" | "video"
