/** The states that a page has beside its data: nothing yet, and an error. Loading is drawn by each page in its own shape. */
import CloudOff from "lucide-solid/icons/cloud-off"
import { type JSX, type ParentProps, Show } from "solid-js"
import type { Problem } from "../graphql/failure.ts"
import { useI18n } from "../i18n/i18n.tsx"
import { Button } from "./button.tsx"

interface EmptyProps {
  title: string
  hint: string
  /** Smaller, for a part of a page. */
  small?: boolean
}

/** Nothing here yet: what it means, and (as children) the step that changes it. */
export function Empty(props: ParentProps<EmptyProps>) {
  return (
    <div
      class="relative isolate flex flex-col items-center gap-1.5 overflow-hidden px-6 text-center"
      classList={{ "py-20 sm:py-24": props.small !== true, "py-10": props.small === true }}
    >
      <div class="field-lines absolute top-1/2 left-1/2 -z-10 size-[34rem] -translate-1/2 text-ink opacity-[0.075]" />
      <h2 class="text-base font-semibold">{props.title}</h2>
      <p class="max-w-[46ch] text-soft">{props.hint}</p>
      <div class="mt-3 empty:hidden">{props.children}</div>
    </div>
  )
}

/** Something failed: what, what to do, and the button that tries again. */
export function ErrorView(props: { problem: Problem; onRetry: () => void; compact?: boolean }) {
  const { t, said } = useI18n()
  const title = () => t(props.problem.type === "unreachable" ? "error.unreachable" : "error.refused")
  const hint = () => (props.problem.type === "unreachable" ? t("error.unreachableHint") : t("error.refusedHint"))
  const words = (): JSX.Element => (
    <Show when={props.problem.type === "refused" && props.problem.message}>
      {(message) => <p class="max-w-[70ch] font-mono text-[0.8125rem] wrap-anywhere">{said(message())}</p>}
    </Show>
  )
  return (
    <div
      role="alert"
      class="notice tone-bad flex flex-wrap items-center gap-x-4 gap-y-3 px-4 py-3"
      classList={{ "sm:px-5 sm:py-4": props.compact !== true }}
    >
      <CloudOff class="size-5 flex-none" aria-hidden="true" />
      <div class="flex min-w-[14rem] flex-1 flex-col gap-0.5">
        <p class="font-semibold">{title()}</p>
        {words()}
        <p class="text-[0.8125rem]">{hint()}</p>
      </div>
      <Button onClick={() => props.onRetry()} class="text-ink">
        {t("action.retry")}
      </Button>
    </div>
  )
}
