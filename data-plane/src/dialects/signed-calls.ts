import type { StreamPart } from "../canonical/stream-part.ts"

/** Gets the parts of an answer in order; with the start of a call comes the signature that stands at its end. */
export type SignedPartListener = (part: StreamPart, signature?: string) => void

/**
 * Clients read what belongs to a call from its first frame, but a signature comes with the call's end. So a call is held until it is
 * whole, which costs nothing where the upstream sends it whole anyway.
 */
export function signedCalls(emit: SignedPartListener): (part: StreamPart) => void {
  let held: StreamPart[] = []
  return (part) => {
    if (part.type === "tool-input-start") held = [part]
    else if (part.type === "tool-input-delta" && held.length > 0) held.push(part)
    else if (part.type === "tool-input-end" && held.length > 0) {
      for (const [index, one] of held.entries()) {
        if (index === 0) emit(one, part.signature)
        else emit(one)
      }
      held = []
      emit(part)
    } else emit(part)
  }
}
