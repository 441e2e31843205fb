import { A } from "@solidjs/router"
import { createSignal, For, type JSX, Show } from "solid-js"
import { replayRequestDocument, type ReplayTarget } from "#generated/web/graphql.ts"
import { Badge } from "../../../components/badge.tsx"
import { Button } from "../../../components/button.tsx"
import { Field } from "../../../components/field.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { TextDiff } from "../../../components/text-diff.tsx"
import { createMutation } from "../../../graphql/create-mutation.ts"
import { useNames } from "../../../i18n/names.ts"
import { outcomeTones } from "../outcome-tones.ts"
import { useWords } from "../words.ts"
import type { Capture } from "./capture.ts"
import { jsonLines } from "./json-lines.ts"
import { TranslationView } from "./translation.tsx"

const targets: readonly ReplayTarget[] = ["TRANSLATION", "ADDRESS", "POOL"]

/** As lines that can be compared: JSON by its values, a stream of events as it came. */
const readable = (text: string | undefined): string =>
  (text === undefined ? undefined : jsonLines(text))
    ?.map((line) => `${"  ".repeat(line.indent)}${line.text}`)
    .join("\n") ??
  text ??
  ""

/** Sends a captured request again, one of three ways, and lays what came of it beside the first. */
export function Replay(props: { id: string; first: Capture }) {
  const t = useWords()
  const names = useNames()
  const [target, setTarget] = createSignal<ReplayTarget>("TRANSLATION")
  const [address, setAddress] = createSignal("http://127.0.0.1:8090")
  const replay = createMutation(replayRequestDocument, ["address"])
  const [result, setResult] = createSignal<Awaited<ReturnType<typeof replay.run>>>()
  const submit = async (event: Event) => {
    event.preventDefault()
    setResult(undefined)
    const input = target() === "ADDRESS" ? { target: target(), address: address() } : { target: target() }
    setResult(await replay.run({ id: props.id, input }))
  }
  return (
    <section class="flex min-w-0 flex-col gap-4" aria-label={t("replay.title")}>
      <form class="flex flex-col gap-3" onSubmit={(event) => void submit(event)}>
        <fieldset class="flex flex-col gap-2">
          <legend class="mb-1.5 text-[0.8125rem] font-medium">{t("replay.where")}</legend>
          <For each={targets}>
            {(one) => (
              <label class="flex items-start gap-2.5">
                <input
                  type="radio"
                  name="replay-target"
                  class="radio mt-0.5"
                  checked={target() === one}
                  onChange={() => setTarget(one)}
                />
                <span>
                  <span class="font-medium">{t(`replay.target.${one}`)}</span>
                  <span class="block text-[0.8125rem] text-soft">{t(`replay.hint.${one}`)}</span>
                </span>
              </label>
            )}
          </For>
        </fieldset>
        <Show when={target() === "ADDRESS"}>
          <div class="max-w-md">
            <Field label={t("replay.address")} error={replay.errors()["address"]}>
              {(control) => (
                <input
                  {...control()}
                  class="input font-mono text-[0.8125rem]"
                  value={address()}
                  onInput={(event) => setAddress(event.currentTarget.value)}
                />
              )}
            </Field>
          </div>
        </Show>
        <ProblemNotice problem={replay.error()} />
        <Button type="submit" look="primary" class="self-start" disabled={replay.busy()}>
          {replay.busy() ? t("replay.sending") : t("replay.send")}
        </Button>
      </form>
      <Show when={result()}>
        {(done) => (
          <div class="flex min-w-0 flex-col gap-4" role="group" aria-label={t("replay.result")}>
            <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <Show when={target() !== "TRANSLATION"} fallback={<Badge tone="quiet" label={t("replay.notSent")} />}>
                <Badge tone={outcomeTones[done().outcome]} label={names("outcome", done().outcome)} />
              </Show>
              <Show when={target() !== "TRANSLATION" && done().errorCode}>
                {(code) => <span title={code()}>{names("errorCode", code())}</span>}
              </Show>
              <Show when={target() === "POOL"}>
                <A href={`/requests/${done().requestId}`} class="font-medium text-point hover:underline">
                  {t("replay.open")}
                </A>
              </Show>
            </p>
            <Compared title={t("replay.upstreamCompared")}>
              <TextDiff
                label={t("replay.upstreamCompared")}
                before={readable(props.first.translation.upstream?.text)}
                after={readable(done().capture.translation.upstream?.text)}
              />
            </Compared>
            <Show
              when={target() !== "TRANSLATION"}
              fallback={<TranslationView translation={done().capture.translation} />}
            >
              <Compared title={t("replay.answerCompared")}>
                <TextDiff
                  label={t("replay.answerCompared")}
                  before={readable(props.first.answer.body.text)}
                  after={readable(done().capture.answer.body.text)}
                />
              </Compared>
            </Show>
          </div>
        )}
      </Show>
    </section>
  )
}

function Compared(props: { title: string; children: JSX.Element }) {
  return (
    <div class="flex min-w-0 flex-col gap-1.5">
      <h4 class="text-[0.8125rem] font-medium">{props.title}</h4>
      {props.children}
    </div>
  )
}
