import { type Accessor, createMemo } from "solid-js"
import type { Suggestion } from "../../components/suggestions.ts"
import type { Model } from "./catalogue/create-models.ts"
import type { Routing } from "./create-routing.ts"

/** Names to suggest: of models that are offered, and with them those that mean one. */
export function createModelNames(models: Accessor<readonly Model[]>, routing: Accessor<Routing | undefined>) {
  const offered = createMemo((): readonly Suggestion[] =>
    models()
      .filter(({ goneAt, isInternal }) => goneAt === null && !isInternal)
      .map(({ id }) => ({ value: id })),
  )
  const all = createMemo((): readonly Suggestion[] => {
    const names = new Map<string, Suggestion>()
    for (const { name, target } of routing()?.aliases ?? []) {
      if (!name.includes("*")) names.set(name, { value: name, hint: `→ ${target}` })
    }
    for (const one of offered()) names.set(one.value, one)
    for (const { id, aliases } of models()) {
      for (const name of aliases) if (!names.has(name)) names.set(name, { value: name, hint: `→ ${id}` })
    }
    return [...names.values()]
  })
  return { models: offered, all }
}
