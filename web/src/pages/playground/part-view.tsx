import Brain from "lucide-solid/icons/brain"
import Wrench from "lucide-solid/icons/wrench"
import { For, Match, Show, Switch } from "solid-js"
import {
  splitImages,
  urlOf,
  type CallPart,
  type ImagePart,
  type Part,
  type ResultPart,
  type ThinkingPart,
} from "./talk.ts"
import { useWords } from "./words.ts"

/** One part of what was said; words of a model are text and nothing but text. */
export function PartView(props: { part: Part; isAnswer: boolean }) {
  const is = <Type extends Part["type"]>(type: Type) =>
    props.part.type === type ? (props.part as Extract<Part, { type: Type }>) : undefined // just seen to be one
  return (
    <Switch>
      <Match when={is("text")}>{(part) => <TextView text={part().text} isAnswer={props.isAnswer} />}</Match>
      <Match when={is("thinking")}>{(part) => <ThinkingView part={part()} />}</Match>
      <Match when={is("image")}>{(part) => <Picture part={part()} isAnswer={props.isAnswer} />}</Match>
      <Match when={is("call")}>{(part) => <CallView part={part()} />}</Match>
      <Match when={is("result")}>{(part) => <ResultView part={part()} />}</Match>
    </Switch>
  )
}

function TextView(props: { text: string; isAnswer: boolean }) {
  // Almost none has a picture in it; one that grows is not looked through at every word for nothing.
  const pieces = () => (props.text.includes("](data:image/") ? splitImages(props.text) : undefined)
  return (
    <Show when={pieces()} fallback={<p class="leading-relaxed whitespace-pre-wrap wrap-anywhere">{props.text}</p>}>
      {(list) => (
        <For each={list()}>
          {(piece) =>
            piece.type === "text" ? (
              <p class="leading-relaxed whitespace-pre-wrap wrap-anywhere">{piece.text}</p>
            ) : (
              <Picture part={piece} isAnswer={props.isAnswer} />
            )
          }
        </For>
      )}
    </Show>
  )
}

function ThinkingView(props: { part: ThinkingPart }) {
  const t = useWords()
  return (
    <details class="rounded-medium bg-sunken ring-1 ring-line">
      <summary class="flex cursor-pointer items-center gap-2 px-3 py-2 text-[0.8125rem] font-medium text-soft">
        <Brain class="size-4 flex-none" aria-hidden="true" />
        {t("turn.thinking")}
      </summary>
      <p class="border-t border-line px-3 py-2.5 text-[0.8125rem] text-soft whitespace-pre-wrap wrap-anywhere">
        {props.part.text}
      </p>
    </details>
  )
}

function Picture(props: { part: ImagePart; isAnswer: boolean }) {
  const t = useWords()
  return (
    <img
      src={urlOf(props.part)}
      alt={t(props.isAnswer ? "turn.picture" : "turn.yourPicture")}
      class="max-h-96 max-w-full self-start rounded-medium object-contain ring-1 ring-line"
    />
  )
}

function CallView(props: { part: CallPart }) {
  const t = useWords()
  return (
    <div class="rounded-medium bg-sunken ring-1 ring-line">
      <p class="flex items-center gap-2 px-3 py-2 text-[0.8125rem] font-medium">
        <Wrench class="size-4 flex-none text-faint" aria-hidden="true" />
        {t("turn.call", props.part.name)}
      </p>
      <Show when={props.part.input !== ""}>
        <p class="border-t border-line px-3 py-2.5 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
          {props.part.input}
        </p>
      </Show>
    </div>
  )
}

function ResultView(props: { part: ResultPart }) {
  const t = useWords()
  return (
    <div class="rounded-medium bg-sunken ring-1 ring-line">
      <p class="px-3 py-2 text-[0.8125rem] font-medium">{t("turn.result", props.part.name)}</p>
      <p class="border-t border-line px-3 py-2.5 font-mono text-xs whitespace-pre-wrap wrap-anywhere">
        {props.part.text}
      </p>
    </div>
  )
}
