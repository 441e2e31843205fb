/** What an exchange said, where it was captured, and what to do where it was not. Reading it is written to the audit, so it is asked for. */
import { A } from "@solidjs/router"
import { createSignal, lazy, Match, Show, Suspense, Switch } from "solid-js"
import { requestCaptureDocument } from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { sentenceOf } from "../../../graphql/failure.ts"
import { useI18n } from "../../../i18n/i18n.tsx"
import { useNames } from "../../../i18n/names.ts"
import { usePanel } from "../../../panel.tsx"
import type { RequestRecord } from "../create-record.ts"
import { useWords } from "../words.ts"
import type { Capture } from "./capture.ts"

const CaptureTabs = lazy(() => import("./capture-tabs.tsx"))

export function CaptureCard(props: { record: RequestRecord }) {
  const t = useWords()
  const i18n = useI18n()
  const names = useNames()
  const { client, may } = usePanel()
  const [capture, setCapture] = createSignal<Capture | null>()
  const [problem, setProblem] = createSignal<string>()
  const [busy, setBusy] = createSignal(false)
  const read = async () => {
    setBusy(true)
    setProblem(undefined)
    const { data, error } = await client.query(requestCaptureDocument, { id: props.record.id }).toPromise()
    setBusy(false)
    if (data === undefined) setProblem(sentenceOf(error, i18n))
    else setCapture(data.request?.capture ?? null)
  }
  const state = () => props.record.captureState
  return (
    <section class="card flex min-w-0 flex-col gap-3 p-4.5" aria-labelledby="capture">
      <div class="flex flex-wrap items-baseline gap-x-3">
        <h2 id="capture" class="text-[0.9375rem] font-semibold">
          {t("capture.title")}
        </h2>
        <span class="text-xs text-faint">{names("capture", state())}</span>
      </div>
      <Switch>
        <Match when={capture()}>
          {(found) => (
            <Suspense>
              <CaptureTabs id={props.record.id} capture={found()} />
            </Suspense>
          )}
        </Match>
        <Match when={state() === "TAKEN" && !may("ADMIN")}>
          <p class="text-soft">{t("capture.ownersOnly")}</p>
        </Match>
        <Match when={state() === "TAKEN"}>
          <p class="max-w-[70ch] text-soft">{t("capture.readHint")}</p>
          <Show when={capture() === null}>
            <p role="status">{t("capture.onItsWay")}</p>
          </Show>
          <ProblemNotice problem={problem()} />
          <Button class="self-start" disabled={busy()} onClick={() => void read()}>
            {capture() === null ? t("action.retry") : t("capture.read")}
          </Button>
        </Match>
        <Match when={state() === "NONE"}>
          <p class="max-w-[70ch] text-soft">{t("capture.none")}</p>
          <Show when={may("ADMIN") && props.record.apiKey}>
            {(key) => (
              <A href={`/keys?capture=${key().id}`} class="button button-secondary self-start">
                {t("capture.begin", key().name)}
              </A>
            )}
          </Show>
        </Match>
        <Match when={state() === "LEFT_OUT"}>
          <p class="max-w-[70ch] text-soft">{t("capture.leftOut")}</p>
        </Match>
        <Match when={state() === "ERASED"}>
          <p class="max-w-[70ch] text-soft">{t("capture.erased")}</p>
        </Match>
      </Switch>
    </section>
  )
}
