import { For, Show } from "solid-js"

/** A sentence of the reference: what stands between backticks is code. */
export function Meaning(props: { text: string }) {
  const parts = () => props.text.split("`").map((text, index) => ({ text, isCode: index % 2 === 1 }))
  return (
    <For each={parts()}>
      {({ text, isCode }) => (
        <Show when={isCode} fallback={text}>
          <code class="font-mono text-[0.92em] wrap-anywhere">{text}</code>
        </Show>
      )}
    </For>
  )
}
