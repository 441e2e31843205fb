import type { CatalogueModel } from "#shared/catalogue.ts"
import { mayUse } from "#shared/key-models.ts"
import { isHiddenModel } from "#shared/model-name.ts"
import type { CompiledSnapshot } from "#shared/snapshot-compile.ts"
import type { SnapshotApiKey } from "#shared/snapshot.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ChatRequest } from "../canonical/request.ts"
import { isImageModel, modelFamily } from "../dialects/model-family.ts"

/**
 * The model that answers: the asked one, but for a request that is nothing but a web search and names one that cannot. Clients send
 * such a request as a call of their own tool and read the pages it finds, not the model's voice.
 * Throws `permission_denied` where some can search and the key may use none of them.
 */
export function answeringModel(
  compiled: CompiledSnapshot,
  request: ChatRequest,
  asked: string,
  key: Pick<SnapshotApiKey, "models">,
): string {
  const { webSearch, tools = [], toolChoice } = request
  const isSearch = webSearch?.anyModel === true && tools.length === 0 && toolChoice?.type !== "none"
  if (!isSearch) return asked
  const searching = searchingModels([...compiled.modelById.values()])
  if (searching.length === 0 || searching.includes(asked)) return asked
  const allowed = searching.find((id) => mayUse(key, id))
  if (allowed !== undefined) return allowed
  const message = `This API key may use no model that can search the web; ${asked} cannot, and ${searching[0]} would.`
  throw new GatewayError("permission_denied", message, { param: "model" })
}

/** The live lists say it, or else Google's own models can. The quick and new ones first: a search is waited for. */
function searchingModels(models: readonly CatalogueModel[]): readonly string[] {
  const isKnown = models.some(({ supportsWebSearch }) => supportsWebSearch !== undefined)
  const searching = models.filter(({ id, supportsWebSearch }) => {
    if (isHiddenModel(id)) return false
    return isKnown ? supportsWebSearch === true : modelFamily(id) === "gemini" && !isImageModel(id)
  })
  const slowness = (id: string): number => (id.includes("flash") ? 0 : 1)
  return searching
    .map(({ id }) => id)
    .toSorted((left, right) => slowness(left) - slowness(right) || (left < right ? 1 : -1))
}
