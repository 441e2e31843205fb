import { For, Show } from "solid-js"
import { CodeBlock } from "../../components/code-block.tsx"
import { CopyButton } from "../../components/copy-button.tsx"
import type { Client, Wanted } from "./clients.ts"
import { useWords } from "./words.ts"

/** All that one client has to be told, to be copied piece by piece. */
export function ClientSettings(props: { client: Client; wanted: Wanted }) {
  const t = useWords()
  const place = (given: string) => (given === "shell" ? t("connect.shell") : given)
  return (
    <div class="flex min-w-0 flex-col gap-3">
      <Show when={props.client.readsKey}>
        <p class="text-[0.8125rem] text-soft">{t("connect.keyFirst")}</p>
        <CodeBlock
          title={t("connect.shell")}
          text={`export LAGRANGE_KEY=${props.wanted.key === "$LAGRANGE_KEY" ? "…" : props.wanted.key}`}
          label="LAGRANGE_KEY"
          copyLabel={t("connect.copy", "LAGRANGE_KEY")}
        />
      </Show>
      <For each={props.client.snippets(props.wanted)}>
        {(snippet) => (
          <CodeBlock
            title={place(snippet.place)}
            text={snippet.text}
            label={`${props.client.name}: ${place(snippet.place)}`}
            copyLabel={t("connect.copy", place(snippet.place))}
            keepsLines
          />
        )}
      </For>
      <Show when={props.client.entries?.(props.wanted)}>
        {(entries) => (
          <dl class="flex flex-col divide-y divide-line rounded-medium ring-1 ring-line">
            <For each={entries()}>
              {({ name, value }) => (
                <div class="flex flex-wrap items-center gap-x-4 gap-y-1 py-1.5 pr-1.5 pl-3.5">
                  <dt class="w-52 text-[0.8125rem] text-faint">{name}</dt>
                  <dd class="flex min-w-0 flex-1 basis-52 items-center gap-2">
                    <span class="min-w-0 flex-1 font-mono text-[0.8125rem] wrap-anywhere">{value}</span>
                    <CopyButton text={value} label={t("connect.copy", name)} />
                  </dd>
                </div>
              )}
            </For>
          </dl>
        )}
      </Show>
      <Show when={props.client.id === "cursor"}>
        <p class="text-[0.8125rem] text-soft">{t("connect.cursorNote")}</p>
      </Show>
      <p class="text-xs text-faint">{t(`connect.${props.client.proof}`)}</p>
    </div>
  )
}
