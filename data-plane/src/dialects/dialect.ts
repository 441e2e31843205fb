/**
 * What a dialect is: one wire format, seen from the side of a client that speaks it to us and, where some upstream speaks it,
 * from the side where we speak it. A dialect folder knows one wire and nothing of accounts, sockets, clocks or settings: every
 * function is pure and synchronous, ids and times are passed in.
 */
import type { CatalogueModel } from "#shared/catalogue.ts"
import type { ClientDialectName } from "#shared/client-dialect.ts"
import type { EffortTable } from "#shared/effort-table.ts"
import type { SchemaReport } from "#shared/link-protocol.ts"
import type { GatewayError } from "../canonical/error.ts"
import type { ChatRequest, Decoded } from "../canonical/request.ts"
import type { ChatResponse } from "../canonical/response.ts"
import type { StreamPart } from "../canonical/stream-part.ts"
import type { NormalisedSchema } from "../schema/normalise.ts"

export type DialectName = ClientDialectName

export interface ClientSide {
  /** Wire JSON to ours; throws a `GatewayError` (`invalid_request` with `param`) that says what to do. */
  decodeRequest(wire: unknown, headers: RequestHeaders, address?: CallAddress): Decoded<ChatRequest>
  /** Bodies may be multipart forms too; `wire` then is an object with a text or a file (`{type: "file", …}`) under each name. */
  readonly takesForms?: true
  encodeResponse(response: ChatResponse, context: AnswerContext): unknown
  /** `write` gets complete frames, ready for the socket. */
  encodeStream(write: (frames: string) => void, context: AnswerContext): StreamEncoder
  /** How ids of tool calls begin in this dialect. Absent: clients see the upstream's own ids, and none where it gives none. */
  readonly toolCallIdPrefix?: string
  /** Absent where no upstream speaks this dialect. */
  readonly relay?: RelaySide
  /** Absent: a request asks for one answer. */
  readonly choices?: ChoicesSide
  /** Whether answers to this request show the model's thoughts; `isContent` asks for it. */
  reasoningShown(request: ChatRequest): boolean
  /** A whole error answer before anything was sent. The request id's headers are the server's. */
  encodeError(error: GatewayError, context: ErrorContext): ErrorAnswer
  /**
   * Where the key stands with its limits of a minute, as headers of every answer; `now` is in milliseconds since the epoch. Absent: the
   * wire has none.
   */
  encodeLimits?(standing: KeyStanding, now: number): Readonly<Record<string, string>>
  /** The model list of this dialect, or one entry of it. */
  encodeModelList(models: readonly ListedModel[], query: URLSearchParams): unknown
  encodeModel(model: ListedModel): unknown
  /** The id in what a path calls a model. Absent: that is the id. */
  readModelName?(given: string): string
  /**
   * The answer to a count of tokens, made from an estimate (`canonical/input-estimate.ts`): local, at once, free. It takes what
   * `decodeRequest` takes, without what only an answer needs. Absent: the dialect has no such call.
   */
  countTokens?(wire: unknown, headers: RequestHeaders, address?: CallAddress): unknown
}

/** Absent: the key has no such limit. */
export interface KeyStanding {
  readonly requests?: RateStanding
  readonly tokens?: RateStanding
}

/** Of so much a minute. */
export interface RateStanding {
  readonly limit: number
  readonly remaining: number
  /** Until all of it is there again. */
  readonly resetMs: number
}

/** What the path says beside the dialect. */
export interface CallAddress {
  /** What follows the route's path; empty where nothing can. */
  readonly rest: string
  /** The route's own word for a variant of its dialect's call. */
  readonly form?: string
  readonly query?: Pick<URLSearchParams, "get">
}

/** Passes an answer of an upstream that speaks the client's own dialect on as it came, while the decoder reads along. */
export interface RelaySide {
  /** Instead of `encodeStream`. */
  relayStream(write: (frames: string) => void, context: RelayContext): StreamRelay
  /** Instead of `encodeResponse`. */
  relayResponse(context: RelayContext): ResponseRelay
  /** Whether this event, which ended an attempt, is an end that clients of this wire know; it is then given instead of an error. */
  isOwnEnd(event: RelayedEvent): boolean
}

export interface RelayContext extends AnswerContext {
  /** Calls of these go to the client under its own names. */
  readonly declaredTools: DeclaredTools
}

/** One event of the upstream, envelope removed: its JSON text as it came, and what the text says. */
export interface RelayedEvent {
  readonly type: "relayed-event"
  readonly text: string
  readonly event: unknown
}

/** Gets every event after the parts that the decoder made of it; of parts it writes only an error. */
export interface StreamRelay extends StreamEncoder {
  event(event: RelayedEvent): void
}

/** The same for a client that does not stream. */
export interface ResponseRelay {
  part(part: StreamPart): void
  event(event: RelayedEvent): void
  /** The whole answer, after `response-end`. */
  response(): unknown
}

