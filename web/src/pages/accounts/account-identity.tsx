import { A } from "@solidjs/router"
import { For, Show } from "solid-js"
import type { Account } from "./create-accounts.ts"
import { useWords } from "./words.ts"

/** Who it is, where that leads to, its plan and its tags. */
export function AccountIdentity(props: { account: Account }) {
  const t = useWords()
  const plan = () => props.account.tier ?? t(`accountKind.${props.account.kind}`)
  return (
    <div class="flex min-w-0 flex-col pr-10 lg:pr-0">
      <A href={`/accounts/${props.account.id}`} class="font-medium wrap-anywhere hover:underline">
        {props.account.label}
      </A>
      <Show when={props.account.email !== props.account.label && props.account.email}>
        {(email) => (
          <span class="truncate text-[0.8125rem] text-faint" title={email()}>
            {email()}
          </span>
        )}
      </Show>
      <span class="mt-0.5 flex flex-wrap items-center gap-1 text-xs text-faint">
        <span title={t(`accountKind.${props.account.kind}`)} class="mr-1 wrap-anywhere">
          {plan()}
        </span>
        <For each={props.account.tags}>{(tag) => <span class="tag">{tag}</span>}</For>
      </span>
    </div>
  )
}
