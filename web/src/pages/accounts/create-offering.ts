import { createEffect, createMemo, createSignal, on } from "solid-js"
import { accountModelChoicesDocument, accountsOfferingDocument } from "#generated/web/graphql.ts"
import { createLoaded } from "../../graphql/live.ts"
import { readAll } from "../../graphql/read-all.ts"
import { usePanel } from "../../panel.tsx"

/**
 * The models that accounts offer, and who offers one of those that are chosen. The control plane says it: lists of models are long, and
 * the list of accounts holds none. Read anew when others are chosen, and when the number of accounts is another one.
 */
export function createOffering(models: () => readonly string[], count: () => number) {
  const { client } = usePanel()
  const [choices, setChoices] = createSignal<readonly [model: string, accounts: number][]>([])
  const [found, setFound] = createSignal<{ readonly of: string; readonly ids: ReadonlySet<string> }>()
  const wanted = createMemo(() => models().join("\n"))
  createLoaded(async () => {
    const result = await client.query(accountModelChoicesDocument, {}).toPromise()
    if (result.data === undefined) throw result.error
    const offered = result.data.models.filter(({ offeredBy }) => offeredBy > 0)
    setChoices(offered.map(({ id, offeredBy }) => [id, offeredBy]))
  })
  const { state, again } = createLoaded(async () => {
    const [of, chosen] = [wanted(), models()]
    if (chosen.length === 0) return
    const accounts = await readAll(async (after) => {
      const result = await client.query(accountsOfferingDocument, { after, models: [...chosen] }).toPromise()
      if (result.data === undefined) throw result.error
      return result.data.accounts
    })
    setFound({ of, ids: new Set(accounts.map(({ id }) => id)) })
  })
  createEffect(on([wanted, count], again, { defer: true }))
  return {
    state,
    again,
    choices,
    /** Undefined: no model is chosen, so that everyone fits. None while it is read. */
    ids: (): ReadonlySet<string> | undefined => {
      if (models().length === 0) return undefined
      return found()?.of === wanted() ? found()?.ids : new Set()
    },
    isReading: () => models().length > 0 && found()?.of !== wanted() && state().type !== "error",
  }
}

export type Offering = ReturnType<typeof createOffering>