export interface UpstreamSide {
  /** Ours to the wire body; `dropped` lists what this wire could not carry. */
  encodeRequest(request: ChatRequest, target: TargetModel): EncodedRequest
  /** An encoded request's bytes: JSON in UTF-8. */
  serialise(value: Record<string, unknown>): Buffer
  decodeStream(emit: (part: StreamPart) => void, context: DecodeContext): StreamDecoder
}

export interface EncodedRequest extends Decoded<Record<string, unknown>> {
  /** What its answer may call. */
  readonly declaredTools: DeclaredTools
  /** What was changed of the tools' schemas; absent: nothing. */
  readonly schemaReport?: SchemaReport
  /** What kind of call it is, where the upstream tells them apart; absent: a conversation. */
  readonly purpose?: RequestPurpose
  /** The answer is to be one JSON value. */
  readonly json?: JsonAnswer
  /** The upstream searches the web for the answer. */
  readonly isSearch?: true
}

export type RequestPurpose = "web-search" | "image"

/** `schema`: what the upstream was told of the value, and how it is turned back; absent where no schema was sent. */
export interface JsonAnswer {
  readonly schema?: NormalisedSchema
}

/** By the upstream's name for it. */
export type DeclaredTools = ReadonlyMap<string, DeclaredTool>

export interface DeclaredTool {
  /** As the client declared it. */
  readonly name: string
  /** What the upstream was told of its arguments, and how they are turned back. */
  readonly parameters: NormalisedSchema
}

/** What the decoder of one attempt's answer needs of the request. */
export interface DecodeContext extends Pick<EncodedRequest, "declaredTools" | "json" | "isSearch"> {
  /**
   * The id under which the client knows a call: one that no other call ever had, in the client dialect's form; the upstream's own
   * where the client is shown that.
   */
  mintToolCallId(upstreamId?: string): string
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Lower-case ids for one answer, minted outside so that translators stay pure. */
export interface AnswerContext {
  readonly exchangeId: string
  /** The model name as the client wrote it. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly request: ChatRequest
  /** An estimate of the prompt's tokens, for a wire that must name a number before the upstream does. */
  readonly estimatedInputTokens: number
  /**
   * Makes the carrier of a signature for a client that gives back what it got: the upstream's signature inside, sealed and tagged
   * with its family (`signatures/carrier.ts`). Where a convention wants the raw value, it is not used. Undefined: raw everywhere.
   */
  readonly seal?: SealSignature
  /** The same for a text of the gateway's own making, such as a summary. */
  readonly sealText?: (text: string) => string
}

export type SealSignature = (signature: string, target: SealTarget) => string

/** What a signature belongs to. `isHidden`: the client does not get the thought's text, so the carrier takes it along. */
export type SealTarget =
  | { readonly kind: "thought"; readonly text: string; readonly isHidden?: boolean }
  /** By the id that the client knows. */
  | { readonly kind: "call"; readonly callId: string }

export interface ErrorContext {
  readonly exchangeId: string
  readonly model?: string
  /** Milliseconds since the epoch, for absolute reset times. */
  readonly now: number
}

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface StreamEncoder {
  /** Absent: server-sent events. */
  readonly contentType?: string
  /** After an error: what must leave in a write of its own, after all frames. */
  readonly lastWrite?: string
  part(part: StreamPart): void
  /** A keep-alive frame as this wire can bear it; none where it bears none. The head is committed in any case. */
  keepAlive(): void
  /** After all parts of a real end. Throws a `GatewayError`, with nothing written before, where they are no answer of this wire. */
  finish?(): void
}

/** For dialects whose requests can ask for several answers. */
export interface ChoicesSide {
  /** When some could not be had, the others are given; else it is all or none. */
  readonly mayBeFewer: boolean
  /** Those that came, in the order of their choices. */
  encodeResponse(responses: readonly ChatResponse[], context: AnswerContext): unknown
  encodeStream(write: (frames: string) => void, context: AnswerContext, count: number): ChoicesEncoder
}

export interface ChoicesEncoder {
  /** One for each answer; their frames may come in any order. */
  readonly choices: readonly StreamEncoder[]
  /** The stream itself: gets no part but an error. */
  readonly whole: StreamEncoder
}

export interface StreamDecoder {
  /** One event's parsed JSON, envelope removed. Throws a `GatewayError` on an event that cannot be of this wire. */
  push(event: unknown): void
  /** The upstream closed. Emits the missing ends, or an `error` part (`upstream_interrupted`) when no finish reason came. */
  end(): void
}

/** The model a request is sent to: the upstream's id, what its catalogue says of it, and what an effort means for it. */
export interface TargetModel {
  readonly id: string
  readonly catalogue?: CatalogueModel
  /** Undefined: as built in. */
  readonly efforts?: EffortTable
}

/** A model as lists show it: an id of the catalogue, or an alias of one. */
export interface ListedModel extends CatalogueModel {
  readonly aliasOf?: string
}
