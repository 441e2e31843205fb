import type { ParentProps } from "solid-js"
import type { Errors } from "../graphql/create-mutation.ts"
import { showFirstWrong } from "./show-first-wrong.ts"

interface DialogFormProps {
  /** What is wrong now: when that changes, the first of it is brought into view. */
  errors: Errors
  onSubmit: () => unknown
}

/** The form of a dialog, from its body to its buttons. It is checked and sent by script alone. */
export function DialogForm(props: ParentProps<DialogFormProps>) {
  let form: HTMLFormElement | undefined
  showFirstWrong(
    () => form,
    () => props.errors,
  )
  return (
    <form
      ref={(element) => (form = element)}
      class="flex min-h-0 flex-col"
      autocomplete="off"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        props.onSubmit()
      }}
    >
      {props.children}
    </form>
  )
}
