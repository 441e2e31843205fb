/** Model lists: what the snapshot's usable accounts offer and the key may use, in the shape of who asks. */
import { mayAsk, mayUse, type KeyModels } from "#shared/key-models.ts"
import { isHiddenModel, nearestIds } from "#shared/model-name.ts"
import type { CompiledSnapshot, ListedModel as CompiledModel } from "#shared/snapshot-compile.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ClientSide, ListedModel } from "../dialects/dialect.ts"
import { modelDenied } from "./authorise.ts"

export function modelList(
  compiled: CompiledSnapshot,
  dialect: ClientSide,
  query: URLSearchParams,
  key: KeyModels,
): unknown {
  const models = compiled.listedModels.filter(({ id, model }) => mayAsk(key, id, model.id))
  return dialect.encodeModelList(models.map(listed), query)
}

/** Every name that answers has an entry, listed or not. Throws `model_not_found` with the nearest ids, or `permission_denied`. */
export function modelEntry(compiled: CompiledSnapshot, dialect: ClientSide, given: string, key: KeyModels): unknown {
  const id = dialect.readModelName?.(given) ?? given
  const resolution = compiled.resolve(id)
  if ("notFound" in resolution) throw modelNotFound(id, resolution.nearest, key)
  if (!mayAsk(key, id, resolution.model)) throw modelDenied(id)
  const found = compiled.listedModels.find((model) => model.id === id)
  if (found !== undefined) return dialect.encodeModel(listed(found))
  const model = isHiddenModel(resolution.model) ? undefined : compiled.modelById.get(resolution.model)
  if (model === undefined) throw modelNotFound(id, [], key)
  return dialect.encodeModel(listed({ id, aliasOf: model.id, model }))
}

/** Models that the key may not use are not named. */
export function modelNotFound(asked: string, nearest: readonly string[], key: KeyModels): GatewayError {
  const named = nearest.filter((id) => mayUse(key, id))
  const hint = named.length === 0 ? "" : ` The nearest are: ${named.join(", ")}.`
  return new GatewayError(
    "model_not_found",
    `The model ${JSON.stringify(asked.slice(0, 200))} does not exist.${hint}`,
    {
      param: "model",
    },
  )
}

/** When the upstream itself does not know a model, listed or passed through: as if it had not been listed. */
export function missingUpstream(
  compiled: CompiledSnapshot,
  asked: string,
  model: string,
  key: KeyModels,
): GatewayError {
  const others = [...compiled.modelById.keys()].filter((id) => id !== model && mayUse(key, id))
  return modelNotFound(asked, nearestIds(others, asked), key)
}

function listed({ id, aliasOf, model }: CompiledModel): ListedModel {
  return { ...model, id, ...(aliasOf === undefined ? {} : { aliasOf }) }
}
