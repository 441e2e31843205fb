import { isHiddenModel } from "#shared/model-name.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { ChatRequest } from "../canonical/request.ts"

/**
 * The model that answers: the asked one, but for a request that is nothing but a web search and names one that cannot. Clients send
 * such a request as a call of their own tool and read the pages it finds, not the model's voice. Without a live list that says who
 * searches, the asked one stays.
 */
export function answeringModel(compiled: CompiledSnapshot, request: ChatRequest, asked: string): string {
  const { webSearch, tools = [], toolChoice } = request
  const isSearch = webSearch?.anyModel === true && tools.length === 0 && toolChoice?.type !== "none"
  if (!isSearch || compiled.modelById.get(asked)?.supportsWebSearch === true) return asked
  const searching = [...compiled.modelById.values()].filter(({ id, supportsWebSearch }) => {
    return supportsWebSearch === true && !isHiddenModel(id)
  })
  return searching.map(({ id }) => id).toSorted()[0] ?? asked
}
