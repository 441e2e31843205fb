import type { ChatRequest } from "../../canonical/request.ts"

/** What only this dialect's own answers need to know of the request. */
export interface ImagesExtra {
  /** Images are wanted as `data:` URLs. */
  readonly asUrl: boolean
  readonly isEdit: boolean
}

/** Everything false for a request that came in by another dialect. */
export function imagesExtra(request: ChatRequest): ImagesExtra {
  const extra = request.extra["openai-images"]
  return { asUrl: extra?.["asUrl"] === true, isEdit: extra?.["isEdit"] === true }
}
