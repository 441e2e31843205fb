/** How pages change things: one mutation with its state, its failures in the reader's words, and the password where it is asked for again. */
import type { AnyVariables, CombinedError, TypedDocumentNode } from "@urql/core"
import { createSignal } from "solid-js"
import { useI18n } from "../i18n/i18n.tsx"
import { type Panel, usePanel } from "../panel.tsx"
import { type Failure, fieldOf, sentenceOf } from "./failure.ts"

type Outcome<Data> = Data[keyof Data]

/** What a mutation gives when it was done: the member of its result union that is no failure. */
export type Success<Data> = Exclude<Outcome<Data>, Failure>

/** Sentences by the field they are about; those under `form` are about none. */
export type Errors = Readonly<Partial<Record<string, string>>>

type Answer<Data> = { success: Success<Data> } | { failure: Failure } | { error: CombinedError | undefined }

const isFailure = (outcome: object): outcome is Failure => "code" in outcome && "message" in outcome

/** Runs a mutation; where it needs the password again that is asked for, and it is run once more. */
async function mutate<Data, Variables extends AnyVariables>(
  { client, password }: Panel,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answer<Data>> {
  const run = async (): Promise<Answer<Data>> => {
    const { data, error } = await client.mutation(document, variables).toPromise()
    if (data === undefined) return { error }
    const [outcome] = Object.values(data as Record<string, object>) // each of our mutations has one field, a union of objects
    if (outcome === undefined) return { error }
    return isFailure(outcome) ? { failure: outcome } : { success: outcome as Success<Data> } // what is no failure
  }
  const first = await run()
  const isStale = "failure" in first && first.failure.code === "reauthentication_required"
  return isStale && (await password.ask()) ? run() : first
}

/**
 * A mutation of the calling component. A failure about one of `fields` is told under its name, every other one under `form`.
 * `run` resolves with undefined when it was not done; `errors` says why, and `failure` what was declared, with its whole path.
 */
export function createMutation<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  fields: readonly string[] = [],
) {
  const panel = usePanel()
  const i18n = useI18n()
  const [busy, setBusy] = createSignal(false)
  const [errors, setErrors] = createSignal<Errors>({})
  const [failure, setFailure] = createSignal<Failure>()
  const run = async (variables: Variables): Promise<Success<Data> | undefined> => {
    if (busy()) return undefined
    setErrors({})
    setFailure(undefined)
    setBusy(true)
    const answer = await mutate(panel, document, variables)
    setBusy(false)
    if ("success" in answer) return answer.success
    if ("failure" in answer) {
      setFailure(answer.failure)
      const field = fieldOf(answer.failure)
      const place = field !== undefined && fields.includes(field) ? field : "form"
      setErrors({ [place]: i18n.said(answer.failure.message) })
    } else setErrors({ form: sentenceOf(answer.error, i18n) })
    return undefined
  }
  return { run, busy, errors, setErrors, failure, error: () => errors()["form"] }
}
