import { createSignal } from "solid-js"
import { requestDocument, requestFinishedDocument, type RequestRecordFragment } from "#generated/web/graphql.ts"
import { sentenceOf } from "../../graphql/failure.ts"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"

export type RequestRecord = RequestRecordFragment

export type Attempt = RequestRecord["attempts"][number]

/** All that is recorded of one request. */
export function createRecord(id: string) {
  const { client } = usePanel()
  const i18n = useI18n()
  const [record, setRecord] = createSignal<RequestRecord>()
  const { state, again } = createLoaded(async () => {
    const result = await client.query(requestDocument, { id }).toPromise()
    if (result.data === undefined) throw result.error
    setRecord(result.data.request ?? undefined)
  })
  /** For one that may have ended this moment: it is read again when its record arrives. */
  const follow = () => createLive(requestFinishedDocument, { filter: { text: id } }, again)
  const problem = () => {
    const now = state()
    return now.type === "error" ? sentenceOf(now.error, i18n) : undefined
  }
  return { state, again, follow, record, problem, isGone: () => state().type === "data" && record() === undefined }
}
