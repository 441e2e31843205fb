import { A } from "@solidjs/router"
import Check from "lucide-solid/icons/check"
import X from "lucide-solid/icons/x"
import { createSignal, For, Show } from "solid-js"
import {
  firstRunAccountDocument,
  firstRunDocument,
  firstRunRequestDocument,
  type FirstRunQuery,
} from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { createLive, createLoaded } from "../../graphql/live.ts"
import { usePanel } from "../../panel.tsx"
import { progressOf, type Progress, steps, type Step } from "./first-run-steps.ts"
import { useWords } from "./words.ts"

const key = "lagrange.firstRun"

/** Where each step is done. The page that connects makes keys, too. */
const places: Readonly<Record<Step, string>> = {
  signIn: "/",
  account: "/accounts",
  key: "/connect",
  request: "/connect",
}

/** From the first sign-in to the first request, step by step, for who may do them; put away in this browser, or by itself when it is done. */
export default function FirstRun() {
  const { may } = usePanel()
  const [isPutAway, setPutAway] = createSignal(localStorage.getItem(key) !== null)
  const putAway = () => {
    localStorage.setItem(key, "put away")
    setPutAway(true)
  }
  return <Show when={may("OPERATE") && !isPutAway()}>{<Steps onPutAway={putAway} />}</Show>
}

function Steps(props: { onPutAway: () => void }) {
  const { client } = usePanel()
  const [progress, setProgress] = createSignal<Progress>()
  /** Somebody saw it undone: its end is told as well. */
  const [wasUndone, setWasUndone] = createSignal(false)
  const { again } = createLoaded(async () => {
    const { data, error } = await client.query(firstRunDocument, {}).toPromise()
    if (error !== undefined) throw error
    if (data === undefined) return
    const now = progressOf(foundOf(data))
    setProgress(now)
    if (now.next !== undefined) setWasUndone(true)
  })
  return (
    <Show when={wasUndone() ? progress() : undefined}>
      {(now) => (
        <>
          <Follow onChange={again} />
          <Strip progress={now()} onPutAway={() => props.onPutAway()} />
        </>
      )}
    </Show>
  )
}

function foundOf({ accounts, all, apiKeys }: FirstRunQuery) {
  const keys = apiKeys.edges.map(({ node }) => node)
  return {
    accounts: all.totalCount,
    usable: accounts.totalCount,
    keys: keys.length,
    used: keys.filter(({ lastUsedAt }) => lastUsedAt !== null).length,
  }
}

/** While there is something to wait for, and only then. */
function Follow(props: { onChange: () => void }) {
  createLive(firstRunAccountDocument, {}, () => props.onChange())
  createLive(firstRunRequestDocument, {}, () => props.onChange())
  return undefined
}

function Strip(props: { progress: Progress; onPutAway: () => void }) {
  const t = useWords()
  const isOver = () => props.progress.next === undefined
  return (
    <section class="card flex flex-col gap-4 p-4.5" aria-label={t("firstRun.title")}>
      <div class="flex items-start gap-3">
        <div class="min-w-0 flex-1">
          <h2 class="font-semibold">{t(isOver() ? "firstRun.over" : "firstRun.title")}</h2>
          <p class="text-[0.8125rem] text-soft">{t(isOver() ? "firstRun.overHint" : "firstRun.hint")}</p>
        </div>
        <Button
          look="plain"
          icon
          aria-label={t("firstRun.skip")}
          title={t("firstRun.skip")}
          onClick={() => props.onPutAway()}
        >
          <X />
        </Button>
      </div>
      <ol class="grid gap-2.5 sm:grid-cols-2 lg:grid-cols-4">
        <For each={steps}>
          {(step, index) => <StepView step={step} index={index() + 1} progress={props.progress} />}
        </For>
      </ol>
    </section>
  )
}

function StepView(props: { step: Step; index: number; progress: Progress }) {
  const t = useWords()
  const isDone = () => props.progress.isDone[props.step]
  const isNext = () => props.progress.next === props.step
  const hint = () =>
    props.step === "account" && props.progress.isSettingUp ? t("firstRun.settingUp") : t(`firstRun.${props.step}Hint`)
  return (
    <li
      class="flex items-start gap-2.5 rounded-medium p-3 ring-1"
      classList={{ "ring-line-strong bg-raised": isNext(), "ring-line": !isNext() }}
      aria-current={isNext() ? "step" : undefined}
    >
      <span
        class="flex size-6 flex-none items-center justify-center rounded-full text-xs font-semibold"
        classList={{ "tone-good bg-tone-ground text-tone": isDone(), "bg-sunken text-soft": !isDone() }}
      >
        <Show when={isDone()} fallback={props.index}>
          <Check class="size-3.5" />
        </Show>
        <span class="sr-only">{isDone() ? t("firstRun.done") : ""}</span>
      </span>
      <div class="flex min-w-0 flex-1 flex-col gap-1">
        <p class="font-medium">{t(`firstRun.${props.step}`)}</p>
        <Show when={isNext()}>
          <p class="text-[0.8125rem] text-soft">{hint()}</p>
          <A href={places[props.step]} class="button button-primary mt-1 self-start">
            {t(`firstRun.${props.step}Go`)}
          </A>
        </Show>
      </div>
    </li>
  )
}
