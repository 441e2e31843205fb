import type { ChatRequest } from "../../canonical/request.ts"
import type { WireObject } from "../read-wire.ts"

/** What only this dialect's own answers need to know of the request. */
export interface ResponsesExtra {
  /** Signatures go to the client, sealed, as `encrypted_content`. */
  readonly sealsReasoning: boolean
  /** How calls are written, by the name of the tool upstream; a tool that is not here is a plain function. */
  readonly calls: ReadonlyMap<string, CallForm>
  /** Fields of the request that the response object repeats. */
  readonly echo: WireObject
  /** The answer is a summary for the client to go on with. */
  readonly compaction?: Compaction
}

export interface CallForm {
  readonly kind: CallKind
  /** As the client declared it, without its namespace. */
  readonly name: string
  readonly namespace?: string
}

export type CallKind = "function" | "custom" | "tool_search" | "local_shell" | "shell" | "apply_patch"

export interface Compaction {
  /** `whole`: the answer is nothing but the client's new history. `item`: a response with one item. */
  readonly form: "whole" | "item"
  /** The newest texts of the user, oldest first, which stay as they are. */
  readonly kept: readonly string[]
}

const PLAIN: ResponsesExtra = { sealsReasoning: false, calls: new Map(), echo: {} }

export function keepExtra(extra: ResponsesExtra): ChatRequest["extra"] {
  return { "openai-responses": { ...extra } }
}

/** Plain for a request that came in by another dialect. */
export function responsesExtra(request: ChatRequest): ResponsesExtra {
  const extra = request.extra["openai-responses"]
  return extra === undefined ? PLAIN : (extra as unknown as ResponsesExtra) // `keepExtra` alone writes under this name
}

export function callForm({ calls }: ResponsesExtra, name: string): CallForm {
  return calls.get(name) ?? { kind: "function", name }
}
