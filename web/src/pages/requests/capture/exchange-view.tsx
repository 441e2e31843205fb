import { For, type JSX, Show } from "solid-js"
import { CodeBlock } from "../../../components/code-block.tsx"
import { createFormat } from "../../../i18n/i18n.tsx"
import { useWords } from "../words.ts"
import type { Capture, CapturedText } from "./capture.ts"

/** Everything that was on the wire, as it was: the client's request and answer, and each call to an upstream. */
export function ExchangeView(props: { capture: Capture }) {
  const t = useWords()
  const format = createFormat()
  const head = () => {
    const { path, query, headers } = props.capture.request
    const line = `POST /${path}${query === "" ? "" : `?${query}`}`
    return [line, ...headers.map(({ name, value }) => `${name}: ${value}`)].join("\n")
  }
  return (
    <div class="flex min-w-0 flex-col gap-2">
      <Part title={t("capture.clientRequest")} note={`/${props.capture.request.path}`}>
        <CodeBlock text={head()} label={t("capture.head")} />
        <Body text={props.capture.request.body} label={t("capture.clientRequest")} />
      </Part>
      <For each={props.capture.attempts}>
        {(attempt, index) => (
          <Part
            title={t("capture.attempt", format.number(index() + 1))}
            note={`${attempt.account?.label ?? t("detail.accountGone")} · ${attempt.failure ?? `HTTP ${attempt.answer.status}`}`}
          >
            <p class="font-mono text-xs text-soft wrap-anywhere">{attempt.url}</p>
            <Body text={attempt.body} label={t("capture.upstream")} />
            <Body text={attempt.answer.body} label={t("capture.upstreamAnswer")} />
          </Part>
        )}
      </For>
      <Show when={props.capture.attemptsLeftOut > 0}>
        <p class="text-[0.8125rem] text-faint">
          {t("capture.attemptsLeft", format.number(props.capture.attemptsLeftOut))}
        </p>
      </Show>
      <Part title={t("capture.clientAnswer")} note={`HTTP ${props.capture.answer.status}`}>
        <Body text={props.capture.answer.body} label={t("capture.clientAnswer")} />
      </Part>
    </div>
  )
}

function Part(props: { title: string; note: string; children: JSX.Element }) {
  return (
    <details class="rounded-medium ring-1 ring-line">
      <summary class="flex flex-wrap items-baseline gap-x-3 px-3 py-2 text-[0.8125rem]">
        <span class="font-medium">{props.title}</span>
        <span class="min-w-0 text-xs text-faint wrap-anywhere">{props.note}</span>
      </summary>
      <div class="flex min-w-0 flex-col gap-2 px-3 pb-3">{props.children}</div>
    </details>
  )
}

function Body(props: { text: CapturedText; label: string }) {
  const t = useWords()
  const format = createFormat()
  const notes = () => [
    format.bytes(props.text.bytes),
    ...(props.text.isBase64 ? [t("capture.base64")] : []),
    ...(props.text.isTruncated ? [t("capture.truncated")] : []),
  ]
  return (
    <CodeBlock
      text={props.text.text}
      label={props.label}
      copyLabel={t("capture.copy", props.label)}
      title={`${props.label} · ${notes().join(" · ")}`}
    />
  )
}
