import type { ChatRequest } from "../../canonical/request.ts"
import type { WireObject } from "../read-wire.ts"
import { geminiExtra } from "./extra.ts"

export interface OwnFields {
  readonly config: WireObject
  readonly safetySettings?: readonly WireObject[]
  readonly tool?: { readonly urlContext: object }
}

export interface OwnTarget {
  /** One of Gemini's own models that writes text. */
  readonly isOwn: boolean
  /** Functions or a search stand there already. */
  readonly hasTools: boolean
}

/** What clients of this wire ask that Gemini's own models take and no other dialect has. For others it is dropped. */
export function encodeOwn(request: ChatRequest, { isOwn, hasTools }: OwnTarget, dropped: string[]): OwnFields {
  const { config = {}, safetySettings, urlContext } = geminiExtra(request)
  if (urlContext === true && (!isOwn || hasTools)) dropped.push("urlContext")
  if (!isOwn) {
    dropped.push(...Object.keys(config).map((name) => `generationConfig.${name}`))
    if (safetySettings !== undefined) dropped.push("safetySettings")
    return { config: {} }
  }
  return {
    config,
    ...(safetySettings === undefined ? {} : { safetySettings }),
    ...(urlContext === true && !hasTools ? { tool: { urlContext: {} } } : {}),
  }
}
