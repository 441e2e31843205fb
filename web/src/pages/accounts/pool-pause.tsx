import { Show } from "solid-js"
import { resumePoolDocument } from "#generated/web/graphql.ts"
import { Button } from "../../components/button.tsx"
import { ProblemNotice } from "../../components/problem-notice.tsx"
import { createMutation } from "../../graphql/create-mutation.ts"
import { createFormat, useI18n } from "../../i18n/i18n.tsx"
import { usePanel } from "../../panel.tsx"
import type { Pool } from "./create-pool.ts"
import { useWords } from "./words.ts"

interface PoolPauseProps {
  pool: Pool
  pausedSince: string
  onResumed: (pool: Pool) => void
}

/** That the pool holds itself back, since when and why, and the way out. */
export function PoolPause(props: PoolPauseProps) {
  const t = useWords()
  const { may } = usePanel()
  const { said } = useI18n()
  const format = createFormat()
  const resuming = createMutation(resumePoolDocument)
  const resume = async () => {
    const done = await resuming.run({})
    if (done !== undefined) props.onResumed(done.pool)
  }
  return (
    <section role="status" class="notice tone-held flex flex-col items-start gap-2 px-3.5 py-3 text-[0.8125rem]">
      <p class="font-semibold" title={format.exact(props.pausedSince)}>
        {t("pool.paused", format.relative(props.pausedSince))}
      </p>
      <Show when={props.pool.pauseReason}>{(reason) => <p class="text-ink wrap-anywhere">{said(reason())}</p>}</Show>
      <p class="text-ink">{t("pool.pausedHint")}</p>
      <Show when={may("OPERATE")}>
        <Button disabled={resuming.busy()} onClick={() => void resume()}>
          {resuming.busy() ? t("pool.resuming") : t("pool.resume")}
        </Button>
      </Show>
      <ProblemNotice problem={resuming.error()} />
    </section>
  )
}
