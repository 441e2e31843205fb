import { createSignal, onCleanup, Show } from "solid-js"
import {
  accountTestStepDocument,
  testAccountDocument,
  type TestAccountMutation,
  type TestStepFragment,
} from "#generated/web/graphql.ts"
import { Button } from "../../../components/button.tsx"
import { ProblemNotice } from "../../../components/problem-notice.tsx"
import { createMutation, type Success } from "../../../graphql/create-mutation.ts"
import { createLive } from "../../../graphql/live.ts"
import { createFormat } from "../../../i18n/i18n.tsx"
import { DoctorSteps } from "./doctor-steps.tsx"
import { Part } from "./part.tsx"
import { useWords } from "./words.ts"

interface DoctorProps {
  id: string
  onChanged: () => Promise<void>
}

type Report = Success<TestAccountMutation>

/** Tests the account when that is asked for, and shows each thing that was tried as soon as it is done. */
export function Doctor(props: DoctorProps) {
  const t = useWords()
  const format = createFormat()
  const [report, setReport] = createSignal<Report>()
  const [live, setLive] = createSignal<readonly TestStepFragment[]>([])
  const [elapsedMs, setElapsedMs] = createSignal(0)
  const testing = createMutation(testAccountDocument)
  let timer: ReturnType<typeof setInterval> | undefined
  onCleanup(() => clearInterval(timer))

  // One that was begun elsewhere, or before this page was left, is followed too; each begins with the token.
  createLive(
    accountTestStepDocument,
    // eslint-disable-next-line solid/reactivity -- the page is made anew for another account
    { accountId: props.id },
    ({ accountTestStep: step }) => setLive((before) => (step.step === "TOKEN" ? [step] : [...before, step])),
  )

  const test = async () => {
    const begunAt = performance.now()
    setReport(undefined)
    setLive([])
    setElapsedMs(0)
    timer = setInterval(() => setElapsedMs(performance.now() - begunAt), 1_000)
    const done = await testing.run({ id: props.id })
    clearInterval(timer)
    if (done === undefined) return
    setReport(done)
    await props.onChanged()
  }
  const failures = () => report()?.steps.filter(({ outcome }) => outcome === "FAILED").length ?? 0

  return (
    <Part title={t("account.doctor")}>
      <div class="flex flex-col items-start gap-3 p-4.5">
        <p class="max-w-[75ch] text-soft">{t("doctor.intro")}</p>
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button look="primary" disabled={testing.busy()} onClick={() => void test()}>
            {report() === undefined ? t("doctor.start") : t("doctor.again")}
          </Button>
          <Show when={testing.busy()}>
            <span role="status" class="inline-flex items-center gap-2">
              <span class="tone-begin dot dot-busy" aria-hidden="true" />
              <span>
                {t(
                  "doctor.running",
                  elapsedMs() < 1_000 ? "" : format.duration(Math.floor(elapsedMs() / 1_000) * 1_000),
                )}
              </span>
            </span>
          </Show>
        </div>
        <Show when={testing.busy()}>
          <p class="text-xs text-faint">{t("doctor.runningHint")}</p>
        </Show>
        <ProblemNotice problem={testing.error()} />
      </div>
      <Show when={report()}>
        {(done) => (
          <div
            role="status"
            class="notice mx-4.5 mb-4 flex flex-col gap-0.5 px-3.5 py-2.5"
            classList={{ "tone-good": done().works, "tone-bad": !done().works }}
          >
            <p class="font-semibold">
              {done().works ? t("doctor.works") : t("doctor.worksNot", failures())}{" "}
              <span class="font-normal">{t("doctor.took", format.duration(done().durationMs))}</span>
            </p>
            <Show when={done().isOnboardedAnew}>
              <p class="text-ink">{t("doctor.onboardedAnew")}</p>
            </Show>
          </div>
        )}
      </Show>
      {/* The report has all of them, in their order; the last ones may be told here after it came. */}
      <DoctorSteps steps={report()?.steps ?? live()} />
    </Part>
  )
}
