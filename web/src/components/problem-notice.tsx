import { Show } from "solid-js"

/** What went wrong, in a sentence, where no one field is at fault; nothing while nothing did. */
export function ProblemNotice(props: { problem: string | undefined }) {
  return (
    <Show when={props.problem}>
      {(problem) => (
        <p role="alert" class="notice tone-bad px-3 py-2 wrap-anywhere">
          {problem()}
        </p>
      )}
    </Show>
  )
}
