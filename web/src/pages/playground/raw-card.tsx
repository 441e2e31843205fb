import { createSignal, Show } from "solid-js"
import { ChoiceChips } from "../../components/choice-chips.tsx"
import { CodeBlock } from "../../components/code-block.tsx"
import { Tabs } from "../../components/tabs.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import { codeForms, codeOf, shortened, type CodeForm } from "./code.ts"
import type { RawExchange } from "./create-talk.ts"
import { useWords } from "./words.ts"

interface RawCardProps {
  raw: RawExchange | undefined
  gatewayUrl: string
}

const formNames: Readonly<Record<CodeForm, string>> = { curl: "curl", typescript: "TypeScript", python: "Python" }

/** The last exchange as it went over the wire, and as code. */
export function RawCard(props: RawCardProps) {
  const t = useWords()
  return (
    <section class="card flex min-w-0 flex-col gap-3 p-4.5" aria-label={t("raw.title")}>
      <h2 class="font-semibold">{t("raw.title")}</h2>
      <Show when={props.raw} fallback={<p class="text-[0.8125rem] text-faint">{t("raw.empty")}</p>}>
        {(raw) => (
          <Tabs
            label={t("raw.title")}
            tabs={[
              { id: "request", label: t("raw.request"), content: () => <RequestText raw={raw()} /> },
              { id: "answer", label: t("raw.answer"), content: () => <AnswerText raw={raw()} /> },
              {
                id: "code",
                label: t("raw.code"),
                content: () => <CodeText raw={raw()} gatewayUrl={props.gatewayUrl} />,
              },
            ]}
          />
        )}
      </Show>
    </section>
  )
}

function RequestText(props: { raw: RawExchange }) {
  const t = useWords()
  const text = () => JSON.stringify(shortened(props.raw.written.body), null, 2)
  return (
    <CodeBlock
      title={`POST ${props.raw.written.path}`}
      text={text()}
      label={t("raw.requestLabel")}
      copyLabel={t("raw.copyRequest")}
    />
  )
}

function AnswerText(props: { raw: RawExchange }) {
  const t = useWords()
  const format = createFormat()
  const text = () => props.raw.pieces.map((piece) => `+${Math.round(piece.atMs)} ms\n${piece.text}`).join("\n\n")
  return (
    <>
      <CodeBlock text={text()} label={t("raw.answerLabel")} copyLabel={t("raw.copyAnswer")} />
      <Show when={props.raw.left > 0}>
        <p class="mt-2 text-xs text-faint">{t("raw.left", format.number(props.raw.left))}</p>
      </Show>
    </>
  )
}

function CodeText(props: { raw: RawExchange; gatewayUrl: string }) {
  const t = useWords()
  const [form, setForm] = createSignal<CodeForm>("curl")
  return (
    <div class="flex flex-col gap-2.5">
      <ChoiceChips
        label={t("raw.form")}
        choices={codeForms.map((value) => ({ value, label: formNames[value] }))}
        chosen={form()}
        onChoose={setForm}
      />
      <CodeBlock
        text={codeOf(form(), { ...props.raw, gatewayUrl: props.gatewayUrl })}
        label={t("raw.codeLabel")}
        copyLabel={t("raw.copyCode")}
      />
      <p class="text-xs text-faint">{t("raw.codeHint")}</p>
    </div>
  )
}
