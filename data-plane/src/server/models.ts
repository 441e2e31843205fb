/** Model lists: what the snapshot's usable accounts offer, in the shape of who asks. */
import { isHiddenModel, nearestIds } from "#shared/model-name.ts"
import type { CompiledSnapshot, ListedModel as CompiledModel } from "#shared/snapshot-compile.ts"
import { GatewayError } from "../canonical/error.ts"
import type { ClientSide, ListedModel } from "../dialects/dialect.ts"

export function modelList(compiled: CompiledSnapshot, dialect: ClientSide, query: URLSearchParams): unknown {
  return dialect.encodeModelList(compiled.listedModels.map(listed), query)
}

/** Every name that answers has an entry, listed or not. Throws `model_not_found` with the nearest ids. */
export function modelEntry(compiled: CompiledSnapshot, dialect: ClientSide, given: string): unknown {
  const id = dialect.readModelName?.(given) ?? given
  const found = compiled.listedModels.find((model) => model.id === id)
  if (found !== undefined) return dialect.encodeModel(listed(found))
  const resolution = compiled.resolve(id)
  if ("notFound" in resolution) throw modelNotFound(id, resolution.nearest)
  const model = isHiddenModel(resolution.model) ? undefined : compiled.modelById.get(resolution.model)
  if (model === undefined) throw modelNotFound(id, [])
  return dialect.encodeModel(listed({ id, aliasOf: model.id, model }))
}

export function modelNotFound(asked: string, nearest: readonly string[]): GatewayError {
  const hint = nearest.length === 0 ? "" : ` The nearest are: ${nearest.join(", ")}.`
  return new GatewayError(
    "model_not_found",
    `The model ${JSON.stringify(asked.slice(0, 200))} does not exist.${hint}`,
    {
      param: "model",
    },
  )
}

/** When the upstream itself does not know a model, listed or passed through: as if it had not been listed. */
export function missingUpstream(compiled: CompiledSnapshot, asked: string, model: string): GatewayError {
  const others = [...compiled.modelById.keys()].filter((id) => id !== model)
  return modelNotFound(asked, nearestIds(others, asked))
}

function listed({ id, aliasOf, model }: CompiledModel): ListedModel {
  return { ...model, id, ...(aliasOf === undefined ? {} : { aliasOf }) }
}
