import RotateCw from "lucide-solid/icons/rotate-cw"
import Scissors from "lucide-solid/icons/scissors"
import { createSignal, For, Show } from "solid-js"
import { Button } from "../../components/button.tsx"
import { Field } from "../../components/field.tsx"
import { dialectNames } from "../keys/first-request.ts"
import { AnswerFactsView } from "./answer-facts.tsx"
import { openCalls, type SaidTurn, type Talk } from "./create-talk.ts"
import { PartView } from "./part-view.tsx"
import type { CallPart } from "./talk.ts"
import { useWords } from "./words.ts"

interface TurnViewProps {
  talk: Talk
  turn: SaidTurn
  index: number
}

/** What one side said, and what can be done from here. */
export function TurnView(props: TurnViewProps) {
  const t = useWords()
  const isAnswer = () => props.turn.role === "assistant"
  const isLast = () => props.index === props.talk.turns.length - 1
  const isGrowing = () => isAnswer() && isLast() && props.talk.isRunning()
  const isEmpty = () => props.turn.parts.length === 0
  return (
    <article
      class="flex flex-col gap-3 rounded-large p-4"
      classList={{ "bg-sunken ring-1 ring-line": !isAnswer(), card: isAnswer() }}
      aria-busy={isGrowing()}
      aria-label={t(isAnswer() ? "turn.model" : "turn.you")}
    >
      <header class="flex min-h-8 items-center gap-2 text-xs text-faint">
        <span class="font-semibold text-soft">{t(isAnswer() ? "turn.model" : "turn.you")}</span>
        <Show when={isAnswer()}>
          <span>{dialectNames[props.turn.dialect]}</span>
        </Show>
        <Show when={!props.talk.isRunning()}>
          <span class="ml-auto flex">
            <Show when={isAnswer() && isLast()}>
              <Button
                look="plain"
                icon
                aria-label={t("turn.again")}
                title={t("turn.again")}
                onClick={() => void props.talk.again(props.index)}
              >
                <RotateCw />
              </Button>
            </Show>
            <Button
              look="plain"
              icon
              aria-label={t("turn.cut")}
              title={t("turn.cut")}
              onClick={() => props.talk.cutTo(props.index)}
            >
              <Scissors />
            </Button>
          </span>
        </Show>
      </header>
      <For each={props.turn.parts}>{(part) => <PartView part={part} isAnswer={isAnswer()} />}</For>
      <Show when={isGrowing() && isEmpty()}>
        <p class="text-[0.8125rem] text-faint" role="status">
          {t("turn.waiting")}…
        </p>
      </Show>
      <Show when={isAnswer() && isEmpty() && props.turn.facts?.totalMs !== undefined && hasEnded(props.turn)}>
        <p class="text-[0.8125rem] text-faint">{t("turn.noWords")}</p>
      </Show>
      <Show when={isLast() && !props.talk.isRunning() && openCalls(props.talk.turns).length > 0}>
        <ResultsForm talk={props.talk} calls={openCalls(props.talk.turns)} />
      </Show>
      <Show when={props.turn.facts}>{(facts) => <AnswerFactsView facts={facts()} />}</Show>
    </article>
  )
}

const hasEnded = ({ facts }: SaidTurn): boolean => facts?.trouble === undefined && facts?.isStopped !== true

/** Plays the tools: what each call gives back is typed, and all go back together. */
function ResultsForm(props: { talk: Talk; calls: readonly CallPart[] }) {
  const t = useWords()
  const [texts, setTexts] = createSignal<Readonly<Record<string, string>>>({})
  return (
    <form
      class="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        const results = props.calls.map(({ id, name }) => ({
          type: "result" as const,
          callId: id,
          name,
          text: texts()[id] ?? "",
        }))
        void props.talk.say(results)
      }}
    >
      <For each={props.calls}>
        {(call) => (
          <Field label={t("turn.resultLabel", call.name)}>
            {(control) => (
              <textarea
                {...control()}
                class="input font-mono text-xs"
                rows={2}
                spellcheck={false}
                value={texts()[call.id] ?? ""}
                onInput={(event) => setTexts((all) => ({ ...all, [call.id]: event.currentTarget.value }))}
              />
            )}
          </Field>
        )}
      </For>
      <Button look="primary" type="submit" class="self-start">
        {t("turn.sendResults")}
      </Button>
    </form>
  )
}
