/** Reads `fetchAvailableModels`. Pure: what is not understood is left out, never guessed. */
import type { Catalogue, CatalogueModel } from "#shared/catalogue.ts"
import { isHiddenModel } from "#shared/model-name.ts"
import { booleanField, field, numberField, textField } from "../json.ts"

function readModel(id: string, json: unknown, supportsWebSearch: boolean | undefined): CatalogueModel {
  const displayName = textField(json, "displayName")
  const maxInputTokens = numberField(json, "maxTokens")
  const maxOutputTokens = numberField(json, "maxOutputTokens")
  const supportsThinking = booleanField(json, "supportsThinking")
  const supportsImages = booleanField(json, "supportsImages")
  const thinkingBudget = numberField(json, "thinkingBudget")
  const minThinkingBudget = numberField(json, "minThinkingBudget")
  return {
    id,
    ...(displayName === undefined ? {} : { displayName }),
    ...(maxInputTokens === undefined ? {} : { maxInputTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(supportsThinking === undefined ? {} : { supportsThinking }),
    ...(supportsImages === undefined ? {} : { supportsImages }),
    ...(thinkingBudget === undefined ? {} : { thinkingBudget }),
    ...(minThinkingBudget === undefined ? {} : { minThinkingBudget }),
    ...(supportsWebSearch === undefined ? {} : { supportsWebSearch }),
  }
}

/** The list an account offers, by id, without the upstream's internal models; undefined when the answer holds no list. */
export function readAvailableModels(json: unknown): Catalogue | undefined {
  const models = field(json, "models")
  if (typeof models !== "object" || models === null || Array.isArray(models)) return undefined
  const ids = Object.keys(models).filter((id) => id !== "__proto__" && !isHiddenModel(id))
  const deprecated: [string, string][] = []
  const renamed = field(json, "deprecatedModelIds")
  if (typeof renamed === "object" && renamed !== null) {
    for (const id of Object.keys(renamed)) {
      const successor = textField(field(renamed, id), "newModelId")
      if (successor !== undefined && id !== "__proto__") deprecated.push([id, successor])
    }
  }
  const searching = field(json, "webSearchModelIds")
  // Without the list nothing is known of any model; with it, of each.
  const canSearch = (id: string): boolean | undefined => (Array.isArray(searching) ? searching.includes(id) : undefined)
  return {
    models: ids.toSorted().map((id) => readModel(id, field(models, id), canSearch(id))),
    deprecatedModelIds: Object.fromEntries(deprecated.toSorted(([left], [right]) => (left < right ? -1 : 1))),
  }
}
