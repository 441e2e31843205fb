import { createEffect, createSignal, on, onCleanup } from "solid-js"
import {
  type Dialect,
  explainRouteDocument,
  type ExplainRouteQuery,
  type RequestTrait,
} from "#generated/web/graphql.ts"
import type { Problem } from "../../../graphql/failure.ts"
import { problemOf } from "../../../graphql/failure.ts"
import { usePanel } from "../../../panel.tsx"

export type Explanation = ExplainRouteQuery["explainRoute"]

export interface Question {
  readonly model: string
  readonly dialect: Dialect
  /** Absent: any key without tags. */
  readonly apiKeyId?: string | undefined
  readonly traits: readonly RequestTrait[]
}

const askAfterMs = 250

/** The answer to a question that changes while it is typed: asked when the typing rests, and only the newest one's answer counts. */
export function createExplanation(question: () => Question | undefined, revision: () => string | undefined) {
  const { client } = usePanel()
  const [answer, setAnswer] = createSignal<Explanation>()
  const [problem, setProblem] = createSignal<Problem>()
  const [asked, setAsked] = createSignal(0)
  let newest = 0
  const ask = async (wanted: Question) => {
    const mine = ++newest
    const result = await client.query(explainRouteDocument, wanted).toPromise()
    if (mine !== newest) return
    setProblem(result.error === undefined ? undefined : problemOf(result.error))
    if (result.data !== undefined) setAnswer(result.data.explainRoute)
  }
  createEffect(
    on([() => JSON.stringify(question()), revision, asked], () => {
      const wanted = question()
      if (wanted === undefined) {
        newest++
        setAnswer(undefined)
        setProblem(undefined)
        return
      }
      // The first one at once: an address that was given to somebody.
      const timer = setTimeout(() => void ask(wanted), answer() === undefined ? 0 : askAfterMs)
      onCleanup(() => clearTimeout(timer))
    }),
  )
  return { answer, problem, again: () => setAsked((count) => count + 1) }
}
