import { Show } from "solid-js"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { createRecord } from "./create-record.ts"
import { RequestDetail } from "./request-detail.tsx"
import { useWords } from "./words.ts"

/** A request of the list with its whole way, read when its row is unfolded. */
export default function Unfolded(props: { id: string }) {
  const t = useWords()
  // eslint-disable-next-line solid/reactivity -- a row is about one request
  const { record, problem, isGone } = createRecord(props.id)
  return (
    <Show
      when={record()}
      fallback={
        <Show
          when={problem() === undefined && !isGone()}
          fallback={<ProblemNotice problem={problem() ?? t("requests.goneTitle")} />}
        >
          <div class="flex flex-col gap-2 py-2" role="status" aria-label={t("app.loading")}>
            <div class="skeleton h-3.5 w-64" />
            <div class="skeleton h-3.5 w-full max-w-xl" />
            <div class="skeleton h-3.5 w-full max-w-lg" />
          </div>
        </Show>
      }
    >
      {(found) => <RequestDetail request={found()} />}
    </Show>
  )
}
